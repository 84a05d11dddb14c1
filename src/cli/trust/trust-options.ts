/** The options of every verb that asks whom to believe. */
import { WaybillError } from '../../base/errors.ts';
import { parseReference } from '../../oci/reference.ts';
import type { RepositoryInQuestion } from '../../trust/policy/repository-pattern.ts';
import type { Input, Option } from '../command.ts';
import type { Context } from '../context.ts';
import { parseLocation } from '../location.ts';

export const trustOptions: Readonly<Record<string, Option>> = {
  trust: {
    value: 'FILE',
    description: 'The policy that the package must satisfy, trust.yaml (default: $WAYBILL_TRUST)',
  },
  repository: { value: 'NAME', description: 'Which repository it should be, where REF does not say it: acme/digits' },
  'require-memory': {
    description: 'Do not decide where nothing is remembered from before: of the repository, of logs, of revocations',
  },
};

export const acceptOptions: Readonly<Record<string, Option>> = {
  'accept-change': {
    description: 'Go on where a publisher or a tag is not what it was before, and remember it as it is now',
  },
};

/** The policy that is to be applied, if one is. */
export function policyFileOf(context: Context, input: Input): string | undefined {
  const file = input.text('trust') ?? context.environment['WAYBILL_TRUST'];
  return file === '' ? undefined : file;
}

/** What was asked for: a repository, and the tag in it, unless it was named by its digest. */
export interface Asked extends RepositoryInQuestion {
  readonly tag: string | undefined;
}

/**
 * @returns undefined where the location names none and nobody says it
 * @throws WaybillError NAME_INVALID, USAGE
 */
export function askedOf(text: string, input: Input): Asked | undefined {
  const location = parseLocation(text);
  const reference = 'reference' in location ? location.reference : undefined;
  const tag = reference?.digest === undefined ? reference?.tag : undefined;
  const named = input.text('repository');
  if (named === undefined) return reference === undefined ? undefined : { ...pickName(reference), tag };
  const stated = parseReference(named);
  if (stated.tag !== undefined || stated.digest !== undefined)
    throw new WaybillError('USAGE', `Cannot look for the repository ${named}: it has a tag or a digest`, {
      hint: 'For example --repository acme/digits',
    });
  return { ...pickName(stated), tag };
}

function pickName({ host, repository }: RepositoryInQuestion): RepositoryInQuestion {
  return { host, repository };
}

/** As people write it: `registry.example/acme/digits`. */
export function formatRepository({ host, repository }: RepositoryInQuestion): string {
  return host === undefined ? repository : `${host}/${repository}`;
}
