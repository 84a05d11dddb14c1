/** The repository that a statement was made for: an approval or a gate's answer for one counts in no other (SLSA VSA, resourceUri). */
import type { JsonObject } from '../encoding/signed-json.ts';
import type { RepositoryInQuestion } from '../policy/repository-pattern.ts';
import { predicateTypes } from '../predicate-types.ts';
import type { Case } from './evidence.ts';
import { type Refusal, refusal } from './refusal.ts';

export function refusalOfResource(
  predicateType: string,
  { resourceUri: stated }: JsonObject,
  { asked, rule }: Pick<Case, 'asked' | 'rule'>,
): Refusal | undefined {
  if (stated === undefined && predicateType !== predicateTypes.verificationSummary) return undefined;
  if (typeof stated !== 'string') return refusal('malformed', 'it has no resourceUri that is text');
  const names = [asked.repository, ...rule.aliases];
  const hosts = [...(asked.host === undefined ? [] : [asked.host]), undefined];
  const isMeant = names.some((repository) => hosts.some((host) => isNamed(stated, { host, repository })));
  return isMeant ? undefined : refusal('wrong-resource', `it was made for ${JSON.stringify(stated.slice(0, 200))}`);
}

/** `host/acme/digits`, with `oci://` before it or a tag or digest behind it; `pkg:oci/digits@…?repository_url=host/acme/digits`. */
function isNamed(stated: string, { host, repository }: RepositoryInQuestion): boolean {
  const name = host === undefined ? repository : `${host}/${repository}`;
  const [, path = '', query = ''] = /^pkg:oci\/([^@?#]+)(?:@[^?#]*)?(?:\?([^#]*))?$/.exec(stated) ?? [];
  if (path !== '')
    return new URLSearchParams(query).get('repository_url') === name && repository.split('/').at(-1) === path;
  const bare = stated
    .replace(/^oci:\/\//, '')
    .replace(/@.*$/s, '')
    .replace(/:[^/:]*$/, '');
  return bare === name || stated === name;
}
