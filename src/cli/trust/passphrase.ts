/**
 * The passphrase of a private key: from a file descriptor, the environment, or the person at the terminal. Never an
 * argument, which others on the machine could see.
 */
import fs from 'node:fs';
import { collect } from '../../base/bytes.ts';
import { systemCode, WaybillError } from '../../base/errors.ts';
import { explainSystemError } from '../../base/system-errors.ts';
import { askSecrets } from '../ask.ts';
import type { Input, Option } from '../command.ts';
import type { Context } from '../context.ts';

/** OpenSSL takes 1 KiB at most; a file that is something else is noticed early. */
const MAX_PASSPHRASE_SOURCE_SIZE = 64 * 1024;

export const passphraseOptions: Readonly<Record<string, Option>> = {
  'passphrase-fd': {
    value: 'N',
    description: `Read the passphrase from this file descriptor (default: $WAYBILL_PASSPHRASE, or it is asked for)`,
  },
};

/**
 * @param isNew whether it is to be thought of, and so asked for twice
 * @throws WaybillError USAGE where there is none and nobody can be asked
 */
export async function readPassphrase(
  { environment }: Pick<Context, 'environment'>,
  input: Input,
  { file, isNew }: { readonly file: string; readonly isNew: boolean },
): Promise<string> {
  const descriptor = input.text('passphrase-fd');
  if (descriptor !== undefined) return readFrom(descriptor);
  const given = environment['WAYBILL_PASSPHRASE'];
  if (given !== undefined && given !== '') return given;
  const hint = `Set WAYBILL_PASSPHRASE, or add --passphrase-fd 3 with 3<FILE`;
  const [first = '', again] = await askSecrets(
    isNew ? [`Passphrase for ${file}: `, 'The same again: '] : [`Passphrase of ${file}: `],
    hint,
  );
  if (isNew && first !== again) throw new WaybillError('USAGE', 'Cannot go on: the two passphrases differ');
  return first;
}

async function readFrom(descriptor: string): Promise<string> {
  if (!/^\d{1,4}$/.test(descriptor))
    throw new WaybillError('USAGE', `Cannot read the passphrase: ${JSON.stringify(descriptor)} is no file descriptor`, {
      hint: '--passphrase-fd 3 with 3<FILE',
    });
  const what = `the passphrase from file descriptor ${descriptor}`;
  try {
    const stream = fs.createReadStream('', { fd: Number(descriptor), autoClose: false });
    return (await collect(stream, MAX_PASSPHRASE_SOURCE_SIZE, what)).toString('utf8').replace(/\r?\n$/, '');
  } catch (error) {
    if (systemCode(error) === 'EBADF')
      throw new WaybillError('USAGE', `Cannot read ${what}: it is not open`, { hint: `Add ${descriptor}<FILE` });
    throw explainSystemError(`Cannot read ${what}`, error);
  }
}
