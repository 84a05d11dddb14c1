/** Attack 49: keys and tokens never travel unnoticed: private keys are refused by content, the rest is told of by name. */
import { generateKeyPairSync } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noCache } from '../../src/model/digest-cache.ts';
import { pack } from '../../src/model/pack.ts';
import { signFolder } from '../../src/model/signing/sign-folder.ts';
import { readSource } from '../../src/model/source/read.ts';
import { openLayout } from '../../src/oci/layout/layout.ts';
import { encryptKey } from '../../src/trust/keys/encrypt-key.ts';
import { generateKey } from '../../src/trust/keys/generate.ts';
import { localSigner } from '../../src/trust/keys/signer.ts';
import { runCli } from '../_support/cli.ts';
import { failureOf } from '../_support/refusal.ts';
import { makeScratch } from '../_support/scratch.ts';

const scratch = makeScratch();
afterAll(() => scratch[Symbol.dispose]());

/** Whoever writes it means everything, and does not think of what lies there. */
const WAYBILL = 'waybill: 1\nname: acme/leaky\nversion: 1.0.0\ncomponents: { code: ["**"] }\n';
let made = 0;

function lay(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = scratch.at(`folder-${made++}`);
  for (const [name, content] of Object.entries({ 'waybill.yaml': WAYBILL, 'model.py': 'pass\n', ...files })) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), content);
  }
  return folder;
}

async function packed(files: Readonly<Record<string, string | Buffer>>): Promise<readonly string[]> {
  await using store = await openLayout(scratch.at('store'), 'write');
  const { findings } = await pack(readSource(lay(files)), { store, cache: noCache });
  return findings.map(({ rule, level, path: file }) => `${level} ${rule} ${file}`);
}

const own = generateKey('ecdsa-p256');
const plain = String(own.export({ type: 'pkcs8', format: 'pem' }));
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const pgp = `-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: x\n\n${'A'.repeat(64)}\n-----END PGP PRIVATE KEY BLOCK-----\n`;

const keys: Readonly<Record<string, string>> = {
  'acme-release.key': encryptKey(own, 'korrekt'),
  'keys/plain.pem': plain,
  'keys/sec1.PEM': String(own.export({ type: 'sec1', format: 'pem' })),
  'keys/old.key': String(own.export({ type: 'sec1', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'x' })),
  'rsa.p8': String(rsa.export({ type: 'pkcs8', format: 'pem' })),
  'notes.txt': `do not lose this:\r\n${plain.replaceAll('\n', '\r\n')}`,
  publisher: plain,
  'bag.pem': `Bag Attributes\n    friendlyName: x\n${plain}`,
  'cosign.key': `-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n${'A'.repeat(64)}\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n`,
  'me.asc': pgp,
};

describe('pack() refuses private keys, whatever says that they belong into the package', () => {
  test.each(Object.entries(keys))('%s', async (name, content) => {
    const failure = await failureOf(packed({ [name]: content }));
    expect(failure).toMatchObject({ code: 'PATH_INVALID' });
    expect(failure.message).toBe(`Cannot pack ${JSON.stringify(name)}: it holds a private key`);
  });

  test('those of ssh-keygen, and through a link', async () => {
    const ssh = `-----BEGIN OPENSSH PRIVATE KEY-----\n${'b3BlbnNzaC1rZXktdjE'.padEnd(70, 'A')}\n-----END OPENSSH PRIVATE KEY-----\n`;
    expect((await failureOf(packed({ '.ssh/id_ed25519': ssh }))).code).toBe('PATH_INVALID');
    const folder = lay({ 'aside.key': plain, 'other.py': '' });
    fs.symlinkSync('aside.key', path.join(folder, 'signer'));
    fs.rmSync(path.join(folder, 'other.py'));
    await using store = await openLayout(scratch.at('store'), 'write');
    expect((await failureOf(pack(readSource(folder), { store, cache: noCache }))).code).toBe('PATH_INVALID');
  });

  test('and leaves nothing under a name', async () => {
    const folder = lay({ 'acme-release.key': plain });
    const store = scratch.at('named');
    const { status, stderr } = await runCli(['pack', folder], { store });
    expect([status, stderr]).toEqual([2, expect.stringContaining('it holds a private key')]);
    expect((await runCli(['list', '--json'], { store })).stdout).not.toContain('leaky');
    fs.rmSync(path.join(folder, 'acme-release.key'));
    expect((await runCli(['pack', folder], { store })).status).toBe(0);
  });
});

describe('pack() warns about names of secrets', () => {
  let found: readonly string[] = [];
  const named = ['.env', '.env.production', '.netrc', '.npmrc', 'deploy/.pypirc', 'credentials.json', 'ca.pem'];
  beforeAll(async () => {
    found = await packed(Object.fromEntries(named.map((name) => [name, 'TOKEN=abc\n'])));
  });

  test.each(named)('%s', (name) => {
    expect(found).toContain(`warning secret-name ${name}`);
  });
});

test('signFolder() signs no folder that a private key lies in', async () => {
  const folder = lay({ 'keys/acme-release.key': encryptKey(own, 'korrekt') });
  const failure = await failureOf(signFolder(folder, localSigner(own, 'publisher')));
  expect(failure).toMatchObject({ code: 'PATH_INVALID' });
  expect(failure.message).toBe('Cannot sign "keys/acme-release.key": it holds a private key');
  expect(fs.existsSync(path.join(folder, 'model.sig'))).toBe(false);
  fs.rmSync(path.join(folder, 'keys'), { recursive: true });
  expect((await signFolder(folder, localSigner(own, 'publisher'))).fileCount).toBe(2);
});

test('pack() takes public keys, certificates and texts about keys for what they are', async () => {
  const text = 'A key begins with -----BEGIN PRIVATE KEY----- and more\n-----BEGIN PRIVATE KEY-----\n…\n';
  const harmless = { 'acme.pub': '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n', 'README.txt': text };
  expect(await packed({ ...harmless, LICENSE: 'x'.repeat(40_000), 'deep/model.bin': Buffer.alloc(100) })).toEqual([]);
});
