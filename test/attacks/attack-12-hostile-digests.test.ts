/** Attack 12: digests that are paths, that almost are digests, and whose bytes are others. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { unpack } from '../../src/model/unpack/unpack.ts';
import { verify } from '../../src/model/verify.ts';
import { isDigest } from '../../src/oci/digest.ts';
import { openLayout } from '../../src/oci/layout/layout.ts';
import { addToIndex, blobFile, makeArtifact, sha256 } from '../_support/artifact-maker.ts';
import { runCli } from '../_support/cli.ts';
import { expectAccepted, expectRefused, failureOf } from '../_support/refusal.ts';
import { makeScratch } from '../_support/scratch.ts';
import { openAttack } from '../_support/stores.ts';

const scratch = makeScratch();
afterAll(() => scratch[Symbol.dispose]());

let count = 0;
const fresh = () => scratch.at(`layout-${count++}`);

const hex = 'a'.repeat(64);
const hostile = [
  'sha256:../../x',
  `sha256:../../../../../../${'e'.repeat(46)}`,
  `sha256:${hex.toUpperCase()}`,
  `SHA256:${hex}`,
  `sha256:${hex.slice(1)}`,
  `sha256:${hex}a`,
  `sha256:${hex}\n`,
  `sha256:${hex}\0`,
  ` sha256:${hex}`,
  `sha256:${'а'.repeat(64)}`,
  `sha256:${'g'.repeat(64)}`,
  `sha256${hex}`,
  `sha256/${hex}`,
  `sha256:`,
  'md5:d41d8cd98f00b204e9800998ecf8427e',
  `sha1:${'a'.repeat(40)}`,
  `sha384:${'a'.repeat(96)}`,
  `sha512:${hex}`,
  `sha256:${'a'.repeat(128)}`,
  `blake3:${hex}`,
  `sha256+b64:${hex}`,
  `__proto__:${hex}`,
  'constructor:x',
  '',
];

describe.each(hostile)('the digest %j', (digest) => {
  test('is refused by verify() and unpack() for a layer', async () => {
    const made = makeArtifact().file('model.bin', 'x', { descriptor: { digest } }).write(fresh());
    await expectRefused(made, { rule: 'manifest', message: /layers\[0\]: digest is not/, code: 'DIGEST_INVALID' });
  });

  test('is refused by verify() and unpack() for the configuration', async () => {
    const made = makeArtifact()
      .file('model.bin', 'x')
      .manifest((manifest) => ({ ...manifest, config: { ...(manifest['config'] as object), digest } }))
      .write(fresh());
    await expectRefused(made, { rule: 'manifest', message: /config: digest is not/, code: 'DIGEST_INVALID' });
  });

  test('is refused by verify() and unpack() for the subject', async () => {
    const subject = { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest, size: 1 };
    const made = makeArtifact()
      .file('model.bin', 'x')
      .manifest((manifest) => ({ ...manifest, subject }))
      .write(fresh());
    await expectRefused(made, { rule: 'manifest', message: /subject: digest is not/, code: 'DIGEST_INVALID' });
  });

  test('is refused by the index of a layout and of an archive', async () => {
    const made = makeArtifact()
      .file('model.bin', 'x')
      .entry((entry) => ({ ...entry, digest }))
      .write(fresh());
    for (const kind of ['oci', 'oci-archive'] as const)
      expect((await failureOf(openAttack(kind, made))).code).toBe('DIGEST_INVALID');
  });

  test('is refused by verify() and unpack() as a diffId', async () => {
    const made = makeArtifact().file('model.bin', 'x', { diffId: digest }).write(fresh());
    await expectRefused(made, { rule: 'diff-ids', code: 'MANIFEST_INVALID' });
  });

  test('is not one', () => expect(isDigest(digest)).toBe(false));
});

test.each([null, 1, true, {}, [], [`sha256:${hex}`]])('a digest that is %j and no text is refused', async (digest) => {
  const made = makeArtifact().file('model.bin', 'x', { descriptor: { digest } }).write(fresh());
  await expectRefused(made, { rule: 'manifest', code: 'DIGEST_INVALID' });
});

test('the command line reads no file for a digest that is a path', async () => {
  const made = makeArtifact().file('model.bin', 'x').write(fresh());
  for (const reference of ['@sha256:../../oci-layout', '@sha256:../../../etc/passwd', `@sha256:${hex.toUpperCase()}`]) {
    const { status, stdout, stderr } = await runCli(['verify', `oci:${made.folder}${reference}`], {
      store: scratch.at('s'),
    });
    expect(status, stderr).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/no digest/);
  }
});

describe('bytes that are not what their digest says', () => {
  const changes: readonly (readonly [string, (bytes: Buffer) => Buffer, 'DIGEST_INVALID' | 'SIZE_INVALID'])[] = [
    ['changed', (bytes) => Buffer.from(bytes).fill(0x7a, bytes.length - 1), 'DIGEST_INVALID'],
    ['cut short', (bytes) => bytes.subarray(0, -1), 'SIZE_INVALID'],
    ['more', (bytes) => Buffer.concat([bytes, Buffer.from(' ')]), 'SIZE_INVALID'],
    ['none', () => Buffer.alloc(0), 'SIZE_INVALID'],
  ];
  test.each(changes)(
    'are refused by verify() and unpack() in a layout and an archive when they are %s',
    async (_, change, code) => {
      const honest = () => makeArtifact().file('model.bin', 'weights').sums().write(fresh());
      const { blobs } = honest();
      for (const digest of blobs) {
        const made = honest();
        const file = blobFile(made.folder, digest);
        fs.writeFileSync(file, change(fs.readFileSync(file)));
        for (const kind of ['oci', 'oci-archive'] as const) {
          await using attack = await openAttack(kind, made);
          const { verdict } = await verify(attack.store, attack.target);
          expect(verdict).toBe('fail');
          const place = scratch.at(`out-${count++}`);
          fs.mkdirSync(place);
          expect((await failureOf(unpack(attack.store, attack.target, `${place}/model`))).code).toBe(code);
          expect(fs.readdirSync(place)).toEqual([]);
        }
      }
    },
  );
});

test('a layer by sha512 is read and verified, and a wrong one refused', async () => {
  const digest = `sha512:${createHash('sha512').update('weights').digest('hex')}`;
  const write = (content: string) => {
    const made = makeArtifact().file('model.bin', 'weights', { descriptor: { digest }, diffId: digest }).write(fresh());
    fs.mkdirSync(`${made.folder}/blobs/sha512`);
    fs.writeFileSync(`${made.folder}/blobs/sha512/${digest.slice(7)}`, content);
    return made;
  };
  await using good = await openAttack('oci', write('weights'));
  expect((await verify(good.store, good.target)).verdict).toBe('pass');
  await using bad = await openAttack('oci', write('WEIGHTS'));
  expect((await verify(bad.store, bad.target)).verdict).toBe('fail');
});

test('a manifest found by another digest than its own is refused', async () => {
  const made = makeArtifact().file('model.bin', 'weights').sums().write(fresh());
  const other = makeArtifact().file('evil.bin', 'evil').sums().write(fresh());
  fs.copyFileSync(blobFile(other.folder, other.digest), blobFile(made.folder, made.digest));
  await using attack = await openAttack('oci', made);
  const { verdict, findings } = await verify(attack.store, attack.target);
  expect(verdict).toBe('fail');
  expect(findings.map(({ rule }) => rule)).toEqual(['manifest']);
});

test('resolve() does not take a blob for a manifest that it is not', async () => {
  const made = makeArtifact().file('model.bin', 'weights').sums().write(fresh());
  await using store = await openLayout(made.folder, 'read');
  const digest = sha256('weights');
  if (!isDigest(digest)) throw new Error('no digest');
  expect((await failureOf(store.resolve(digest))).code).toBe('MANIFEST_INVALID');
});

test('commit() refuses content that is not what its digest says, and keeps nothing of it', async () => {
  const folder = scratch.at('commit');
  await using store = await openLayout(folder, 'write');
  const digest = sha256('good');
  if (!isDigest(digest)) throw new Error('no digest');
  for (const size of [3, 4, 5]) {
    const upload = await store.start({ mediaType: 'application/octet-stream', digest, size });
    await upload.write(Buffer.from('evil'));
    const error = await failureOf(upload.commit(digest));
    expect(error.code).toBe(size === 4 ? 'DIGEST_INVALID' : 'SIZE_INVALID');
    await upload.abort();
  }
  expect(fs.readdirSync(`${folder}/.waybill/ingest`)).toEqual([]);
  expect(fs.readdirSync(`${folder}/blobs/sha256`)).toEqual([]);
});

test('an index with one hostile digest is refused as a whole', async () => {
  const made = makeArtifact().file('model.bin', 'weights').sums().write(fresh());
  await expectAccepted(made);
  addToIndex(made.folder, { mediaType: 'application/octet-stream', digest: 'sha256:../../x', size: 1 });
  const { status, stderr } = await runCli(['verify', `oci:${made.folder}:${made.name}`], { store: scratch.at('s') });
  expect(status).toBe(1);
  expect(stderr).toContain('index.json, manifests[1]: digest is not');
});
