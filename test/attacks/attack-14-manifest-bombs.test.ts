/** Attack 14: manifests and indexes of any size, depth and number; sizes that no content has. */
import fs from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { verify } from '../../src/model/verify.ts';
import { copy } from '../../src/oci/copy.ts';
import { openLayout } from '../../src/oci/layout/layout.ts';
import { prune } from '../../src/oci/layout/prune.ts';
import { memory } from '../../src/oci/stores/memory.ts';
import { addToIndex, blobFile, changeIndex, makeArtifact, sha256 } from '../_support/artifact-maker.ts';
import { runCli } from '../_support/cli.ts';
import { expectRefused, expectRefusedIn, failureOf } from '../_support/refusal.ts';
import { makeScratch } from '../_support/scratch.ts';
import { makePipe } from '../_support/source.ts';
import { openAttack } from '../_support/stores.ts';

const scratch = makeScratch();
afterAll(() => scratch[Symbol.dispose]());

let count = 0;
const fresh = () => scratch.at(`layout-${count++}`);
const honest = () => makeArtifact().file('model.bin', 'weights').sums();

const INDEX = 'application/vnd.oci.image.index.v1+json';

describe('verify() and unpack() refuse', () => {
  test('a manifest of 100 MB, and one whose entry says that it is small', async () => {
    const padded = (manifest: object) => JSON.stringify(manifest) + ' '.repeat(100_000_000);
    const made = honest().manifest(padded).write(fresh());
    await using attack = await openAttack('oci', made);
    const large = { rule: 'manifest', message: /the limit is 4194304/, code: 'LIMIT_EXCEEDED' } as const;
    await expectRefusedIn(attack, large, scratch.at('large'));
    const small = { rule: 'manifest', message: /it has more than 1000 bytes/, code: 'SIZE_INVALID' } as const;
    await expectRefusedIn({ ...attack, target: { ...attack.target, size: 1000 } }, small, scratch.at('small'));
  });

  test('a manifest that is one byte too large, and not the one below it', async () => {
    const sized = (length: number) => (manifest: object) => JSON.stringify(manifest).padEnd(length, ' ');
    await using below = await openAttack(
      'oci',
      honest()
        .manifest(sized(4 * 1024 * 1024))
        .write(fresh()),
    );
    expect((await verify(below.store, below.target)).verdict).toBe('pass');
    const above = honest()
      .manifest(sized(4 * 1024 * 1024 + 1))
      .write(fresh());
    await expectRefused(above, { rule: 'manifest', code: 'LIMIT_EXCEEDED' });
  });

  test('a million layers', async () => {
    const text = (manifest: object) =>
      JSON.stringify({ ...manifest, layers: 0 }).replace(
        '"layers":0',
        `"layers":[${Array(1_000_000).fill('{}').join()}]`,
      );
    await expectRefused(honest().manifest(text).write(fresh()), {
      rule: 'manifest',
      message: /layers has 1000000 entries, the limit is 10000/,
      code: 'LIMIT_EXCEEDED',
    });
  });

  test('a million layers of full length by the size of the manifest', async () => {
    const layer = { mediaType: 'application/vnd.cncf.model.weight.v1.raw', digest: sha256('weights'), size: 7 };
    const layers = Array(50_000).fill(layer);
    const made = honest()
      .manifest((manifest) => ({ ...manifest, layers }))
      .write(fresh());
    await expectRefused(made, { rule: 'manifest', message: /the limit is 4194304/, code: 'LIMIT_EXCEEDED' });
  });

  test.each([
    ['lists', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['lists that never close', '['.repeat(1_000_000)],
    ['objects', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
    ['65 levels', '['.repeat(64) + ']'.repeat(64)],
  ])('a manifest that nests %s', async (_, nested) => {
    const made = honest()
      .manifest((manifest) => JSON.stringify({ ...manifest, deep: 0 }).replace('"deep":0', `"deep":${nested}`))
      .write(fresh());
    await expectRefused(made, { rule: 'manifest', message: /nests deeper than 64|not JSON/, code: 'MANIFEST_INVALID' });
  });

  test.each([
    ['a string of a million quotes', `"${'\\"'.repeat(1_000_000)}"`],
    ['a million keys', `{${Array.from({ length: 300_000 }, (_, at) => `"${at}":0`).join()}}`],
    ['a number of a million digits', '1'.repeat(1_000_000)],
  ])('nothing in a manifest because it holds %s, which is only long', async (_, long) => {
    const made = honest()
      .manifest((manifest) => JSON.stringify({ ...manifest, long: 0 }).replace('"long":0', `"long":${long}`))
      .write(fresh());
    const { status } = await runCli(['verify', `oci:${made.folder}`], { store: scratch.at('store') });
    expect(status).toBe(0);
  });

  test('a configuration that is too large or too deep', async () => {
    const large = honest()
      .config((config) => JSON.stringify(config) + ' '.repeat(9_000_000))
      .write(fresh());
    await expectRefused(large, { rule: 'manifest', message: /the limit is 8388608/, code: 'LIMIT_EXCEEDED' });
    const deep = honest()
      .config(() => '['.repeat(100) + ']'.repeat(100))
      .write(fresh());
    await expectRefused(deep, { rule: 'manifest', message: /nests deeper/, code: 'MANIFEST_INVALID' });
  });

  // As text, because JavaScript cannot say all of them as numbers.
  test.each(['9007199254740992', '1e400', '-1', '1.5', '"7"', 'null', 'true', '[7]', '7e-1', '18446744073709551616'])(
    'a layer of size %s',
    async (size) => {
      const made = makeArtifact()
        .file('model.bin', 'weights', { descriptor: { size: 'HERE' } })
        .manifest((manifest) => JSON.stringify(manifest).replace('"HERE"', size))
        .write(fresh());
      await expectRefused(made, {
        rule: 'manifest',
        message: /size is not a whole number of bytes/,
        code: 'MANIFEST_INVALID',
      });
    },
  );

  test.each([0, 6, 8, 2 ** 40, Number.MAX_SAFE_INTEGER])('a layer of 7 bytes that says it has %i', async (size) => {
    const made = makeArtifact().file('model.bin', 'weights', { descriptor: { size } }).write(fresh());
    await expectRefused(made, { rule: 'layer-digest', message: /it should have/, code: 'SIZE_INVALID' });
  });

  test.each([0, 1, 2 ** 40])('a configuration that says it has %i bytes', async (size) => {
    const made = honest()
      .manifest((manifest) => ({ ...manifest, config: { ...(manifest['config'] as object), size } }))
      .write(fresh());
    await expectRefused(made, { rule: 'manifest', code: size < 2 ** 40 ? 'SIZE_INVALID' : 'LIMIT_EXCEEDED' });
  });

  test('no layers at all, with and without diffIds', async () => {
    const none = makeArtifact().write(fresh());
    await expectRefused(none, { rule: 'config-schema', message: /at least one diffId/, code: 'MANIFEST_INVALID' });
    const some = makeArtifact()
      .file('a', 'a')
      .manifest((manifest) => ({ ...manifest, layers: [] }))
      .write(fresh());
    await expectRefused(some, { rule: 'diff-ids', message: /1 diffIds for 0 layers/, code: 'MANIFEST_INVALID' });
  });
});

describe('an index', () => {
  test('of more than 64 MiB is refused before it is read', async () => {
    const made = honest().write(fresh());
    fs.truncateSync(`${made.folder}/index.json`, 8 * 1024 ** 3);
    const { status, stderr } = await runCli(['verify', `oci:${made.folder}`], { store: scratch.at('store') });
    expect(stderr).toContain('8589934592 bytes');
    expect(status).toBe(1);
  });

  test.each(['index.json', 'oci-layout'])('of a layout whose %s is a pipe is not waited for', async (name) => {
    const made = honest().write(fresh());
    fs.rmSync(`${made.folder}/${name}`);
    makePipe(`${made.folder}/${name}`);
    const { status } = await runCli(['verify', `oci:${made.folder}`], { store: scratch.at('store') });
    expect(status).toBe(2);
  });

  test('in an archive that is a pipe is not waited for', async () => {
    makePipe(scratch.at('archive.pipe'));
    const { status, stderr } = await runCli(['verify', `oci-archive:${scratch.at('archive.pipe')}`], {
      store: scratch.at('store'),
    });
    expect(stderr).toContain('not a regular file');
    expect(status).toBe(2);
  });

  test('of 20,000 names is read', async () => {
    const made = honest().write(fresh());
    const { digest, size } = made;
    const names = Array.from({ length: 20_000 }, (_, at) => `acme/attack:t${at}`);
    changeIndex(made.folder, (index) => ({
      ...index,
      manifests: names.map((name) => ({
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        digest,
        size,
        annotations: { 'org.opencontainers.image.ref.name': name },
      })),
    }));
    const { status } = await runCli(['verify', `oci:${made.folder}:acme/attack:t19999`], {
      store: scratch.at('store'),
    });
    expect(status).toBe(0);
  });

  /** Indexes of indexes, the last of an artifact. */
  function nest(
    folder: string,
    leaf: { digest: string; size: number },
    levels: number,
  ): { digest: string; size: number } {
    let mediaType = 'application/vnd.oci.image.manifest.v1+json';
    let inner = leaf;
    for (let level = 0; level < levels; level++) {
      const text = JSON.stringify({
        schemaVersion: 2,
        mediaType: INDEX,
        manifests: [{ mediaType, ...inner, annotations: { level: String(level) } }],
      });
      mediaType = INDEX;
      inner = { digest: sha256(text), size: text.length };
      fs.writeFileSync(blobFile(folder, inner.digest), text);
    }
    return inner;
  }

  test('that nests 5,000 deep is refused by copy() and prune(), which remove and name nothing', async () => {
    const made = honest().write(fresh());
    const top = nest(made.folder, made, 5_000);
    addToIndex(made.folder, {
      mediaType: INDEX,
      ...top,
      annotations: { 'org.opencontainers.image.ref.name': 'acme/deep:1' },
    });
    const before = fs.readdirSync(`${made.folder}/blobs/sha256`).length;
    expect((await failureOf(prune(made.folder))).code).toBe('LIMIT_EXCEEDED');
    expect(fs.readdirSync(`${made.folder}/blobs/sha256`)).toHaveLength(before);

    await using from = await openLayout(made.folder, 'read');
    await using to = await memory.open('', { access: 'write' });
    const target = await from.resolve('acme/deep:1');
    if (target === undefined) throw new Error('not found');
    expect((await failureOf(copy(from, to, target, { name: 'acme/deep:1' }))).code).toBe('LIMIT_EXCEEDED');
    expect(await to.tags()).toEqual([]);

    const checked = await runCli(['verify', '--store', made.folder], { store: made.folder });
    expect([0, 1]).toContain(checked.status);
  });

  test('that says it has another size is found by verify --store, and copied by nobody', async () => {
    const made = honest()
      .entry((entry) => ({ ...entry, size: 5 }))
      .write(fresh());
    const checked = await runCli(['verify', '--store', made.folder, '--json'], { store: made.folder });
    expect(checked.status).toBe(1);
    expect(checked.stdout).toContain('blob-size');
    const copied = await runCli(['copy', `oci:${made.folder}`, 'acme/copied:1'], { store: scratch.at('store-2') });
    expect(copied.status).toBe(1);
    const listed = await runCli(['list', '--json'], { store: scratch.at('store-2') });
    expect(JSON.parse(listed.stdout).artifacts).toEqual([]);
  });
});

test('unpack() says that a size is a lie before it says that the disk is too small for it', async () => {
  const made = makeArtifact()
    .file('model.bin', 'weights', { descriptor: { size: 2 ** 52 } })
    .write(fresh());
  await expectRefused(made, { rule: 'layer-digest', code: 'SIZE_INVALID' });
});
