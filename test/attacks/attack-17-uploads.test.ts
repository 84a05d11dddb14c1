/** Attack 17: uploads of others, chunks out of order, bytes that are not the digest's, deletion while pushing. */
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Hub } from '../../src/hub/main.ts';
import { collect } from '../../src/hub/registry/collect.ts';
import { Registry } from '../../src/hub/registry/registry.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { startTestHub } from '../_support/hub.ts';
import { imageIn, uploadTo } from '../_support/hub-content.ts';
import { openTestStorage } from '../_support/hub-storage.ts';
import { seeded } from '../_support/random.ts';
import { makeScratch, type Scratch } from '../_support/scratch.ts';

let scratch: Scratch;
let hub: Hub | undefined;
beforeEach(() => {
  scratch = makeScratch();
});
afterEach(async () => {
  await hub?.[Symbol.asyncDispose]();
  hub = undefined;
  scratch[Symbol.dispose]();
});

async function start(): Promise<(where: string, init?: RequestInit) => Promise<Response>> {
  const started = await startTestHub(scratch.at('hub'));
  hub = started;
  return (where, init) => fetch(new URL(where, started.address), init);
}

test('an upload is known in its repository alone, to every method', async () => {
  const ask = await start();
  const location = (await ask('/v2/victim/x/blobs/uploads/', { method: 'POST' })).headers.get('location') ?? '';
  await ask(location, { method: 'PATCH', body: 'weights' });
  const other = location.replace('victim/x', 'evil/x');
  for (const method of ['GET', 'PATCH', 'PUT', 'DELETE']) {
    const end = method === 'PUT' ? `?digest=${digestOf('weights')}` : '';
    const body = method === 'PATCH' ? { body: 'evil' } : {};
    expect([method, (await ask(`${other}${end}`, { method, ...body })).status]).toEqual([method, 404]);
  }
  expect((await ask(`${location}?digest=${digestOf('weights')}`, { method: 'PUT' })).status).toBe(201);
  expect((await ask(`/v2/evil/x/blobs/${digestOf('weights')}`)).status).toBe(404);
});

test('the name of an upload cannot be guessed, and is never a path', async () => {
  const ask = await start();
  const ids = new Set<string>();
  for (let at = 0; at < 200; at++) {
    const { headers } = await ask('/v2/acme/x/blobs/uploads/', { method: 'POST' });
    ids.add(headers.get('location')?.split('/').at(-1) ?? '');
  }
  expect(ids.size).toBe(200);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
  const [first = ''] = ids;
  for (const id of [first.slice(1), `${first}0`, first.toUpperCase(), '..', '%2e%2e', '../uploads', `${first}%00`, '.'])
    expect([400, 404, 405]).toContain(
      (await ask(`/v2/acme/x/blobs/uploads/${id}`, { method: 'PATCH', body: 'x' })).status,
    );
});

test.each([
  ['nothing', ''],
  ['other bytes of the same length', 'weightS'],
  ['the beginning alone', 'weight'],
  ['more', 'weights!'],
])('a commit of %s is refused, and nothing of it is visible', async (_, bytes) => {
  const ask = await start();
  const wanted = digestOf('weights');
  const location = (await ask('/v2/acme/x/blobs/uploads/', { method: 'POST' })).headers.get('location') ?? '';
  await ask(location, { method: 'PATCH', body: bytes });
  expect((await ask(`${location}?digest=${wanted}`, { method: 'PUT' })).status).toBe(400);
  expect((await ask(`/v2/acme/x/blobs/${wanted}`)).status).toBe(404);
  expect((await ask(`/v2/acme/x/blobs/${digestOf(bytes)}`)).status).toBe(404);
  expect(scratch.list('hub', 'uploads')).toEqual([]);
});

test('a digest of another algorithm than the client began with is checked as well', async () => {
  const ask = await start();
  for (const digest of [`sha512:${'0'.repeat(128)}`, `sha256:${'0'.repeat(64)}`]) {
    const refused = await ask(`/v2/acme/x/blobs/uploads/?digest=${digest}`, { method: 'POST', body: 'weights' });
    expect(refused.status).toBe(400);
  }
});

test('what is pushed while the same content is deleted and collected is whole, or refused', async () => {
  await using storage = await openTestStorage(scratch.at('hub'));
  const registry = new Registry(storage);
  const random = seeded(17);
  const layer = randomBytes(2_000);
  let whole = 0;
  let refused = 0;
  for (let round = 0; round < 60; round++) {
    // None, one or two collections at the same time, which take all that has no name at that moment.
    const collecting = Promise.all(Array.from({ length: random.below(3) }, () => collect(storage, { grace: 0 })));
    const image = await imageIn(registry, 'acme/x', layer).catch((error: unknown) => {
      // Collected between the blob and the manifest, which names no content that is not there.
      expect(error).toMatchObject({ code: 'BLOB_UNKNOWN' });
      refused += 1;
    });
    await collecting;
    if (image === undefined) continue;
    whole += 1;
    await collect(storage, { grace: 0 });
    const repository = registry.repository('acme/x');
    const sizes = await Promise.all([image.config, image.layer].map((digest) => repository.blobSize(digest)));
    expect(sizes).toEqual([2, 2_000]);
    await repository.removeManifest(image.manifest);
    if (random.below(3) === 0) await uploadTo(registry, 'acme/y', layer);
  }
  expect([whole > 5, refused > 0, whole + refused]).toEqual([true, true, 60]);
});
