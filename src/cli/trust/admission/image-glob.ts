/** Patterns of repositories as admission controllers write patterns of images. */
import { looksLikeHost } from '../../../oci/reference.ts';

/**
 * @param anyHost what stands for any registry
 * @returns a pattern that fits at least what the repository pattern fits, with any tag or digest
 */
export function imageGlob(match: string, anyHost: string): string {
  const name = hostOf(match) === undefined ? `${anyHost}/${match}` : match;
  return match.endsWith('*') ? name : `${name}*`;
}

/** Without the host. */
export function repositoryOf(match: string): string {
  const host = hostOf(match);
  return host === undefined ? match : match.slice(host.length + 1);
}

function hostOf(match: string): string | undefined {
  const [first = '', ...rest] = match.split('/');
  return rest.length > 0 && looksLikeHost(first) ? first : undefined;
}
