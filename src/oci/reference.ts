/**
 * Names of artifacts: distribution specification, "Pulling manifests" (repository names and tags),
 * with the host in front where there is one, as docker writes it. `@` is always a digest, `:` a tag.
 */
import { WaybillError } from '../base/errors.ts';
import { type Digest, isDigest } from './digest.ts';

export type RepositoryName = string & { readonly __repositoryName: unique symbol };
export type Tag = string & { readonly __tag: unique symbol };

export interface Reference {
  /** `host[:port]`, if the first part has a dot or a port, or is `localhost`. */
  readonly host: string | undefined;
  readonly repository: RepositoryName;
  readonly tag: Tag | undefined;
  readonly digest: Digest | undefined;
}

const PART = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
export const REPOSITORY = new RegExp(`^${PART}(?:/${PART})*$`);
const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;
const HOST = /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?$/;

/** Distribution specification: many clients limit host and name together to 255 characters. */
const MAX_NAME_LENGTH = 255;
/** A name, a tag of 128 and a sha512 digest of 135 characters, with some room. */
const MAX_REFERENCE_LENGTH = 600;

/**
 * Reads a reference.
 * @throws WaybillError NAME_INVALID saying which part is wrong
 */
export function parseReference(text: string): Reference {
  const refuse = (found: string) =>
    new WaybillError('NAME_INVALID', `Cannot read reference ${JSON.stringify(text.slice(0, 200))}: ${found}`, {
      hint: 'A reference looks like acme/digits:1.2.0 or registry.example/acme/digits@sha256:…',
    });
  if (text.length > MAX_REFERENCE_LENGTH) throw refuse(`it is longer than ${MAX_REFERENCE_LENGTH} characters`);
  const [beforeDigest = '', digest, ...more] = text.split('@');
  if (more.length > 0) throw refuse('it has more than one @');
  if (digest !== undefined && !isDigest(digest))
    throw refuse('behind @ stands no digest (sha256: and 64 lower-case hex digits)');
  const slash = beforeDigest.lastIndexOf('/');
  const colon = beforeDigest.indexOf(':', slash + 1);
  const name = colon < 0 ? beforeDigest : beforeDigest.slice(0, colon);
  const tag = colon < 0 ? undefined : beforeDigest.slice(colon + 1);
  if (tag !== undefined && !TAG.test(tag))
    throw refuse('its tag is not 1 to 128 letters, digits, dots, dashes or underscores');
  const first = name.split('/')[0] ?? '';
  const host = name.includes('/') && looksLikeHost(first) ? first : undefined;
  if (host !== undefined && !HOST.test(host)) throw refuse('its host is not a host name');
  const repository = host === undefined ? name : name.slice(host.length + 1);
  if (repository === '') throw refuse('it has no name');
  if (!isRepositoryName(repository))
    throw refuse('its name is not lower-case letters and digits with . _ - between them, in parts divided by /');
  if (name.length > MAX_NAME_LENGTH) throw refuse(`its name is longer than ${MAX_NAME_LENGTH} characters`);
  return { host, repository, tag: tag as Tag | undefined, digest };
}

export function isRepositoryName(text: string): text is RepositoryName {
  return text.length <= MAX_NAME_LENGTH && REPOSITORY.test(text);
}

export function isTag(text: string): text is Tag {
  return TAG.test(text);
}

/** Whether the first part of a name is taken for a host. */
export function looksLikeHost(part: string): boolean {
  return part === 'localhost' || part.includes('.') || part.includes(':');
}

/** The reference as text again: what a layout stores as the artifact's name when it has a tag. */
export function formatReference({ host, repository, tag, digest }: Reference): string {
  const name = host === undefined ? repository : `${host}/${repository}`;
  return `${name}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

/**
 * The tag of a version: SemVer allows `+`, tags do not.
 * @throws WaybillError NAME_INVALID for what is no tag even then
 */
export function tagOfVersion(version: string): Tag {
  const tag = version.replaceAll('+', '_');
  if (!TAG.test(tag))
    throw new WaybillError(
      'NAME_INVALID',
      `Cannot use version ${JSON.stringify(version)} as a tag: it has other characters or more than 128`,
    );
  return tag as Tag;
}
