/** Attack 31: parts of one package in another: configurations, diffIds and layers that do not belong together. */
import fs from 'node:fs';
import zlib from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { verify } from '../../src/model/verify.ts';
import { blobFile, makeArtifact, sha256 } from '../_support/artifact-maker.ts';
import { rawTar } from '../_support/raw-tar.ts';
import { expectAccepted, expectRefused } from '../_support/refusal.ts';
import { makeScratch } from '../_support/scratch.ts';
import { openAttack } from '../_support/stores.ts';

const scratch = makeScratch();
afterAll(() => scratch[Symbol.dispose]());

let count = 0;
const fresh = () => scratch.at(`layout-${count++}`);
type Json = Readonly<Record<string, unknown>>;
const diffIds =
  (...ids: unknown[]) =>
  (config: Json) => ({ ...config, modelfs: { type: 'layers', diffIds: ids } });
const two = () => makeArtifact().file('a.bin', 'a').file('b.bin', 'b');

describe('verify() and unpack() refuse a configuration with', () => {
  test.each([
    ['no diffIds', diffIds(), 'config-schema'],
    ['too few diffIds', diffIds(sha256('a')), 'diff-ids'],
    ['too many diffIds', diffIds(sha256('a'), sha256('b'), sha256('c')), 'diff-ids'],
    ['diffIds in another order', diffIds(sha256('b'), sha256('a')), 'diff-ids'],
    ['the diffId of another file', diffIds(sha256('a'), sha256('x')), 'diff-ids'],
    ['a diffId that is no digest', diffIds(sha256('a'), 'x'), 'diff-ids'],
    ['a diffId that is a number', diffIds(sha256('a'), 1), 'config-schema'],
    ['a diffId that is null', diffIds(sha256('a'), null), 'config-schema'],
    ['no modelfs', ({ modelfs: _, ...config }: Json) => config, 'config-schema'],
    ['no descriptor', ({ descriptor: _, ...config }: Json) => config, 'config-schema'],
    [
      'a modelfs of another type',
      (config: Json) => ({ ...config, modelfs: { type: 'tar', diffIds: ['x'] } }),
      'config-schema',
    ],
    ['a member that nobody knows', (config: Json) => ({ ...config, rootfs: {} }), 'config-schema'],
    ['a member toString', (config: Json) => ({ ...config, toString: {} }), 'config-schema'],
    ['a member constructor', (config: Json) => ({ ...config, constructor: {} }), 'config-schema'],
    ['a member Descriptor beside descriptor', (config: Json) => ({ ...config, Descriptor: {} }), 'config-schema'],
    [
      'DiffIds beside diffIds',
      (config: Json) => ({ ...config, modelfs: { ...(config['modelfs'] as object), DiffIds: [] } }),
      'config-schema',
    ],
    ['a name that is no text', (config: Json) => ({ ...config, descriptor: { name: 1 } }), 'config-schema'],
    ['nothing', () => '{}', 'config-schema'],
    ['a list in its place', () => '[]', 'config-schema'],
  ] as const)('%s', async (_, change, rule) => {
    await expectRefused(two().config(change).write(fresh()), { rule, code: 'MANIFEST_INVALID' });
  });

  test.each(['', 'null!', '{"descriptor":', '\ufeff{}', '{"a":1,"a":2}'])('the text %j', async (text) => {
    await expectRefused(
      two()
        .config(() => text)
        .write(fresh()),
      { rule: 'manifest', code: 'MANIFEST_INVALID' },
    );
  });

  test('the type of another configuration', async () => {
    const mediaType = 'application/vnd.oci.image.config.v1+json';
    const made = two()
      .manifest((manifest) => ({ ...manifest, config: { ...(manifest['config'] as object), mediaType } }))
      .write(fresh());
    await expectRefused(made, { rule: 'config-type', code: 'MANIFEST_INVALID' });
  });
});

test('verify() and unpack() refuse a layer of a type that begins like one of ModelPack', async () => {
  const types = [
    'application/vnd.cncf.model.weight.v1.rawx',
    'application/vnd.cncf.model.weight.v1',
    'application/vnd.cncf.model.weight.v1.tar+bzip2',
    'application/vnd.oci.image.layer.v1.tar',
    'APPLICATION/vnd.cncf.model.weight.v1.raw',
  ];
  for (const mediaType of types) {
    const made = makeArtifact().file('a.bin', 'a', { descriptor: { mediaType } }).write(fresh());
    await expectRefused(made, { rule: 'layer-type', code: 'MANIFEST_INVALID' });
  }
});

test('verify() and unpack() refuse a layer without a type', async () => {
  for (const mediaType of ['', 'x', undefined, 1]) {
    const made = makeArtifact().file('a.bin', 'a', { descriptor: { mediaType } }).write(fresh());
    await expectRefused(made, { rule: 'manifest', message: /not a media type/, code: 'MANIFEST_INVALID' });
  }
});

describe('verify() and unpack() hold a compressed layer to its diffId:', () => {
  const archive = rawTar({ name: 'run.py', content: 'print()' });
  test.each([
    ['the true one is accepted', sha256(archive), true],
    ['that of the compressed bytes is refused', sha256(zlib.gzipSync(archive)), false],
    ['that of another archive is refused', sha256(rawTar({ name: 'run.py', content: 'evil()' })), false],
    ['one that old kit made of the plain digest is accepted with a warning', sha256(sha256(archive)), true],
    [
      'one that old kit made of the compressed digest is accepted with a warning',
      sha256(sha256(zlib.gzipSync(archive))),
      true,
    ],
    ['one made of another digest is refused', sha256(sha256('other')), false],
  ] as const)('%s', async (_, diffId, isGood) => {
    const made = makeArtifact().tar(archive, { compression: 'gzip', diffId }).write(fresh());
    if (!isGood) return expectRefused(made, { rule: 'layer-digest', message: /its diffId is/, code: 'DIGEST_INVALID' });
    const results = await expectAccepted(made);
    const warnings = results.flatMap(({ findings }) => findings.filter(({ level }) => level === 'warning'));
    expect(warnings.map(({ rule }) => rule)).toEqual(
      diffId === sha256(archive) ? [] : Array(3).fill('quirk-kit-diff-id'),
    );
  });
});

test('verify() fails when the blobs of two packages are exchanged, whichever they are', async () => {
  const write = () => two().sums().write(fresh());
  const { blobs, digest: manifest } = write();
  for (const from of blobs) {
    for (const to of blobs.filter((digest) => digest !== from)) {
      const made = write();
      fs.copyFileSync(blobFile(made.folder, from), blobFile(made.folder, to));
      await using attack = await openAttack('oci', made);
      const { verdict, findings } = await verify(attack.store, attack.target);
      expect(verdict, `${from} in place of ${to}`).toBe('fail');
      if (to === manifest) expect(findings.map(({ rule }) => rule)).toEqual(['manifest']);
    }
  }
});
