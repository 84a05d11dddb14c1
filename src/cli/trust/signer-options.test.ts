import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import fs from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeScratch } from '../../../test/_support/scratch.ts';
import { encryptKey } from '../../trust/keys/encrypt-key.ts';
import { publicKeyOf, verifySignature } from '../../trust/keys/public-key.ts';
import { readInput } from '../arguments.ts';
import { type Command, defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { openSigner, signerOptions } from './signer-options.ts';

const scratch = makeScratch();
afterAll(() => scratch[Symbol.dispose]());

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const message = Buffer.from('to be signed');
const notes: string[] = [];
const write = (name: string, text: string, mode = 0o600) => {
  fs.writeFileSync(scratch.at(name), text, { mode });
  return scratch.at(name);
};
const pem = (key: KeyObject) =>
  key.export({ type: key.type === 'public' ? 'spki' : 'pkcs8', format: 'pem' } as { type: 'spki'; format: 'pem' });

beforeAll(() => {
  write('plain.pem', String(pem(privateKey)));
  write('open.pem', String(pem(privateKey)), 0o644);
  write('sealed.pem', encryptKey(privateKey, 'korrekt'));
  write('public.pem', String(pem(publicKey)));
  write(
    'weak.pem',
    String(privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'korrekt' })),
  );
  const openssl = (...words: string[]) => execFileSync('openssl', words, { cwd: scratch.folder, stdio: 'pipe' });
  openssl('req', '-x509', '-new', '-key', 'plain.pem', '-subj', '/CN=own', '-out', 'own.crt');
  openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'other.pem');
  openssl('req', '-x509', '-new', '-key', 'other.pem', '-subj', '/CN=other', '-out', 'other.crt');
});

const command = defineCommand({
  name: 'sign',
  arguments: [],
  options: signerOptions,
} as unknown as Command);

function open(words: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  notes.length = 0;
  const context = {
    environment: { ...process.env, ...environment },
    signal: new AbortController().signal,
    note: (text: string) => void notes.push(text),
  } as unknown as Context;
  return openSigner(context, readInput(command, words));
}

async function signs(words: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<boolean> {
  const signer = await open(words, environment);
  return verifySignature(publicKeyOf(publicKey, 'k'), message, await signer.sign(message));
}

test('openSigner opens a key in a file, and says when others can read it', async () => {
  expect(await signs(['--key', scratch.at('plain.pem')])).toBe(true);
  expect(notes).toEqual([]);
  expect(await signs(['--key', scratch.at('open.pem')])).toBe(true);
  expect(notes.join()).toContain('others on this machine can read it: chmod 600');
});

test('openSigner takes the passphrase from the environment or a file descriptor, else asks', async () => {
  const sealed = ['--key', scratch.at('sealed.pem')];
  expect(await signs(sealed, { WAYBILL_PASSPHRASE: 'korrekt' })).toBe(true);
  expect(notes).toEqual([]);
  const descriptor = fs.openSync(write('passphrase', 'korrekt\n'), 'r');
  expect(await signs([...sealed, '--passphrase-fd', String(descriptor)], { WAYBILL_PASSPHRASE: 'falsch' })).toBe(true);
  fs.closeSync(descriptor);
  await expect(open(sealed, { WAYBILL_PASSPHRASE: 'falsch' })).rejects.toThrow('passphrase is not the right one');
  await expect(open(sealed, { WAYBILL_PASSPHRASE: '' })).rejects.toMatchObject({
    code: 'USAGE',
    hint: expect.stringContaining('--passphrase-fd'),
  });
  await expect(open([...sealed, '--passphrase-fd', 'three'])).rejects.toThrow('no file descriptor');
  await expect(open([...sealed, '--passphrase-fd', '999'])).rejects.toThrow('it is not open');
});

test('openSigner warns about a key whose passphrase is cheap to guess', async () => {
  expect(await signs(['--key', scratch.at('weak.pem')], { WAYBILL_PASSPHRASE: 'korrekt' })).toBe(true);
  expect(notes.join()).toMatch(/badly protected: its passphrase goes through 2048 rounds only.*openssl pkcs8/);
});

test('openSigner has openssl sign, with and without a shell', async () => {
  const line = `openssl dgst -sha256 -sign '${scratch.at('plain.pem')}'`;
  const other = ['--public-key', scratch.at('public.pem')];
  expect(await signs(['--signer', line, ...other])).toBe(true);
  expect(await signs(['--signer', `cat | ${line}`, '--signer-shell', ...other])).toBe(true);
  await expect(open(['--signer', `cat | ${line}`, ...other])).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringContaining('only a shell understands |'),
    hint: expect.stringContaining('--signer-shell'),
  });
});

test('openSigner keeps the passphrase from other programs', async () => {
  const line = 'test -z "$WAYBILL_PASSPHRASE" || exit 9; exit 8';
  const words = ['--signer', line, '--signer-shell', '--public-key', scratch.at('public.pem')];
  const signer = await open(words, { WAYBILL_PASSPHRASE: 'korrekt' });
  await expect(signer.sign(message)).rejects.toThrow('ended with status 8');
});

test('openSigner names the signer by certificates, if they are for the key', async () => {
  const own = await open(['--key', scratch.at('plain.pem'), '--certificates', scratch.at('own.crt')]);
  expect(own.certificates).toHaveLength(1);
  const line = `openssl dgst -sha256 -sign ${scratch.at('plain.pem')}`;
  expect(await signs(['--signer', line, '--certificates', scratch.at('own.crt')])).toBe(true);
  await expect(
    open(['--key', scratch.at('plain.pem'), '--certificates', scratch.at('other.crt')]),
  ).rejects.toMatchObject({ code: 'KEY_INVALID', message: expect.stringContaining('is for another key') });
});

test.each([
  [[], 'name either --key FILE or --signer COMMAND'],
  [['--key', 'a', '--signer', 'b'], 'name either'],
  [['--key', 'a', '--public-key', 'b'], '--public-key belongs to --signer'],
  [['--key', 'a', '--signer-shell'], '--signer-shell belongs to --signer'],
  [['--signer', 'a'], '--signer needs --public-key'],
  [['--signer', 'a', '--public-key', 'b', '--passphrase-fd', '3'], '--passphrase-fd belongs to --key'],
] as const)('openSigner refuses %j', async (words, message) => {
  await expect(open(words)).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining(message) });
});

test('openSigner says which file is not there', async () => {
  await expect(open(['--key', scratch.at('none.pem')])).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
});
