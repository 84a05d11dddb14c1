import fs from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeArtifact, sha256 } from '../../../test/_support/artifact-maker.ts';
import { samples } from '../../../test/_support/dialect-samples.ts';
import { writeForeign } from '../../../test/_support/foreign-artifact.ts';
import { failureOf } from '../../../test/_support/refusal.ts';
import { makeScratch } from '../../../test/_support/scratch.ts';
import { makeFolder, packInto } from '../../../test/_support/source.ts';
import { openAttack } from '../../../test/_support/stores.ts';
import { treeOf } from '../../../test/_support/tree.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { type Layout, openLayout } from '../../oci/layout/layout.ts';
import { IMAGE_MANIFEST } from '../../oci/media-types.ts';
import { pushBytes } from '../../oci/verified.ts';
import { forms } from '../forms/index.ts';
import { unpack } from '../unpack/unpack.ts';
import { verify } from '../verify.ts';
import { type Converted, convert } from './convert.ts';
import type { Form } from './form.ts';

const scratch = makeScratch();
afterAll(() => scratch[Symbol.dispose]());
let count = 0;
const fresh = (name: string) => scratch.at(`${name}-${++count}`);

const formOf = (id: string): Form => {
  const form = forms.find((candidate) => candidate.id === id);
  if (form === undefined) throw new Error(`there is no form ${id}`);
  return form;
};

/** Converts within one store, as the command line does in the local one. */
const convertIn = (store: Layout, target: Descriptor, id: string): Promise<Converted> =>
  convert({ from: store, target, to: store, form: formOf(id), name: `acme/out:${id}` });

const YAML = `waybill: 1
name: acme/model
version: 1.0.0
licenses: { weights: Apache-2.0 }
components: { weights: ["weights/**"], code: ["src/**"], docs: [README.md] }
`;
const manySmall = Object.fromEntries(Array.from({ length: 70 }, (_, at) => [`src/m${at}.py`, `print(${at % 9})\n`]));
const files = {
  'waybill.yaml': YAML,
  'weights/a.gguf': 'a',
  'weights/b.gguf': 'a',
  'README.md': '# m\n',
  ...manySmall,
};

async function packed(): Promise<{ store: Layout; target: Descriptor } & AsyncDisposable> {
  const folder = fresh('store');
  const { manifest } = await packInto(folder, makeFolder(fresh('model'), files));
  const store = await openLayout(folder, 'write');
  return { store, target: manifest, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
}

test.each(
  samples.flatMap((sample) =>
    forms.map((form) => ({ sample, form, name: `${sample.dialect} (${sample.name}) to ${form.id}` })),
  ),
)('convert() $name keeps every file, gives the same twice, and verifies', async ({ sample, form }) => {
  await using from = await openAttack('oci', writeForeign(fresh('foreign'), sample.artifact));
  const into = async (folder: string) => {
    const to = await openLayout(folder, 'write');
    return { to, ...(await convert({ from: from.store, target: from.target, to, form, name: 'acme/out:1' })) };
  };
  const { to, manifest } = await into(fresh('to'));
  await using _ = to;
  expect((await verify(to, manifest)).verdict).toBe('pass');
  const out = fresh('out');
  await unpack(to, manifest, out);
  const tree = Object.entries(treeOf(out)).filter(([file, kind]) => kind !== 'folder' && file !== 'SHA256SUMS');
  const modeOf = (file: string) => (sample.executable?.includes(file) ? '755' : '644');
  expect(Object.fromEntries(tree)).toEqual(
    Object.fromEntries(
      Object.entries(sample.files).map(([file, content]) => [file, `${modeOf(file)} ${sha256(content).slice(7)}`]),
    ),
  );
  expect(fs.readdirSync(path.dirname(to.reserve()))).toEqual([]);
  const again = await into(fresh('to'));
  await using __ = again.to;
  expect(again.manifest.digest).toBe(manifest.digest);
});

test.each(['kit', 'docker'])('convert() to %s and back gives the very package', async (id) => {
  await using package_ = await packed();
  const { store, target } = package_;
  const there = await convertIn(store, target, id);
  const back = await convertIn(store, there.manifest, 'modelpack');
  expect(back.manifest.digest).toBe(target.digest);
  expect(back.bytesWritten).toBeLessThan(there.bytesWritten);
});

test('convert() reads and writes no byte of layers that are files as they are', async () => {
  const folder = fresh('store');
  const { manifest } = await packInto(
    folder,
    makeFolder(fresh('model'), { 'weights/a.gguf': Buffer.alloc(3_000_000, 1) }),
  );
  await using store = await openLayout(folder, 'write');
  const { blobsReused, layerCount, bytesRead, bytesWritten } = await convertIn(store, manifest, 'docker');
  expect(blobsReused).toBe(layerCount);
  // waybill.yaml and SHA256SUMS are understood, and the documents written.
  expect(bytesRead).toBeLessThan(2_000);
  expect(bytesWritten).toBeLessThan(4_000);
});

test('convert() says which files waybill.yaml leaves out', async () => {
  const made = makeArtifact()
    .file('waybill.yaml', YAML.replace(', code: ["src/**"], docs: [README.md]', ''))
    .file('weights/a.bin', 'a')
    .file('stray.txt', 's');
  await using from = await openAttack('oci', made.write(fresh('made')));
  await using to = await openLayout(fresh('to'), 'write');
  const { findings, fileCount } = await convert({
    ...from,
    from: from.store,
    to,
    form: formOf('modelpack'),
    name: 'acme/out:1',
  });
  expect(findings.map(({ rule, path }) => [rule, path])).toEqual([['convert-unlisted', 'stray.txt']]);
  expect(fileCount).toBe(3);
});

test('convert() needs a waybill.yaml that can be used for ModelPack only', async () => {
  const made = makeArtifact().file('waybill.yaml', 'name: of another program\n').file('a.bin', 'a');
  await using from = await openAttack('oci', made.write(fresh('made')));
  await using to = await openLayout(fresh('to'), 'write');
  const into = (id: string) => convert({ ...from, from: from.store, to, form: formOf(id), name: `acme/out:${id}` });
  expect((await failureOf(into('modelpack'))).code).toBe('WAYBILL_FILE_INVALID');
  expect((await into('kit')).fileCount).toBe(2);
});

test.each([
  ['two files of one name', () => makeArtifact().file('a', '1').file('a', '2'), 'ARCHIVE_UNSAFE'],
  ['names that differ in case', () => makeArtifact().file('a', '1').file('A', '2'), 'ARCHIVE_UNSAFE'],
  [
    'a list that is not true',
    () =>
      makeArtifact()
        .file('a', '1')
        .sums(`${'0'.repeat(64)}  a\n`),
    'DIGEST_INVALID',
  ],
  ['a name that leads out', () => makeArtifact().file('../a', '1'), 'ARCHIVE_UNSAFE'],
] as const)('convert() refuses a package with %s, and leaves no name', async (_, make, code) => {
  await using from = await openAttack('oci', make().write(fresh('made')));
  for (const form of forms) {
    await using to = await openLayout(fresh('to'), 'write');
    const work = convert({ from: from.store, target: from.target, to, form, name: 'acme/out:1' });
    expect((await failureOf(work)).code).toBe(code);
    expect(await to.tags()).toEqual([]);
  }
});

/** Attaches a statement of this type, as cosign 3 lays it out. */
async function attach(store: Layout, subject: Descriptor, predicateType: string): Promise<Descriptor> {
  const bundle = await pushBytes(
    store,
    'application/vnd.dev.sigstore.bundle.v0.3+json',
    Buffer.from(`{"of":"${predicateType}"}`),
  );
  const config = await pushBytes(store, 'application/vnd.oci.empty.v1+json', Buffer.from('{}'));
  const { mediaType, digest, size } = subject;
  const document = {
    schemaVersion: 2,
    mediaType: IMAGE_MANIFEST,
    artifactType: bundle.mediaType,
    config,
    layers: [bundle],
    subject: { mediaType, digest, size },
    annotations: { 'dev.sigstore.bundle.content': 'dsse-envelope', 'dev.sigstore.bundle.predicateType': predicateType },
  };
  const manifest = await pushBytes(store, IMAGE_MANIFEST, Buffer.from(JSON.stringify(document)));
  await store.attach(manifest);
  return manifest;
}

const OMS = 'https://model_signing/signature/v1.0';

test('convert() keeps a signature over the files where they are the same, and drops what is about the manifest', async () => {
  await using package_ = await packed();
  const { store, target } = package_;
  const signature = await attach(store, target, OMS);
  const provenance = await attach(store, target, 'https://slsa.dev/provenance/v1');
  const { manifest, attached } = await convertIn(store, target, 'kit');
  expect(Object.fromEntries(attached.map(({ digest, kept }) => [digest, kept]))).toEqual({
    [signature.digest]: true,
    [provenance.digest]: false,
  });
  const [anew, ...others] = await store.referrers(manifest);
  expect(others).toEqual([]);
  expect(anew?.annotations?.['dev.sigstore.bundle.predicateType']).toBe(OMS);
});

test('convert() drops a signature over the files where SHA256SUMS comes to them', async () => {
  await using from = await openAttack('oci', makeArtifact().file('a.bin', 'a').write(fresh('made')));
  await using store = await openLayout(fresh('to'), 'write');
  const { manifest: first } = await convert({
    from: from.store,
    target: from.target,
    to: store,
    form: formOf('kit'),
    name: 'a/b:1',
  });
  await attach(store, first, OMS);
  const { manifest, attached } = await convertIn(store, first, 'modelpack');
  expect(attached.map(({ kept }) => kept)).toEqual([false]);
  expect(await store.referrers(manifest)).toEqual([]);
});
