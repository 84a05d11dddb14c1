import path from 'node:path';
import { WaybillError } from '../../../base/errors.ts';
import { readSmallFile, writeAtomically, writeNew } from '../../../base/files.ts';
import { explainSystemError } from '../../../base/system-errors.ts';
import { readAttestations } from '../../../trust/attestations/read.ts';
import { publicationsOf } from '../../../trust/first-use/publishers.ts';
import { MAX_PEM_SIZE } from '../../../trust/keys/pem.ts';
import { type PublicKey, readPublicKey } from '../../../trust/keys/public-key.ts';
import { isRepositoryPattern } from '../../../trust/policy/repository-pattern.ts';
import type { Input } from '../../command.ts';
import type { Context } from '../../context.ts';
import { locate } from '../../locate.ts';
import { askedOf, formatRepository } from '../trust-options.ts';
import type { TrustAction } from './action.ts';
import { starterPolicy } from './starter-policy.ts';

const DEFAULT_FILE = 'trust.yaml';
const EVERYBODY = 0o644;

interface Named {
  readonly key: PublicKey;
  /** Where it comes from. */
  readonly from: string;
}

/** Writes a first trust.yaml, from the key of a publisher or from what a package is signed with. */
export const init: TrustAction = {
  async run(context, input) {
    const [, reference] = input.positionals;
    const file = input.text('output') ?? DEFAULT_FILE;
    const named = input.text('publisher');
    if ((reference === undefined) === (named === undefined))
      throw new WaybillError('USAGE', 'Cannot write a trust policy: name either a package or --publisher FILE', {
        hint: 'waybill trust init --publisher acme-release.pub --match "acme/**"',
      });
    const keys = named === undefined ? await keysOfPackage(context, String(reference)) : [keyOfFile(named)];
    const match = matchOf(input, reference);
    const entries = keys.map(({ key, from }, index) => ({
      id: named === undefined ? `publisher-${index + 1}` : idOf(named),
      role: 'publisher' as const,
      keyId: key.id,
      from,
      pem: String(key.key.export({ type: 'spki', format: 'pem' })),
    }));
    const text = starterPolicy({ entries, match, isFound: named === undefined });
    if (input.has('force')) writeAtomically(file, text);
    else writeNew(file, text, EVERYBODY);
    return { action: 'init', file, match, keys: entries.map(({ pem: _, ...entry }) => entry) };
  },
};

async function keysOfPackage(context: Context, reference: string): Promise<readonly Named[]> {
  await using found = await locate(context, reference);
  const publications = publicationsOf(await readAttestations(found.store, found.target), found.target.digest);
  const keys = new Map(publications.map(({ key }) => [key.id, { key, from: reference }]));
  if (keys.size > 0) return [...keys.values()];
  throw new WaybillError(
    'UNSUPPORTED',
    `Cannot tell who published ${reference}: no signed package/v1 statement is attached`,
    {
      hint: 'Get the key from the publisher: waybill trust init --publisher FILE',
    },
  );
}

function keyOfFile(file: string): Named {
  try {
    return { key: readPublicKey(readSmallFile(file, MAX_PEM_SIZE), file), from: file };
  } catch (error) {
    throw explainSystemError(`Cannot read ${file}`, error);
  }
}

function matchOf(input: Input, reference: string | undefined): string {
  const named = input.text('match');
  if (named !== undefined && !isRepositoryPattern(named))
    throw new WaybillError(
      'USAGE',
      `Cannot write a rule for ${JSON.stringify(named)}: it is no pattern of repositories`,
      {
        hint: '--match acme/digits, "acme/*" or "registry.example/acme/**"',
      },
    );
  const asked = reference === undefined ? undefined : askedOf(reference, input);
  const match = named ?? (asked === undefined ? undefined : formatRepository(asked));
  if (match !== undefined) return match;
  throw new WaybillError('USAGE', 'Cannot write a trust policy: which repositories it is about is not said', {
    hint: 'Add --match "acme/**"',
  });
}

function idOf(file: string): string {
  const bare = path
    .basename(file)
    .replace(/\.[^.]*$/, '')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '');
  return bare === '' ? 'publisher' : bare.slice(0, 100);
}
