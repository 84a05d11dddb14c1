/** What every store must do, run by each kind of store against itself. */
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { collect, streamOf } from '../../src/base/bytes.ts';
import { canonicalJson } from '../../src/base/canonical-json.ts';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import { digestOf, parseDigest } from '../../src/oci/digest.ts';
import { IMAGE_MANIFEST } from '../../src/oci/media-types.ts';
import type { ArtifactStore, Store } from '../../src/oci/store.ts';
import { push, pushBytes, readContent } from '../../src/oci/verified.ts';

export interface StoreUnderTest {
  /** A fresh, empty store that can be written. */
  readonly writable: ArtifactStore;
  /** The same content as somebody else would read it; finishes what a store needs to finish. */
  reopen(): Promise<ArtifactStore>;
  remove(): Promise<void>;
}

export interface StoreFacts {
  readonly takesUnknownDigests: boolean;
  /** What stands before a tag in a name: `acme/x:` where names are full references. */
  readonly namePrefix?: string;
}

const TYPE = 'application/octet-stream';
const text = (value: string) => Buffer.from(value);

/** Registers the contract's tests. */
export function testStore(
  name: string,
  make: () => Promise<StoreUnderTest>,
  { takesUnknownDigests, namePrefix = 'acme/x:' }: StoreFacts,
): void {
  describe(`${name} keeps the contract of a store`, () => {
    let subject: StoreUnderTest;
    beforeEach(async () => {
      subject = await make();
    });
    afterEach(() => subject.remove());

    test('stat() knows nothing of content that was never pushed', async () => {
      expect(await subject.writable.stat(described(text('absent')))).toBeUndefined();
    });

    test('reading content that is not there is BLOB_UNKNOWN', async () => {
      await expect(readContent(subject.writable, described(text('absent')), 100, 'it')).rejects.toMatchObject({
        code: 'BLOB_UNKNOWN',
      });
    });

    test.each([
      ['empty', 0],
      ['one byte', 1],
      ['several chunks', 900_001],
    ])('content comes back as it went in: %s', async (_, size) => {
      const bytes = Buffer.alloc(size, 'waybill');
      const target = await pushBytes(subject.writable, TYPE, bytes);
      const reader = await subject.reopen();
      expect(await reader.stat(target)).toMatchObject({ digest: digestOf(bytes), size });
      expect(await readContent(reader, target, size, 'it')).toEqual(bytes);
    });

    test('sha512 content is kept under its own digest', async () => {
      const bytes = text('by sha512');
      const digest = parseDigest(`sha512:${createHash('sha512').update(bytes).digest('hex')}`);
      await push(subject.writable, { mediaType: TYPE, digest, size: bytes.length }, streamOf(bytes));
      expect(
        await readContent(await subject.reopen(), { mediaType: TYPE, digest, size: bytes.length }, 100, 'it'),
      ).toEqual(bytes);
    });

    test('unverifiedRange() gives exactly the range', async () => {
      const bytes = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 251));
      const target = await pushBytes(subject.writable, TYPE, bytes);
      const content = await (await subject.reopen()).open(target);
      expect(await collect(content.unverifiedRange({ start: 10, end: 20 }), 100, 'it')).toEqual(bytes.subarray(10, 20));
      expect(await collect(content.unverifiedRange({ start: 990, end: 1000 }), 100, 'it')).toEqual(bytes.subarray(990));
    });

    test('a commit of other bytes is DIGEST_INVALID and nothing becomes visible', async () => {
      const expected = described(text('right'));
      await expect(push(subject.writable, expected, streamOf(text('wrong')))).rejects.toMatchObject({
        code: 'DIGEST_INVALID',
      });
      expect(await subject.writable.stat(expected)).toBeUndefined();
    });

    test.each([
      ['longer', 'right and more'],
      ['shorter', 'rig'],
    ])('a commit of %s content is SIZE_INVALID', async (_, content) => {
      const expected = described(text('right'));
      await expect(push(subject.writable, expected, streamOf(text(content)))).rejects.toMatchObject({
        code: 'SIZE_INVALID',
      });
      expect(await subject.writable.stat(expected)).toBeUndefined();
    });

    test('an aborted upload leaves nothing, and the next one works', async () => {
      const expected = described(text('later'));
      const upload = await subject.writable.start(expected);
      await upload.write(text('la'));
      expect(upload.offset).toBe(2);
      await upload.abort();
      expect(await subject.writable.stat(expected)).toBeUndefined();
      await push(subject.writable, expected, streamOf(text('later')));
      expect((await subject.writable.stat(expected))?.size).toBe(5);
    });

    test('names resolve to what they were last given', async () => {
      const [first, second] = [
        await manifestIn(subject.writable, 'first'),
        await manifestIn(subject.writable, 'second'),
      ];
      await subject.writable.tag(`${namePrefix}1`, first);
      await subject.writable.tag(`${namePrefix}2`, first);
      await subject.writable.tag(`${namePrefix}1`, second);
      const reader = await subject.reopen();
      expect((await reader.resolve(`${namePrefix}1`))?.digest).toBe(second.digest);
      expect((await reader.resolve(`${namePrefix}2`))?.digest).toBe(first.digest);
      expect((await reader.resolve(first.digest))?.mediaType).toBe(IMAGE_MANIFEST);
      expect(await reader.resolve(`${namePrefix}3`)).toBeUndefined();
      expect((await reader.tags()).map(({ name }) => name).sort()).toEqual([`${namePrefix}1`, `${namePrefix}2`]);
    });

    test('untag() takes a name away and says whether there was one', async () => {
      const target = await manifestIn(subject.writable, 'one');
      await subject.writable.tag(`${namePrefix}1`, target);
      expect(await subject.writable.untag(`${namePrefix}1`)).toBe(true);
      expect(await subject.writable.untag(`${namePrefix}1`)).toBe(false);
      expect(await (await subject.reopen()).resolve(`${namePrefix}1`)).toBeUndefined();
    });

    test('referrers() finds what is attached to a manifest, and only that', async () => {
      const [about, other] = [
        await manifestIn(subject.writable, 'subject'),
        await manifestIn(subject.writable, 'other'),
      ];
      await subject.writable.tag(`${namePrefix}1`, about);
      await subject.writable.tag(`${namePrefix}2`, other);
      const referrer = await manifestIn(subject.writable, 'statement', about);
      await subject.writable.attach(referrer);
      await subject.writable.attach(referrer);
      const reader = await subject.reopen();
      expect((await reader.referrers(about)).map(({ digest }) => digest)).toEqual([referrer.digest]);
      expect(await reader.referrers(other)).toEqual([]);
    });

    if (takesUnknownDigests) {
      test('start() takes content whose digest is known only at the end', async () => {
        const upload = await subject.writable.start();
        await upload.write(text('hello '));
        await upload.write(text('world'));
        await upload.commit(digestOf('hello world'));
        const target = described(text('hello world'));
        expect(await readContent(await subject.reopen(), target, 100, 'it')).toEqual(text('hello world'));
      });
    } else {
      test('start() without a digest is UNSUPPORTED', async () => {
        await expect(subject.writable.start()).rejects.toMatchObject({ code: 'UNSUPPORTED' });
      });
    }
  });
}

function described(bytes: Buffer): Descriptor {
  return { mediaType: TYPE, digest: digestOf(bytes), size: bytes.length };
}

/** A small manifest, told apart by a note in its annotations. */
export async function manifestIn(store: Store, note: string, subject?: Descriptor): Promise<Descriptor> {
  const config = await pushBytes(store, 'application/vnd.oci.empty.v1+json', text('{}'));
  const layer = await pushBytes(store, TYPE, text(note));
  const { mediaType, digest, size } = subject ?? config;
  const manifest = canonicalJson({
    schemaVersion: 2,
    mediaType: IMAGE_MANIFEST,
    artifactType: 'application/vnd.example.note',
    config: { mediaType: config.mediaType, digest: config.digest, size: config.size },
    layers: [{ mediaType: layer.mediaType, digest: layer.digest, size: layer.size }],
    ...(subject === undefined ? {} : { subject: { mediaType, digest, size } }),
    annotations: { note },
  });
  return pushBytes(store, IMAGE_MANIFEST, text(manifest));
}
