/** Manifests, configurations and indexes that were good before something in them was changed. */
import fs from 'node:fs';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { readStructure } from '../../src/model/artifact/structure.ts';
import { unpack } from '../../src/model/unpack/unpack.ts';
import { verify } from '../../src/model/verify.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { parseIndex } from '../../src/oci/layout/index-file.ts';
import { parseManifest } from '../../src/oci/manifest.ts';
import { IMAGE_MANIFEST } from '../../src/oci/media-types.ts';
import { memory } from '../../src/oci/stores/memory.ts';
import { pushBytes } from '../../src/oci/verified.ts';
import { blobFile, makeArtifact } from '../_support/artifact-maker.ts';
import { anyChanges, changedBy, type Json } from '../_support/mutate-json.ts';
import { anyDamage, damaged, resultOf, resultOfAsync, runs } from '../_support/properties.ts';
import { rawTar } from '../_support/raw-tar.ts';
import { makeScratch } from '../_support/scratch.ts';

const scratch = makeScratch();
afterAll(() => scratch[Symbol.dispose]());

const metadata = JSON.stringify({ name: 'a.bin', mode: 420, uid: 0, gid: 0, size: 1, typeflag: 0 });
const made = makeArtifact()
  .file('a.bin', 'a', { metadata })
  .file('docs/b.md', 'b', { component: 'doc' })
  .tar(rawTar({ name: 'run.py', content: 'c' }), { files: { 'run.py': 'c' } })
  .sums()
  .write(scratch.at('layout'));
const bytesOf = (digest: string) => fs.readFileSync(blobFile(made.folder, digest));
const manifest: Json = JSON.parse(bytesOf(made.digest).toString('utf8'));
const configDigest = (manifest as unknown as { config: { digest: string } }).config.digest;
const config: Json = JSON.parse(bytesOf(configDigest).toString('utf8'));
const index: Json = JSON.parse(fs.readFileSync(`${made.folder}/index.json`, 'utf8'));

const refusals = ['MANIFEST_INVALID', 'DIGEST_INVALID', 'LIMIT_EXCEEDED', 'UNSUPPORTED'] as const;

test('parseManifest() reads a changed manifest or refuses it, and what it reads holds nothing but what it says', () => {
  fc.assert(
    fc.property(anyChanges, fc.boolean(), (changes, isTyped) => {
      const bytes = Buffer.from(JSON.stringify(changedBy(manifest, changes)));
      const result = resultOf(() => parseManifest(bytes, isTyped ? IMAGE_MANIFEST : undefined), refusals);
      if (!('value' in result) || result.value.kind !== 'manifest') return;
      for (const { digest, size, mediaType } of [result.value.config, ...result.value.layers]) {
        expect(digest).toMatch(/^sha(256:[0-9a-f]{64}|512:[0-9a-f]{128})$/);
        expect(Number.isSafeInteger(size) && size >= 0).toBe(true);
        expect(mediaType).toMatch(/^[\x21-\x7e]+\/[\x21-\x7e]+$/);
      }
    }),
    runs(3_000),
  );
});

test('parseManifest() and parseIndex() refuse damaged bytes in their own words', () => {
  const documents = fc.constantFrom(manifest, index).map((document) => Buffer.from(JSON.stringify(document)));
  fc.assert(
    fc.property(documents, anyDamage, (document, damage) => {
      const bytes = damaged(document, damage);
      resultOf(() => parseManifest(bytes), refusals);
      resultOf(() => parseIndex(bytes, 'index.json'), refusals);
    }),
    runs(3_000),
  );
});

test('parseIndex() reads a changed index or refuses it', () => {
  fc.assert(
    fc.property(anyChanges, (changes) => {
      const bytes = Buffer.from(JSON.stringify(changedBy(index, changes)));
      resultOf(() => parseIndex(bytes, 'index.json'), refusals);
    }),
    runs(2_000),
  );
});

/** A store in memory with the artifact, its manifest and configuration changed and everything else as it was. */
async function storeWith(manifestChanges: typeof changeNothing, configChanges: typeof changeNothing) {
  const store = await memory.open('', { access: 'write' });
  const add = (bytes: Uint8Array) => pushBytes(store, 'application/octet-stream', bytes);
  for (const digest of made.blobs) await add(bytesOf(digest));
  const { digest, size } = await add(Buffer.from(JSON.stringify(configChanges(config))));
  const descriptor = { ...(manifest as { config: object }).config, digest, size };
  const document = manifestChanges({ ...(manifest as object), config: descriptor } as Json);
  const bytes = Buffer.from(JSON.stringify(document));
  await add(bytes);
  return { store, target: { mediaType: IMAGE_MANIFEST, digest: digestOf(bytes), size: bytes.length } };
}

const changeNothing = (document: Json): Json => document;

test('verify() and unpack() agree on an artifact whose manifest or configuration was changed', async () => {
  const out = scratch.at('out');
  const seen = { pass: 0, fail: 0, error: 0 };
  await fc.assert(
    fc.asyncProperty(anyChanges, fc.constantFrom('manifest', 'configuration'), async (changes, which) => {
      const change = (document: Json) => changedBy(document, changes);
      const [ofManifest, ofConfig] = which === 'manifest' ? [change, changeNothing] : [changeNothing, change];
      const { store, target } = await storeWith(ofManifest, ofConfig);
      const verified = await resultOfAsync(() => verify(store, target));
      const unpacked = await resultOfAsync(() => unpack(store, target, `${out}/model`));
      const verdict = 'value' in verified ? verified.value.verdict : 'error';
      seen[verdict] += 1;
      expect('value' in unpacked).toBe(verdict === 'pass');
      if (verdict === 'pass') expect('value' in (await resultOfAsync(() => readStructure(store, target)))).toBe(true);
      expect(fs.existsSync(out) ? fs.readdirSync(out) : []).toEqual(verdict === 'pass' ? ['model'] : []);
      fs.rmSync(out, { recursive: true, force: true });
    }),
    runs(600),
  );
  // The changes are of every kind.
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(0);
});
