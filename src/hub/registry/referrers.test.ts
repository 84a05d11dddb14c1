import { afterEach, beforeEach, expect, test } from 'vitest';
import { imageIn } from '../../../test/_support/hub-content.ts';
import { openTestStorage } from '../../../test/_support/hub-storage.ts';
import { makeScratch, type Scratch } from '../../../test/_support/scratch.ts';
import { digestOf } from '../../oci/digest.ts';
import { IMAGE_INDEX } from '../../oci/media-types.ts';
import type { ReferrersPage } from './referrers.ts';
import { Registry } from './registry.ts';

const NAME = 'acme/x';
const KIB = 1024;

let scratch: Scratch;
let storage: Awaited<ReturnType<typeof openTestStorage>>;
let registry: Registry;
beforeEach(async () => {
  scratch = makeScratch();
  storage = await openTestStorage(scratch.at('hub'));
  registry = new Registry(storage);
});
afterEach(async () => {
  await storage[Symbol.asyncDispose]();
  scratch[Symbol.dispose]();
});

const subject = digestOf('subject');

/** Attaches an index of nothing, with so many bytes of annotations. */
function attach(note: string, size: number, artifactType = 'application/x-note') {
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: IMAGE_INDEX,
      artifactType,
      manifests: [],
      subject: { mediaType: IMAGE_INDEX, digest: subject, size: 7 },
      annotations: { note: note.padEnd(size, '.') },
    }),
  );
  return registry.repository(NAME).putManifest(bytes, IMAGE_INDEX, { digest: undefined, tags: [] });
}

async function allPages(limit: number, artifactType?: string): Promise<ReferrersPage[]> {
  const pages: ReferrersPage[] = [];
  for (let last: string | undefined; ; last = pages.at(-1)?.manifests.at(-1)?.digest) {
    const page = await registry.repository(NAME).referrers(subject, { last, limit, artifactType });
    pages.push(page);
    if (page.isLast) return pages;
  }
}

test('a flood of long referrers comes in pages that every client reads, and none is lost', async () => {
  const attached: string[] = [];
  for (let at = 0; at < 70; at++) attached.push((await attach(String(at), 60 * KIB)).digest);
  const pages = await allPages(1_000);
  expect(pages.length).toBeGreaterThan(1);
  for (const page of pages) expect(JSON.stringify(page.manifests).length).toBeLessThanOrEqual(2 * KIB * KIB + KIB);
  expect(pages.flatMap(({ manifests }) => manifests.map(({ digest }) => digest))).toEqual(attached.sort());
});

test('pages have as many items as are asked for, and the filter counts', async () => {
  for (let at = 0; at < 65; at++) await attach(String(at), 10, at % 2 === 0 ? 'a/even' : 'a/odd');
  const sizes = async (limit: number, type?: string) =>
    (await allPages(limit, type)).map(({ manifests }) => manifests.length);
  expect(await sizes(65)).toEqual([65]);
  expect(await sizes(64)).toEqual([64, 1]);
  expect(await sizes(30)).toEqual([30, 30, 5]);
  expect(await sizes(30, 'a/even')).toEqual([30, 3]);
  expect(await sizes(1_000, 'a/none')).toEqual([0]);
});

test('a referrer with more annotations than a list can hold is refused; an image without a subject is not', async () => {
  await expect(attach('', 65 * KIB)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  await expect(attach('', 10, `a/${'x'.repeat(65 * KIB)}`)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  expect((await allPages(10)).flatMap(({ manifests }) => manifests)).toEqual([]);
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: IMAGE_INDEX,
      manifests: [],
      annotations: { long: 'x'.repeat(100 * KIB) },
    }),
  );
  await registry.repository(NAME).putManifest(bytes, IMAGE_INDEX, { digest: undefined, tags: [] });
});

test('a manifest that says another size of its content than it has is refused', async () => {
  const image = await imageIn(registry, NAME, Buffer.from('weights'));
  const entry = (digest: string, size: number) => ({ mediaType: 'application/x-test', digest, size });
  const put = (size: number) =>
    registry
      .repository(NAME)
      .putManifest(
        Buffer.from(
          JSON.stringify({ schemaVersion: 2, config: entry(image.config, 2), layers: [entry(image.layer, size)] }),
        ),
        'application/vnd.oci.image.manifest.v1+json',
        { digest: undefined, tags: [] },
      );
  for (const size of [0, 6, 8]) await expect(put(size)).rejects.toMatchObject({ code: 'SIZE_INVALID' });
  await put(7);
});
