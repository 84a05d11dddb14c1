/** Artifacts in every dialect with something changed in them: read, or refused in our own words, by every reader alike. */
import fs from 'node:fs';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { checkConformance } from '../../src/model/conformance/check.ts';
import { convert } from '../../src/model/convert/convert.ts';
import { forms } from '../../src/model/forms/index.ts';
import { unpack } from '../../src/model/unpack/unpack.ts';
import { verify } from '../../src/model/verify.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { openLayout } from '../../src/oci/layout/layout.ts';
import { memory } from '../../src/oci/stores/memory.ts';
import { pushBytes } from '../../src/oci/verified.ts';
import { blobFile } from '../_support/artifact-maker.ts';
import { samples } from '../_support/dialect-samples.ts';
import { writeForeign } from '../_support/foreign-artifact.ts';
import { anyChanges, changedBy, type Json } from '../_support/mutate-json.ts';
import { resultOfAsync, runs } from '../_support/properties.ts';
import { makeScratch } from '../_support/scratch.ts';

const scratch = makeScratch();
afterAll(() => scratch[Symbol.dispose]());

/** The artifact in memory, its manifest and its configuration as they are given. */
async function storeWith(blobs: readonly Uint8Array[], manifest: Json, config: Json | undefined, mediaType: string) {
  const store = await memory.open('', { access: 'write' });
  for (const bytes of blobs) await pushBytes(store, 'application/octet-stream', bytes);
  let document = manifest;
  if (config !== undefined) {
    const { digest, size } = await pushBytes(store, 'application/octet-stream', Buffer.from(JSON.stringify(config)));
    const own = (manifest as { config: object }).config;
    document = { ...(manifest as object), config: { ...own, digest, size } } as Json;
  }
  const bytes = Buffer.from(JSON.stringify(document));
  await pushBytes(store, 'application/octet-stream', bytes);
  return { store, target: { mediaType, digest: digestOf(bytes), size: bytes.length } };
}

test.each(samples.map((sample, at) => ({ ...sample, at })))(
  '$dialect, $name',
  { timeout: 120_000 },
  async ({ artifact, at }) => {
    const made = writeForeign(scratch.at(String(at)), artifact);
    const blobs = made.blobs.map((digest) => fs.readFileSync(blobFile(made.folder, digest)));
    const manifest: Json = JSON.parse(fs.readFileSync(blobFile(made.folder, made.digest), 'utf8'));
    const config: Json = JSON.parse(JSON.stringify(artifact.config.content));
    const mediaType = made.mediaType ?? '';
    const out = scratch.at(`out-${at}`);
    const seen = { pass: 0, fail: 0, error: 0 };
    await using to = await openLayout(scratch.at(`to-${at}`), 'write');
    await fc.assert(
      fc.asyncProperty(anyChanges, fc.boolean(), async (changes, isConfig) => {
        const isText = typeof config !== 'object';
        const { store, target } =
          isConfig && !isText
            ? await storeWith(blobs, manifest, changedBy(config, changes), mediaType)
            : await storeWith(blobs, changedBy(manifest, changes), undefined, mediaType);
        const verified = await resultOfAsync(() => verify(store, target));
        const verdict = 'value' in verified ? verified.value.verdict : 'error';
        seen[verdict] += 1;
        const unpacked = await resultOfAsync(() => unpack(store, target, `${out}/model`));
        expect('value' in unpacked).toBe(verdict === 'pass');
        expect(fs.existsSync(out) ? fs.readdirSync(out) : []).toEqual(verdict === 'pass' ? ['model'] : []);
        fs.rmSync(out, { recursive: true, force: true });
        expect('value' in (await resultOfAsync(() => checkConformance(store, target)))).toBe(true);
        const [form] = forms;
        const request = { from: store, target, to, form, name: 'acme/out:1' };
        expect('value' in (await resultOfAsync(() => convert(request)))).toBe(verdict === 'pass');
      }),
      runs(60),
    );
    expect(seen.fail + seen.error).toBeGreaterThan(5);
  },
);
