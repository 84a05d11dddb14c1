/** The options that every signing verb shares, and what they mean: a key in a file, or a program that holds one elsewhere. */
import fs from 'node:fs';
import { WaybillError } from '../../base/errors.ts';
import { readSmallFile } from '../../base/files.ts';
import { explainSystemError } from '../../base/system-errors.ts';
import { commandSigner } from '../../trust/keys/command-signer.ts';
import { MAX_PEM_SIZE } from '../../trust/keys/pem.ts';
import { MAX_KEY_SIZE, openPrivateKey } from '../../trust/keys/private-key.ts';
import { type PublicKey, readPublicKey } from '../../trust/keys/public-key.ts';
import { localSigner, type Signer } from '../../trust/keys/signer.ts';
import { type CertificateChain, readCertificates } from '../../trust/x509/read-certificates.ts';
import type { Input, Option } from '../command.ts';
import type { Context } from '../context.ts';
import { passphraseOptions, readPassphrase } from './passphrase.ts';
import { splitWords } from './split-words.ts';

export const signerOptions: Readonly<Record<string, Option>> = {
  key: { value: 'FILE', description: 'The private key to sign with, as waybill keygen or openssl write it' },
  signer: {
    value: 'COMMAND',
    description: 'A program that signs instead: it reads bytes and answers with a signature; needs --public-key',
  },
  'signer-shell': { description: 'Have a shell run the command of --signer' },
  'public-key': { value: 'FILE', description: 'The public key of --signer, in PEM' },
  certificates: {
    value: 'FILE',
    description: 'Name the signer by certificates (PEM): that of the key first, then who issued it, without the root',
  },
  ...passphraseOptions,
};

/**
 * What signs, by the options of a verb.
 * @throws WaybillError USAGE, KEY_INVALID, FILE_UNREADABLE
 */
export async function openSigner(context: Context, input: Input): Promise<Signer> {
  const [key, line] = [input.text('key'), input.text('signer')];
  if ((key === undefined) === (line === undefined)) throw usage('name either --key FILE or --signer COMMAND');
  const chain = chainOf(input);
  const signer = key === undefined ? openCommand(context, input, chain) : await openFile(context, input, key);
  if (chain === undefined) return signer;
  if (chain.publicKey.id !== signer.publicKey.id)
    throw new WaybillError(
      'KEY_INVALID',
      `Cannot sign with ${input.text('certificates')}: its first certificate is for another key`,
      {
        expected: signer.publicKey.id,
        found: chain.publicKey.id,
      },
    );
  return { ...signer, certificates: chain.certificates };
}

async function openFile(context: Context, input: Input, file: string): Promise<Signer> {
  for (const option of ['public-key', 'signer-shell'])
    if (input.text(option) !== undefined || input.has(option)) throw usage(`--${option} belongs to --signer`);
  const text = readText(file, MAX_KEY_SIZE);
  const ask = () => readPassphrase(context, input, { file, isNew: false });
  const { key, weakness, isEncrypted } = await openPrivateKey(text, file, ask);
  if (weakness !== undefined) context.note(`warning: ${file} is badly protected: ${weakness}`);
  if (!isEncrypted && isOpenToOthers(file))
    context.note(`warning: ${file} is not encrypted, and others on this machine can read it: chmod 600 ${file}`);
  return localSigner(key, file);
}

function openCommand(context: Context, input: Input, chain: CertificateChain | undefined): Signer {
  if (input.text('passphrase-fd') !== undefined) throw usage('--passphrase-fd belongs to --key');
  const file = input.text('public-key');
  const publicKey: PublicKey | undefined =
    file === undefined ? chain?.publicKey : readPublicKey(readText(file, MAX_PEM_SIZE), file);
  if (publicKey === undefined)
    throw usage('--signer needs --public-key FILE, to tell whether what it answers is right');
  const line = input.text('signer') ?? '';
  const hint = 'With --signer-shell, a shell runs it';
  return commandSigner({
    words: input.has('signer-shell') ? ['/bin/sh', '-c', line] : splitWords(line, hint),
    publicKey,
    environment: { ...context.environment, WAYBILL_PASSPHRASE: undefined },
    signal: context.signal,
  });
}

function chainOf(input: Input): CertificateChain | undefined {
  const file = input.text('certificates');
  return file === undefined ? undefined : readCertificates(readText(file, MAX_PEM_SIZE), file);
}

function readText(file: string, limit: number): string {
  try {
    return readSmallFile(file, limit).toString('latin1');
  } catch (error) {
    throw explainSystemError(`Cannot read ${file}`, error);
  }
}

/** Windows has no such bits. */
function isOpenToOthers(file: string): boolean {
  return process.platform !== 'win32' && (fs.statSync(file).mode & 0o077) !== 0;
}

function usage(found: string): WaybillError {
  return new WaybillError('USAGE', `Cannot sign: ${found}`);
}
