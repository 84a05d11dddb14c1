import { systemCode, WaybillError } from '../../../base/errors.ts';
import { readSmallFile, writeAtomically } from '../../../base/files.ts';
import { explainSystemError } from '../../../base/system-errors.ts';
import { MAX_PEM_SIZE } from '../../../trust/keys/pem.ts';
import { readPublicKey } from '../../../trust/keys/public-key.ts';
import type { Signer } from '../../../trust/keys/signer.ts';
import { instantOf } from '../../../trust/policy/texts.ts';
import {
  isNameOf,
  MAX_REVOCATIONS_SIZE,
  type Revocation,
  type RevocationList,
  readRevocations,
  revocationKinds,
  writeRevocations,
} from '../../../trust/revocations/list.ts';
import type { Input } from '../../command.ts';
import { openSigner } from '../signer-options.ts';
import type { TrustAction } from './action.ts';

/** Adds to a revocation list, or signs it anew so that it stays fresh. */
export const revoke: TrustAction = {
  async run(context, input) {
    const [, file] = input.positionals;
    if (file === undefined)
      throw new WaybillError('USAGE', 'Cannot revoke: the list is not named', {
        hint: 'waybill trust revoke revocations.json --key revocations.key --revoke-key stolen.pub',
      });
    const added = revocationsOf(input);
    const signer = await openSigner(context, input);
    const before = listIn(file, signer);
    const now = context.clock.now();
    const list: RevocationList = {
      serial: (before?.serial ?? 0) + 1,
      issuedAt: now,
      revoked: [...(before?.revoked ?? []), ...added.filter((entry) => !isIn(before?.revoked ?? [], entry))],
    };
    writeAtomically(file, await writeRevocations(list, signer));
    return { action: 'revoke', file, serial: list.serial, revoked: list.revoked.length };
  },
};

/** Somebody else's list is not added to: who signs it here would stand for all that is in it. */
function listIn(file: string, signer: Signer): RevocationList | undefined {
  try {
    return readRevocations(readSmallFile(file, MAX_REVOCATIONS_SIZE), signer.publicKey, file);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw explainSystemError(`Cannot read ${file}`, error);
  }
}

function isIn(list: readonly Revocation[], { kind, value, since }: Revocation): boolean {
  return list.some((entry) => entry.kind === kind && entry.value === value && entry.since === since);
}

function revocationsOf(input: Input): readonly Revocation[] {
  const since = timeOf(input.text('since'));
  const reason = input.text('reason');
  const revoked = revocationKinds.flatMap((kind): readonly Revocation[] => {
    const named = input.text(`revoke-${kind}`);
    if (named === undefined) return [];
    const value = kind === 'key' ? keyIdOf(named) : named;
    if (isNameOf(kind, value)) return [{ kind, value, since: kind === 'key' ? since : undefined, reason }];
    throw new WaybillError('USAGE', `Cannot revoke ${JSON.stringify(named)}: it is no digest of a ${kind}`, {
      hint:
        kind === 'package'
          ? 'The digest of its manifest, sha256:…'
          : 'The digest of its bundle: waybill attestations REF',
    });
  });
  if (since !== undefined && input.text('revoke-key') === undefined)
    throw new WaybillError('USAGE', 'Cannot revoke: --since is of a key', { hint: 'Add --revoke-key FILE' });
  return revoked;
}

/** By its id, or by the file with the public half. */
function keyIdOf(named: string): string {
  if (isNameOf('key', named)) return named;
  try {
    return readPublicKey(readSmallFile(named, MAX_PEM_SIZE), named).id;
  } catch (error) {
    throw explainSystemError(`Cannot read the key ${named}`, error);
  }
}

function timeOf(text: string | undefined): number | undefined {
  const time = text === undefined ? undefined : instantOf(text);
  if (text !== undefined && time === undefined)
    throw new WaybillError('USAGE', `Cannot revoke since ${JSON.stringify(text)}: it is no date or time in UTC`, {
      hint: '--since 2026-11-27, or 2026-11-27T12:00:00Z',
    });
  return time;
}
