import { expect, test } from 'vitest';
import { safetensorsOf } from '../../../../test/_support/model-files.ts';
import { makeScratch } from '../../../../test/_support/scratch.ts';
import { writeFiles } from '../../../../test/_tiny.ts';
import { openLayout } from '../../../oci/layout/layout.ts';
import { noCache } from '../../digest-cache.ts';
import { pack } from '../../pack.ts';
import { readSource } from '../../source/read.ts';
import type { Target } from '../target/schema.ts';
import { compat } from './compat.ts';
import { viewArtifact, viewFolder } from './package-view.ts';

const TARGET: Target = {
  target: 1,
  os: 'linux',
  memory: { totalMiB: 4000 },
  disk: { freeMiB: 100 },
  python: { version: '3.12.4', packages: { numpy: '2.1.0' } },
};

/** So many small files that they are bundled: locks are read out of a tar then. */
const FILES = {
  'waybill.yaml': `waybill: 1
name: acme/bundled
version: 1.0.0
components: { weights: [weights/**], code: [env/**, many/**] }
environment:
  requires: { os: [linux], python: ">=3.9", libraries: { numpy: ">=2" } }
  locks: [env/requirements.lock]
`,
  'weights/a.safetensors': safetensorsOf('{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}', 16),
  'env/requirements.lock': '-r base.txt\nscipy==1.0\n',
  'env/base.txt': 'numpy==2.1.0\n',
  ...Object.fromEntries(Array.from({ length: 70 }, (_, at) => [`many/${at}.py`, `print(${at})\n`])),
};

test('a package gives the same answers as the folder that it was packed from, and wants room besides', async () => {
  using scratch = makeScratch();
  const folder = scratch.at('model');
  writeFiles(folder, FILES);
  const ofFolder = await compat(viewFolder(folder), TARGET);
  await using store = await openLayout(scratch.at('store'), 'write');
  const { manifest } = await pack(readSource(folder), { store, cache: noCache });
  const view = await viewArtifact(store, manifest, 'acme/bundled');
  const ofArtifact = await compat(view, TARGET);
  expect(ofFolder.findings.map(({ fit }) => fit)).toContain('does-not-fit');
  expect(ofArtifact.memory).toEqual(ofFolder.memory);
  expect(ofArtifact.findings.filter(({ rule }) => rule !== 'compat-disk')).toEqual(ofFolder.findings);
  expect(ofArtifact.findings.filter(({ rule }) => rule === 'compat-disk').map(({ fit }) => fit)).toEqual(['fits']);
});

test('viewArtifact() reads a file of a bundle and of a layer of its own in parts, and no other', async () => {
  using scratch = makeScratch();
  writeFiles(scratch.at('model'), FILES);
  await using store = await openLayout(scratch.at('store'), 'write');
  const { manifest } = await pack(readSource(scratch.at('model')), { store, cache: noCache });
  const view = await viewArtifact(store, manifest, 'acme/bundled');
  await using weights = await view.open('weights/a.safetensors');
  expect(Buffer.from(await weights.read(8, 4)).toString()).toBe('{"a"');
  await expect(weights.read(0, weights.size + 1)).rejects.toThrow(RangeError);
  await using code = await view.open('many/7.py');
  expect(Buffer.from(await code.read(0, code.size)).toString()).toBe('print(7)\n');
  expect(await view.text('many/8.py', 100)).toBe('print(8)\n');
  await expect(view.text('many/8.py', 3)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  await expect(viewFolder(scratch.at('model')).text('many/8.py', 3)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  expect(await view.text('none', 100)).toBeUndefined();
});

test('viewFolder() reads what is packed, and nothing beside it', async () => {
  using scratch = makeScratch();
  writeFiles(scratch.at('model'), { ...FILES, 'secret.txt': 'x' });
  const view = viewFolder(scratch.at('model'));
  expect(await view.text('env/base.txt', 100)).toBe('numpy==2.1.0\n');
  expect(await view.text('secret.txt', 100)).toBeUndefined();
  expect(await view.text('../model/env/base.txt', 100)).toBeUndefined();
});
