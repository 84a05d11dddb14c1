/**
 * Every byte of a package, changed one at a time: no change goes unnoticed by verify() or unpack(), and
 * a change of the index never makes a name stand for other content.
 */
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WaybillError } from '../../src/base/errors.ts';
import { unpack } from '../../src/model/unpack/unpack.ts';
import { verify } from '../../src/model/verify.ts';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import { encodedOf } from '../../src/oci/digest.ts';
import { type Layout, openLayout } from '../../src/oci/layout/layout.ts';
import { withContent, withFlippedBit } from '../_support/flip.ts';
import { type Random, seeded } from '../_support/random.ts';
import { makeScratch } from '../_support/scratch.ts';
import { makeFolder, packInto } from '../_support/source.ts';

const NAME = 'acme/model:1.0.0';
/** One more than is needed for a bundle. */
const SMALL_FILES = 66;
const BLOCK = 512;
const YAML = `waybill: 1
name: acme/model
version: 1.0.0
components: { weights: ["weights/**"], data: ["data/**"] }
`;

const scratch = makeScratch();

class Victim {
  readonly random: Random;
  readonly layout: Layout;
  readonly target: Descriptor;
  /** The blobs, by what the manifest calls them. */
  readonly files: ReadonlyMap<string, string>;
  readonly place: string;

  private constructor(layout: Layout, target: Descriptor, files: ReadonlyMap<string, string>, seed: number) {
    this.layout = layout;
    this.target = target;
    this.files = files;
    this.random = seeded(seed);
    this.place = scratch.at(`out-${seed}`);
    fs.mkdirSync(this.place);
  }

  /** @param fileSize of each of the small files, which make a tar of that many times as much */
  static async make(seed: number, fileSize: number): Promise<Victim> {
    const random = seeded(seed);
    const small = Array.from({ length: SMALL_FILES }, (_, at) => [`data/${at}.csv`, random.bytes(fileSize)] as const);
    const files = { 'waybill.yaml': YAML, 'weights/model.bin': random.bytes(300), ...Object.fromEntries(small) };
    const folder = makeFolder(scratch.at(`model-${seed}`), files);
    const { manifest } = await packInto(scratch.at(`store-${seed}`), folder, NAME);
    const layout = await openLayout(scratch.at(`store-${seed}`), 'read');
    const fileOf = (digest: Descriptor['digest']) => path.join(layout.folder, 'blobs', 'sha256', encodedOf(digest));
    const document = JSON.parse(fs.readFileSync(fileOf(manifest.digest), 'utf8'));
    const layers = document.layers.map((layer: Descriptor) => [
      layer.annotations?.['org.opencontainers.image.title'],
      fileOf(layer.digest),
    ]);
    const blobs = [['manifest', fileOf(manifest.digest)], ['configuration', fileOf(document.config.digest)], ...layers];
    return new Victim(layout, manifest, new Map(blobs), seed);
  }

  /** @param also whether restoring is tried too, which takes ten times as long */
  async expectNoticed(what: string, { also } = { also: true }): Promise<void> {
    const { verdict } = await verify(this.layout, this.target);
    if (verdict !== 'fail') expect.fail(`verify() passes ${what}`);
    if (!also) return;
    const error = await unpack(this.layout, this.target, path.join(this.place, 'model')).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!(error instanceof WaybillError)) expect.fail(`unpack() of ${what}: ${String(error)}`);
    if (fs.readdirSync(this.place).length > 0) expect.fail(`unpack() of ${what} leaves something`);
  }

  async flip(name: string, at: number, options?: { also: boolean }): Promise<void> {
    const bit = this.random.below(8);
    await withFlippedBit(this.file(name), at, bit, () =>
      this.expectNoticed(`${name} with bit ${bit} of byte ${at} flipped`, options),
    );
  }

  file(name: string): string {
    const file = this.files.get(name);
    if (file === undefined) throw new Error(`the package has no ${name}`);
    return file;
  }
}

const TAR = 'waybill-dataset.tar';
let small: Victim;
let large: Victim;

beforeAll(async () => {
  small = await Victim.make(1, 100);
  // More than a chunk of what is read at once: the tar is understood before its digest is known.
  large = await Victim.make(2, 6_000);
});
afterAll(async () => {
  for (const { layout } of [small, large]) await layout[Symbol.asyncDispose]();
  scratch[Symbol.dispose]();
});

/** Where the header of each small file begins, in the tar of packages with files of this size. */
const headers = (fileSize: number) => {
  const step = BLOCK + Math.ceil(fileSize / BLOCK) * BLOCK;
  return Array.from({ length: SMALL_FILES }, (_, at) => at * step);
};

test('the package passes before anything is changed, and holds what these tests change', async () => {
  for (const victim of [small, large]) {
    expect((await verify(victim.layout, victim.target)).verdict).toBe('pass');
    const names = ['manifest', 'configuration', 'weights/model.bin', 'waybill.yaml', 'SHA256SUMS', TAR];
    expect([...victim.files.keys()].sort()).toEqual(names.sort());
  }
  expect(fs.statSync(small.file(TAR)).size).toBe(SMALL_FILES * 2 * BLOCK + 2 * BLOCK);
  expect(fs.statSync(large.file(TAR)).size).toBeGreaterThan(400_000);
});

// Tens of thousands of changes take half a minute on two idle cores.
describe('a changed byte is noticed by verify() and unpack()', { timeout: 300_000 }, () => {
  test.each(['manifest', 'configuration', 'waybill.yaml', 'weights/model.bin'])('anywhere in %s', async (name) => {
    const { size } = fs.statSync(small.file(name));
    for (let at = 0; at < size; at++) await small.flip(name, at);
  });

  test('anywhere in SHA256SUMS', async () => {
    const { size } = fs.statSync(small.file('SHA256SUMS'));
    // Its lines are alike: restoring is tried for each seventh byte, which meets every column.
    for (let at = 0; at < size; at++) await small.flip('SHA256SUMS', at, { also: at % 7 === 0 });
  });

  test('anywhere in the headers of the tar', async () => {
    // The headers are alike: restoring is tried for each byte of two of them, verifying for each byte of all.
    const tried = new Set([0, SMALL_FILES >> 1]);
    for (const [index, header] of headers(100).entries()) {
      for (let at = 0; at < BLOCK; at++) await small.flip(TAR, header + at, { also: tried.has(index) });
    }
  });

  test('in 2,000 places of the content of the tar, and in its end', async () => {
    const { size } = fs.statSync(small.file(TAR));
    for (let round = 0; round < 2_000; round++) {
      const [header = 0] = headers(100).slice(small.random.below(SMALL_FILES));
      await small.flip(TAR, header + BLOCK + small.random.below(BLOCK), { also: round % 8 === 0 });
    }
    for (let at = size - 2 * BLOCK; at < size; at += 16) await small.flip(TAR, at);
  });

  test('in 400 places of a tar that is understood before its digest is known', async () => {
    const { size } = fs.statSync(large.file(TAR));
    for (let round = 0; round < 300; round++) {
      const [header = 0] = headers(6_000).slice(large.random.below(SMALL_FILES));
      await large.flip(TAR, header + large.random.below(BLOCK));
    }
    for (let round = 0; round < 100; round++) await large.flip(TAR, large.random.below(size));
  });

  test('at both ends of each blob, when it is cut short or has a byte more', async () => {
    for (const name of small.files.keys()) {
      const bytes = fs.readFileSync(small.file(name));
      const contents = {
        'cut short': bytes.subarray(0, -1),
        'without its first byte': bytes.subarray(1),
        'with a byte more': Buffer.concat([bytes, Buffer.of(0)]),
        'with a byte before it': Buffer.concat([Buffer.of(0), bytes]),
        'with a line more': Buffer.concat([bytes, Buffer.from('\n')]),
        'with nothing in it': Buffer.alloc(0),
        'all zeros': Buffer.alloc(bytes.length),
      };
      for (const [how, content] of Object.entries(contents))
        await withContent(small.file(name), content, () => small.expectNoticed(`${name} ${how}`));
    }
  });
});

/** What a reader learns of the name: a verdict and the digest it is about, or that it is not told. */
async function outcome(): Promise<string> {
  try {
    await using layout = await openLayout(small.layout.folder, 'read');
    const target = await layout.resolve(NAME);
    if (target === undefined) return 'unknown';
    const { verdict, digest } = await verify(layout, target);
    return `${verdict} ${digest}`;
  } catch (error) {
    if (error instanceof WaybillError) return 'refused';
    throw error;
  }
}

describe('a changed bit never makes the name stand for other content', () => {
  test.each(['index.json', 'oci-layout'])('anywhere in %s', async (name) => {
    const file = path.join(small.layout.folder, name);
    const { size } = fs.statSync(file);
    const good = `pass ${small.target.digest}`;
    const seen = new Set<string>();
    for (let at = 0; at < size; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const found = await withFlippedBit(file, at, bit, outcome);
        seen.add(found);
        const isSafe = found === good || found === 'refused' || found === 'unknown' || found.startsWith('fail ');
        if (!isSafe) expect.fail(`${name} with bit ${bit} of byte ${at} flipped: ${found}`);
      }
    }
    // The test would see a pass, too.
    expect(await outcome()).toBe(good);
    expect(seen).toContain('refused');
  });
});
