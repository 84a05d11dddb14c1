/** Attack 13: documents that two readers understand in two ways. */
import fs from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { addToIndex, changeIndex, type Made, makeArtifact } from '../_support/artifact-maker.ts';
import { runCli } from '../_support/cli.ts';
import { gnuLongName, paxEntry, rawTar } from '../_support/raw-tar.ts';
import { expectAccepted, expectRefused, failureOf } from '../_support/refusal.ts';
import { makeScratch } from '../_support/scratch.ts';
import { archiveOf, openAttack } from '../_support/stores.ts';

const scratch = makeScratch();
afterAll(() => scratch[Symbol.dispose]());

type Json = Readonly<Record<string, unknown>>;

let count = 0;
const fresh = () => scratch.at(`layout-${count++}`);
const honest = () => makeArtifact().file('model.bin', 'weights').sums();
const withManifest = (change: (manifest: Json) => unknown): Made => honest().manifest(change).write(fresh());

const INDEX = 'application/vnd.oci.image.index.v1+json';

/** Puts text in place of a member, which JSON.stringify would never write. */
const rewrite = (from: string, to: string) => (manifest: Json) => {
  const text = JSON.stringify(manifest);
  if (!text.includes(from)) throw new Error(`the manifest has no ${from}`);
  return text.replace(from, to);
};

describe('verify() and unpack() refuse a manifest', () => {
  const manifests: readonly (readonly [string, (manifest: Json) => unknown, RegExp])[] = [
    ['that is an index too', (manifest) => ({ ...manifest, manifests: [] }), /as a manifest and as an index/],
    [
      'that says it is an index and has layers',
      (manifest) => ({ ...manifest, mediaType: INDEX }),
      /its mediaType is .*index.*, it was found as .*manifest/,
    ],
    ['of another type than its entry says', (manifest) => ({ ...manifest, mediaType: 'a/b' }), /it was found as/],
    ['whose type is a number', (manifest) => ({ ...manifest, mediaType: 1 }), /its mediaType is 1/],
    ['with schemaVersion 1', (manifest) => ({ ...manifest, schemaVersion: 1 }), /schemaVersion is not 2/],
    ['with schemaVersion "2"', (manifest) => ({ ...manifest, schemaVersion: '2' }), /schemaVersion is not 2/],
    ['without schemaVersion', ({ schemaVersion: _, ...manifest }) => manifest, /schemaVersion is not 2/],
    ['with the key layers twice', rewrite('"layers":', '"layers":[],"layers":'), /"layers" stands twice/],
    ['with an escaped key twice', rewrite('"layers":', '"\\u006cayers":[],"layers":'), /"layers" stands twice/],
    ['with a digest twice', rewrite('"digest":', '"digest":"x","digest":'), /"digest" stands twice/],
    ['with a key __proto__', rewrite('{', '{"__proto__":{"layers":[]},'), /__proto__/],
    ['with a byte order mark', rewrite('{', '\ufeff{'), /not JSON/],
    ['with a comment', rewrite('{', '{/* */'), /not JSON/],
    ['with something behind it', (manifest) => `${JSON.stringify(manifest)}{}`, /not JSON/],
    ['that is empty', () => '', /not JSON/],
    ['that is null', () => 'null', /not a JSON object/],
    ['that is a list', () => '[]', /not a JSON object/],
    [
      'that is not UTF-8',
      (manifest) => Buffer.from(JSON.stringify(manifest).replace('weight', 'w\xe9ight'), 'latin1'),
      /UTF-8/,
    ],
  ];
  test.each(manifests)('%s', async (_, change, message) => {
    await expectRefused(withManifest(change), { rule: 'manifest', message, code: 'MANIFEST_INVALID' });
  });

  // Go reads each of these as the member in lower case, long s and the Kelvin sign included.
  test.each([
    'Layers',
    'LAYERS',
    'layerS',
    'layer\u017f',
    'Config',
    'MediaType',
    'mediatype',
    'SchemaVersion',
    'ArtifactType',
    'Subject',
    'manife\u017ft\u017f',
    'Annotations',
  ])('with a member %s', async (key) => {
    const made = withManifest((manifest) => ({ ...manifest, [key]: [] }));
    await expectRefused(made, { rule: 'manifest', message: /could be read as/, code: 'MANIFEST_INVALID' });
  });

  test.each(['Digest', 'dige\u017ft', 'Size', '\u017fize', 'MEDIATYPE', 'Annotations', 'Urls', 'Data'])(
    'with a layer that has a member %s',
    async (key) => {
      const made = makeArtifact()
        .file('model.bin', 'x', { descriptor: { [key]: 'x' } })
        .write(fresh());
      await expectRefused(made, { rule: 'manifest', message: /could be read as/, code: 'MANIFEST_INVALID' });
    },
  );

  test.each([
    ['that are no list', { layers: {} }],
    ['that are missing', { layers: undefined }],
    ['one of which is null', { layers: [null] }],
    ['one of which is text', { layers: ['sha256:a'] }],
  ])('with layers %s', async (_, members) => {
    const made = withManifest((manifest) => ({ ...manifest, ...members }));
    await expectRefused(made, { rule: 'manifest', code: 'MANIFEST_INVALID' });
  });

  test.each([1, true, null, ['x'], { a: 'b' }])('with an annotation %j', async (value) => {
    const made = withManifest((manifest) => ({ ...manifest, annotations: { x: value } }));
    await expectRefused(made, { rule: 'manifest', message: /annotation "x" is not text/, code: 'MANIFEST_INVALID' });
  });
});

test('verify() and unpack() read members that nobody knows as if they were not there', async () => {
  const made = withManifest((manifest) => ({
    ...manifest,
    'x-new': { layers: [] },
    history: [],
    toString: 1,
    urls: [],
  }));
  await expectAccepted(made);
});

test('verify() and unpack() ignore urls and embedded data of a layer: content comes from the store alone', async () => {
  const words = { descriptor: { urls: ['http://127.0.0.1:1/evil'], data: Buffer.from('evil').toString('base64') } };
  await expectAccepted(makeArtifact().file('model.bin', 'weights', words).sums().write(fresh()));
});

test('verify() cannot tell of an index or of an artifact that is no model, with exit 2', async () => {
  const index = honest()
    .manifest(() => ({ schemaVersion: 2, mediaType: INDEX, manifests: [] }))
    .entry((entry) => ({ ...entry, mediaType: INDEX }))
    .write(fresh());
  const image = withManifest(({ artifactType: _, ...manifest }) => manifest);
  for (const made of [index, image]) {
    const { status, stdout, stderr } = await runCli(['verify', `oci:${made.folder}`], { store: scratch.at('store') });
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('it is no model of a kind that we know');
  }
});

describe('an index', () => {
  const indexes: readonly (readonly [string, Json])[] = [
    ['with a member Manifests', { Manifests: [] }],
    ['with a member manife\u017fts', { 'manife\u017fts': [] }],
    ['with another schemaVersion', { schemaVersion: 3 }],
  ];
  test.each(indexes)('%s is refused in a layout and in an archive', async (_, members) => {
    const made = honest().write(fresh());
    changeIndex(made.folder, (index) => ({ ...index, ...members }));
    for (const kind of ['oci', 'oci-archive'] as const)
      expect((await failureOf(openAttack(kind, made))).code).toBe('MANIFEST_INVALID');
  });

  test('with duplicate keys is refused in a layout and in an archive', async () => {
    const made = honest().write(fresh());
    changeIndex(made.folder, (index) => JSON.stringify(index).replace('{', '{"manifests":[],'));
    for (const kind of ['oci', 'oci-archive'] as const)
      expect((await failureOf(openAttack(kind, made))).message).toMatch(/"manifests" stands twice/);
  });

  test('in which one digest has two types is read by the type of the name that was asked for', async () => {
    const made = honest().write(fresh());
    const { digest, size } = made;
    addToIndex(made.folder, {
      mediaType: INDEX,
      digest,
      size,
      annotations: { 'org.opencontainers.image.ref.name': 'acme/as-index:1' },
    });
    const store = scratch.at('store');
    expect((await runCli(['verify', `oci:${made.folder}:${made.name}`], { store })).status).toBe(0);
    const asIndex = await runCli(['verify', `oci:${made.folder}:acme/as-index:1`], { store });
    expect(asIndex.status).toBe(1);
    expect(asIndex.stdout).toMatch(/it was found as/);
  });
});

describe('an oci-layout file', () => {
  test.each(['{}', '', 'null', '{"imageLayoutVersion":"2.0.0"}', '{"imageLayoutVersion":1}', '[]'])(
    '%j is refused in a layout and in an archive',
    async (text) => {
      const made = honest().write(fresh());
      fs.writeFileSync(`${made.folder}/oci-layout`, text);
      for (const kind of ['oci', 'oci-archive'] as const)
        expect((await failureOf(openAttack(kind, made))).code).toBe('STORE_UNAVAILABLE');
    },
  );
});

test('the archive reader and other readers agree which file an extended header renames', async () => {
  const made = honest().write(fresh());
  const other = { name: 'x', content: '{"schemaVersion":2,"manifests":[]}' };
  const attacks = [
    rawTar(paxEntry({ path: 'index.json' }), other),
    rawTar(gnuLongName('index.json'), other),
    rawTar(paxEntry({ path: 'index.json' }, 'g'), other),
  ];
  for (const extra of attacks) {
    const file = archiveOf(made.folder, extra.subarray(0, -1024));
    const { status, stderr } = await runCli(['verify', `oci-archive:${file}`], { store: scratch.at('store') });
    expect(status, stderr).toBe(1);
    expect(stderr).toMatch(/twice|for all files/);
  }
});

test('the archive reader does not let the size of one entry change the header of the next', async () => {
  const made = honest().write(fresh());
  const hidden = rawTar({ name: 'index.json', content: '{"schemaVersion":2,"manifests":[]}' }).subarray(0, -1024);
  // A reader that applies the size to the second extended header would look for entries inside it.
  const file = archiveOf(
    made.folder,
    paxEntry({ size: String(hidden.length) }),
    paxEntry({ comment: 'x'.repeat(600) }),
    { name: 'blob', content: hidden, size: 0 },
  );
  const { status, stderr } = await runCli(['verify', `oci-archive:${file}`], { store: scratch.at('store') });
  expect(status, stderr).toBe(0);
});
