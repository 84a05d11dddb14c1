/** Content of a store that is known without being read, and what makes it unknown. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { makeScratch } from '../../test/_support/scratch.ts';
import { makeFolder, packInto } from '../../test/_support/source.ts';
import { openLayout } from '../oci/layout/layout.ts';
import { type DigestCache, noCache, openDigestCache } from './digest-cache.ts';
import { pack } from './pack.ts';
import { readSource } from './source/read.ts';
import { rememberContent, stateOf } from './stored-content.ts';
import { verify } from './verify.ts';

const MIB = 1024 * 1024;
const large = Buffer.alloc(2 * MIB, 7);

async function packed(store: string, folder: string, cache: DigestCache, bring: 'clone' | 'link' = 'clone') {
  await using layout = await openLayout(store, 'write');
  const { manifest } = await pack(readSource(folder), { store: layout, cache }, { name: 'acme/model:1.0.0', bring });
  return manifest;
}

for (const bring of ['clone', 'link'] as const)
  test(`verify() need not read what pack() has just brought into the store (${bring}), and finds it changed`, async () => {
    using scratch = makeScratch();
    const folder = makeFolder(scratch.at('m'), { 'weights/large.bin': large, 'weights/small.bin': 'small' });
    using cache = openDigestCache(scratch.at('cache'), Date.now());
    const target = await packed(scratch.at('store'), folder, cache, bring);
    cache.save();
    await using layout = await openLayout(scratch.at('store'), 'read');
    const first = await verify(layout, target, { cache });
    expect(first).toMatchObject({ verdict: 'pass', bytesKnown: 2 * MIB });
    expect(first.bytesRead).toBeLessThan(10_000);
    expect([...first.files.keys()].sort()).toEqual([
      'SHA256SUMS',
      'waybill.yaml',
      'weights/large.bin',
      'weights/small.bin',
    ]);
    // Without a cache every byte is read, whatever is known.
    expect(await verify(layout, target)).toMatchObject({ verdict: 'pass', bytesKnown: 0 });

    const digest = first.files.get('weights/large.bin');
    if (digest === undefined) throw new Error('it has no digest');
    const { file = '' } = await layout.open({ mediaType: 'x/y', digest, size: 2 * MIB });
    const { atime, mtime } = fs.statSync(file);
    const descriptor = fs.openSync(file, 'r+');
    fs.writeSync(descriptor, 'X', MIB);
    fs.closeSync(descriptor);
    fs.utimesSync(file, atime, mtime);
    const { verdict, findings, bytesKnown } = await verify(layout, target, { cache });
    expect([verdict, bytesKnown]).toEqual(['fail', 0]);
    expect(findings.map(({ rule, path }) => `${rule} ${path}`)).toContain('layer-digest weights/large.bin');
  });

test('verify() remembers what it has read, and that it is not what its digest says', async () => {
  using scratch = makeScratch();
  const folder = makeFolder(scratch.at('m'), { 'weights/large.bin': large });
  const { manifest } = await packInto(scratch.at('store'), folder);
  using cache = openDigestCache(scratch.at('cache'), Date.now());
  await using layout = await openLayout(scratch.at('store'), 'read');
  const { files, bytesKnown } = await verify(layout, manifest, { cache });
  expect(bytesKnown).toBe(0);
  cache.save();
  expect(await verify(layout, manifest, { cache })).toMatchObject({ verdict: 'pass', bytesKnown: 2 * MIB });

  const digest = files.get('weights/large.bin');
  if (digest === undefined) throw new Error('it has no digest');
  const { file = '' } = await layout.open({ mediaType: 'x/y', digest, size: 2 * MIB });
  fs.writeFileSync(file, Buffer.alloc(2 * MIB, 8));
  expect(await verify(layout, manifest, { cache })).toMatchObject({ verdict: 'fail', bytesKnown: 0 });
  cache.save();
  // Known now, as what it is.
  const again = await verify(layout, manifest, { cache });
  expect(again.verdict).toBe('fail');
  expect(again.bytesRead).toBeLessThan(10_000);
});

test('rememberContent() keeps nothing that was touched meanwhile, is small, or lies where times are coarse', async () => {
  using scratch = makeScratch();
  using cache = openDigestCache(scratch.at('cache'), Date.now());
  const sha256 = 'ab'.repeat(32);
  const [touched, small, kept] = ['touched', 'small', 'kept'].map((name) => scratch.at(name)) as [
    string,
    string,
    string,
  ];
  for (const file of [touched, kept]) fs.writeFileSync(file, large);
  fs.writeFileSync(small, 'small');
  const hashed = [touched, small, kept].map((file) => {
    const identity = stateOf(file);
    if (identity === undefined) throw new Error(`${file} is no file`);
    return { file, identity, sha256 };
  });
  const coarse = hashed.map((one) => ({ ...one, identity: { ...one.identity, ctimeNs: 1_700_000_000_000_000_000n } }));
  const remembering = rememberContent(cache, [...hashed, ...coarse]);
  fs.appendFileSync(touched, '!');
  await remembering;
  await rememberContent(noCache, hashed);
  cache.save();
  expect(hashed.map(({ identity }) => cache.content(identity))).toEqual([undefined, undefined, sha256]);
  expect(coarse.map(({ identity }) => cache.content(identity))).toEqual([undefined, undefined, undefined]);
  expect(stateOf(scratch.at('nothing'))).toBeUndefined();
  expect(stateOf(scratch.folder)).toBeUndefined();
});
