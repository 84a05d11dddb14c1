/** Whose signatures count, by the options of `waybill log`; and what was seen of logs before. */
import { WaybillError } from '../../../base/errors.ts';
import { readSmallFile } from '../../../base/files.ts';
import { explainSystemError } from '../../../base/system-errors.ts';
import type { LogIdentity } from '../../../trust/log/checkpoint.ts';
import { logIdentity } from '../../../trust/log/proof/verify.ts';
import type { Input } from '../../command.ts';
import type { Context } from '../../context.ts';
import { logMemoryFolder } from '../../folders.ts';

/** Keys of a log and of more witnesses than anybody asks. */
const MAX_KEYS_SIZE = 64 * 1024;

/** Begins as a verifier key does: a name, and the id of a key. */
const VERIFIER_KEY = /^[^+\s]+\+[0-9a-f]{8}\+/;

/** @throws WaybillError KEY_INVALID, FILE_UNREADABLE; undefined where no key is named */
export function identityOf(input: Input): LogIdentity | undefined {
  const named = input.text('vkey');
  if (named === undefined) return undefined;
  const vkey = VERIFIER_KEY.test(named) ? named : (linesOf(named)[0] ?? '');
  const file = input.text('witnesses');
  const origin = input.text('origin') ?? vkey.slice(0, Math.max(0, vkey.indexOf('+')));
  return logIdentity({ origin, vkey, witnesses: file === undefined ? [] : linesOf(file) });
}

/** @throws WaybillError USAGE where no key is named, KEY_INVALID, FILE_UNREADABLE */
export function neededIdentityOf(input: Input, attempt: string): LogIdentity {
  const identity = identityOf(input);
  if (identity !== undefined) return identity;
  throw new WaybillError('USAGE', `${attempt}: whose log it should be is not said`, {
    hint: 'Name its key with --vkey; waybill log init has printed it',
  });
}

/** What was seen of logs before. */
export function memoryFolder({ environment, platform }: Context): string {
  return logMemoryFolder(environment, platform);
}

/** One key a line; empty lines and comments are passed over. */
function linesOf(file: string): readonly string[] {
  try {
    const lines = readSmallFile(file, MAX_KEYS_SIZE).toString('utf8').split(/\r?\n/);
    return lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  } catch (error) {
    throw explainSystemError(`Cannot read the key in ${file}`, error);
  }
}
