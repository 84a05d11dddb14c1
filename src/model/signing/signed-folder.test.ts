import { generateKeyPairSync } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { failureOf } from '../../../test/_support/refusal.ts';
import { makeScratch } from '../../../test/_support/scratch.ts';
import { signerNamed } from '../../../test/_support/signers.ts';
import { digestOf } from '../../oci/digest.ts';
import { parseBundle } from '../../trust/bundle/bundle.ts';
import { localSigner, type Signer } from '../../trust/keys/signer.ts';
import { readModelSignature } from '../../trust/oms/read.ts';
import { signStatement } from '../../trust/sign-statement.ts';
import { openDigestCache } from '../digest-cache.ts';
import { formatSums } from '../sums.ts';
import { sumsOfFolder, verifyFolder } from '../verify-folder.ts';
import { signFolder } from './sign-folder.ts';
import { verifySignedFolder } from './verify-signed-folder.ts';

const scratch = makeScratch();
afterAll(() => scratch[Symbol.dispose]());
const alice = signerNamed('alice');
const bob = signerNamed('bob');

let count = 0;
function model(
  files: Readonly<Record<string, string>> = { 'weights/model.bin': 'weights', 'README.md': '# hi', empty: '' },
) {
  const folder = scratch.at(`model-${count++}`);
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), content);
  }
  return folder;
}

const sumsOf = (files: Readonly<Record<string, string>>) =>
  formatSums(Object.entries(files).map(([name, content]) => ({ path: name, digest: digestOf(content) })));

async function found(folder: string, by: Signer = alice, file = path.join(folder, 'model.sig')) {
  const { verdict, findings } = await verifySignedFolder(folder, file, () => by.publicKey);
  const lines = findings.map(({ rule, level, path }) => `${level} ${rule} ${path ?? ''}`.trim());
  expect(verdict).toBe(lines.some((line) => line.startsWith('error')) ? 'fail' : 'pass');
  return lines.filter((line) => line !== 'note modes-unsigned');
}

test('signFolder() writes model.sig, which verifySignedFolder() takes for the key and for no other', async () => {
  const folder = model();
  const signed = await signFolder(folder, alice);
  expect(signed).toMatchObject({ signatureFile: path.join(folder, 'model.sig'), fileCount: 3, isUnchanged: false });
  const bytes = fs.readFileSync(path.join(folder, 'model.sig'));
  expect(signed.bundle).toBe(digestOf(bytes));
  expect(await verifySignedFolder(folder, signed.signatureFile, () => alice.publicKey)).toEqual({
    verdict: 'pass',
    keyId: alice.publicKey.id,
    name: path.basename(folder),
    root: signed.root,
    fileCount: 3,
    bytesRead: 11,
    findings: [expect.objectContaining({ rule: 'modes-unsigned', level: 'note' })],
  });
  expect(await verifySignedFolder(folder, signed.signatureFile, () => bob.publicKey)).toMatchObject({
    verdict: 'fail',
    keyId: undefined,
    fileCount: 0,
    bytesRead: 0,
    findings: [expect.objectContaining({ rule: 'signature-wrong' })],
  });
});

describe('signFolder() again', () => {
  test('has nothing to do for the same key and the same files, and reads nothing that the cache knows', async () => {
    const folder = model();
    for (const name of ['README.md', 'empty', 'weights/model.bin']) fs.utimesSync(path.join(folder, name), 1, 1);
    using cache = openDigestCache(scratch.at('cache'), Date.now());
    const first = await signFolder(folder, alice, { cache });
    cache.save();
    const bytes = fs.readFileSync(first.signatureFile);
    expect(first.bytesRead).toBe(11);
    expect(await signFolder(folder, alice, { cache })).toEqual({
      ...first,
      bytesRead: 0,
      bytesKnown: 11,
      isUnchanged: true,
    });
    expect(fs.readFileSync(first.signatureFile)).toEqual(bytes);
  });

  test('replaces a signature of the same key once a file has changed', async () => {
    const folder = model();
    await signFolder(folder, alice);
    fs.writeFileSync(path.join(folder, 'README.md'), '# other');
    expect(await found(folder)).toEqual(['error file-changed README.md']);
    expect((await signFolder(folder, alice)).isUnchanged).toBe(false);
    expect(await found(folder)).toEqual([]);
  });

  test('leaves what somebody else put there, and writes to another place if one is named', async () => {
    const folder = model();
    await signFolder(folder, bob);
    const before = fs.readFileSync(path.join(folder, 'model.sig'));
    expect(await failureOf(signFolder(folder, alice))).toMatchObject({
      code: 'DESTINATION_EXISTS',
      message: expect.stringContaining('of another key'),
    });
    fs.writeFileSync(path.join(folder, 'model.sig'), 'weights');
    expect((await failureOf(signFolder(folder, alice))).message).toContain('something else');
    fs.writeFileSync(path.join(folder, 'model.sig'), before);

    fs.renameSync(path.join(folder, 'model.sig'), scratch.at('bob.sig'));
    const inside = path.join(folder, 'signatures', 'alice.sig');
    fs.mkdirSync(path.dirname(inside));
    await signFolder(folder, alice, { signatureFile: inside });
    expect(readModelSignature(parseBundle(fs.readFileSync(inside))).ignoredPaths).toEqual(['signatures/alice.sig']);
    expect(await found(folder, alice, inside)).toEqual([]);
    fs.copyFileSync(inside, scratch.at('alice.sig'));
    expect(await found(folder, alice, scratch.at('alice.sig'))).toEqual([
      'warning file-unsigned signatures/alice.sig',
      'warning path-ignored signatures/alice.sig',
    ]);
    expect(await found(folder, bob, scratch.at('bob.sig'))).toEqual(['error file-extra signatures/alice.sig']);
  });

  test('signs anew when the signer names himself in another way', async () => {
    const folder = model();
    const certified: Signer = { ...alice, certificates: [Buffer.from('leaf'), Buffer.from('issuer')] };
    const runs = [alice, certified, certified, { ...certified, certificates: [Buffer.from('leaf')] }, alice, alice];
    const unchanged: boolean[] = [];
    for (const signer of runs) unchanged.push((await signFolder(folder, signer)).isUnchanged);
    expect(unchanged).toEqual([false, false, true, false, false, true]);
  });
});

describe('signFolder() refuses', () => {
  test.each(['.git/config', '.gitattributes', '.github/workflows/x.yaml', 'model.sig/x'])(
    '%s, which no model signature covers',
    async (name) => {
      const folder = model({ 'model.bin': 'x', [name]: 'x' });
      const error = await failureOf(signFolder(folder, alice, { signatureFile: scratch.at('out.sig') }));
      expect(error).toMatchObject({ code: 'UNSUPPORTED', message: expect.stringContaining(name.split('/')[0] ?? '') });
      expect(fs.existsSync(scratch.at('out.sig'))).toBe(false);
    },
  );

  test('links and what else is no file, an empty folder, and no folder', async () => {
    const folder = model();
    fs.symlinkSync('README.md', path.join(folder, 'link'));
    expect((await failureOf(signFolder(folder, alice))).code).toBe('PATH_INVALID');
    fs.mkdirSync(scratch.at('nothing'));
    expect((await failureOf(signFolder(scratch.at('nothing'), alice))).code).toBe('UNSUPPORTED');
    expect((await failureOf(signFolder(scratch.at('absent'), alice))).code).toBe('FILE_UNREADABLE');
    expect((await failureOf(signFolder(model({ 'a\\b': 'x' }), alice))).code).toBe('PATH_INVALID');
    expect(scratch.list('nothing')).toEqual([]);
  });

  test('a folder that contradicts its own SHA256SUMS, and takes a foreign one for a file', async () => {
    const files = { a: 'a', b: 'b' };
    const folder = model({ ...files, SHA256SUMS: sumsOf({ ...files, b: 'before', c: 'c' }) });
    const error = await failureOf(signFolder(folder, alice));
    expect([error.code, error.message]).toEqual([
      'DIGEST_INVALID',
      expect.stringMatching(/b has changed.* \(and 1 more\)/),
    ]);
    fs.writeFileSync(path.join(folder, 'SHA256SUMS'), sumsOf({ a: 'a' }));
    await signFolder(folder, alice);
    fs.writeFileSync(path.join(folder, 'SHA256SUMS'), 'anything else');
    await signFolder(folder, alice);
    expect(await found(folder)).toEqual([]);
  });

  test('an Ed25519 key', async () => {
    const signer = localSigner(generateKeyPairSync('ed25519').privateKey, 'log');
    expect((await failureOf(signFolder(model(), signer))).code).toBe('KEY_INVALID');
  });
});

describe('verifySignedFolder() finds', () => {
  test('each changed, missing and extra file, whatever it is called', async () => {
    const folder = model({ a: 'a', b: 'b', c: 'c' });
    await signFolder(folder, alice);
    fs.writeFileSync(path.join(folder, 'a'), 'A');
    fs.rmSync(path.join(folder, 'b'));
    for (const extra of ['.git/hooks/post-checkout', '.github/x', '.gitignore', '__init__.py']) {
      fs.mkdirSync(path.dirname(path.join(folder, extra)), { recursive: true });
      fs.writeFileSync(path.join(folder, extra), '');
    }
    expect(await found(folder)).toEqual([
      'error file-changed a',
      'error file-missing b',
      'error file-extra .git/hooks/post-checkout',
      'error file-extra .github/x',
      'error file-extra .gitignore',
      'error file-extra __init__.py',
    ]);
  });

  test('what a signed SHA256SUMS says of files that signatures leave out', async () => {
    const files = { '.gitattributes': '*.bin lfs', '.github/x': 'x', a: 'a' };
    const folder = model({ ...files, SHA256SUMS: sumsOf(files) });
    await signFolder(folder, alice);
    expect(await found(folder)).toEqual([]);
    fs.writeFileSync(path.join(folder, '.gitattributes'), 'evil');
    fs.rmSync(path.join(folder, '.github/x'));
    fs.writeFileSync(path.join(folder, '.gitignore'), '');
    const changes = [
      'error file-changed .gitattributes',
      'error file-missing .github/x',
      'error file-extra .gitignore',
    ];
    expect(await found(folder)).toEqual(changes);
    // A list that is not as it was signed vouches for nothing.
    fs.writeFileSync(path.join(folder, 'SHA256SUMS'), sumsOf({ a: 'a', '.gitattributes': 'evil', '.gitignore': '' }));
    expect(await found(folder)).toEqual([
      'error file-changed SHA256SUMS',
      'error file-extra .gitattributes',
      'error file-extra .gitignore',
    ]);
  });

  test('another file in the place of the signature, and no copy of it', async () => {
    const folder = model();
    const { signatureFile } = await signFolder(folder, alice);
    fs.copyFileSync(signatureFile, scratch.at('copy.sig'));
    expect(await found(folder, alice, scratch.at('copy.sig'))).toEqual([]);
    fs.writeFileSync(signatureFile, 'import os');
    expect(await found(folder, alice, scratch.at('copy.sig'))).toEqual(['error file-extra model.sig']);
  });

  test('links, once and not as missing too', async () => {
    const folder = model({ a: 'a', b: 'b' });
    await signFolder(folder, alice);
    fs.renameSync(path.join(folder, 'a'), scratch.at('moved'));
    fs.symlinkSync(scratch.at('moved'), path.join(folder, 'a'));
    expect(await found(folder)).toEqual(['error file-kind a']);
  });

  test('what is wrong with the signature itself, and reads no file then', async () => {
    const folder = model();
    const file = scratch.at('bad.sig');
    fs.writeFileSync(file, '{}');
    expect(await found(folder, alice, file)).toEqual(['error signature-malformed']);
    fs.writeFileSync(file, await signStatement(alice, Buffer.from('{}')));
    expect(await found(folder, alice, file)).toEqual(['error signature-malformed']);
  });
});

test('verifyFolder() takes a signature beside the files for one, and nothing else in its place', async () => {
  const files = { a: 'a' };
  const folder = model({ ...files, SHA256SUMS: sumsOf(files) });
  const rules = async () => {
    const { verdict, findings } = await verifyFolder(folder, sumsOfFolder(folder));
    return [verdict, ...findings.map(({ rule, path }) => `${rule} ${path}`)];
  };
  const { signatureFile } = await signFolder(folder, alice);
  expect(await rules()).toEqual(['pass', 'signature-beside model.sig']);
  fs.writeFileSync(signatureFile, 'import os');
  expect(await rules()).toEqual(['fail', 'file-extra model.sig']);
  fs.writeFileSync(signatureFile, await signStatement(alice, Buffer.from('{}')));
  expect(await rules()).toEqual(['fail', 'file-extra model.sig']);
  fs.writeFileSync(path.join(folder, 'SHA256SUMS'), sumsOf({ ...files, 'model.sig': 'listed' }));
  expect(await rules()).toEqual(['fail', 'file-changed model.sig']);
});

describe('verifySignedFolder() cannot tell', () => {
  test('of signatures by Sigstore’s keyless method', async () => {
    const folder = model();
    const { signatureFile } = await signFolder(folder, { ...alice, certificates: [Buffer.from('leaf')] });
    const bundle = JSON.parse(fs.readFileSync(signatureFile, 'utf8'));
    const rawBytes = bundle.verificationMaterial.x509CertificateChain.certificates[0].rawBytes;
    const keyless = [
      { certificate: { rawBytes }, tlogEntries: [{}] },
      { publicKey: { hint: alice.publicKey.id }, tlogEntries: [{}] },
    ];
    for (const verificationMaterial of keyless) {
      fs.writeFileSync(signatureFile, JSON.stringify({ ...bundle, verificationMaterial }));
      const error = await failureOf(verifySignedFolder(folder, signatureFile, () => alice.publicKey));
      expect([error.code, error.message]).toEqual(['UNSUPPORTED', expect.stringContaining('keyless')]);
    }
    const verificationMaterial = { certificate: { rawBytes }, tlogEntries: [] };
    fs.writeFileSync(signatureFile, JSON.stringify({ ...bundle, verificationMaterial }));
    expect(await found(folder)).toEqual(['error signature-malformed']);
  });

  test('without a signature or a folder, or when whom to trust cannot be told', async () => {
    const folder = model();
    const missing = await failureOf(verifySignedFolder(folder, scratch.at('none'), () => alice.publicKey));
    expect([missing.code, missing.message]).toEqual([
      'FILE_UNREADABLE',
      expect.stringContaining('Cannot read the signature'),
    ]);
    const { signatureFile } = await signFolder(folder, alice);
    const absent = await failureOf(verifySignedFolder(scratch.at('absent'), signatureFile, () => alice.publicKey));
    expect(absent.code).toBe('FILE_UNREADABLE');
    const bug = new TypeError('a bug');
    const failing = verifySignedFolder(folder, signatureFile, () => {
      throw bug;
    });
    await expect(failing).rejects.toBe(bug);
  });
});
