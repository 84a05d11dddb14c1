/**
 * Attack 16: content of a repository through another one. Whoever knows a digest must not get the
 * content by it: not by asking, not by mounting, not by naming it in a manifest of his own.
 */
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Hub } from '../../src/hub/main.ts';
import { Registry } from '../../src/hub/registry/registry.ts';
import { reindex } from '../../src/hub/registry/reindex.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { startTestHub } from '../_support/hub.ts';
import { type Image, imageIn } from '../_support/hub-content.ts';
import { openTestStorage } from '../_support/hub-storage.ts';
import { makeScratch, type Scratch } from '../_support/scratch.ts';

const INDEX = 'application/vnd.oci.image.index.v1+json';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const FOREIGN = 'application/vnd.oci.image.layer.nondistributable.v1.tar';
const SECRET = 'secret weights';

let scratch: Scratch;
let hub: Hub;
let secret: Image;
let count = 0;
let folder: string;
beforeAll(() => {
  scratch = makeScratch();
});
afterAll(() => scratch[Symbol.dispose]());
beforeEach(async () => {
  folder = scratch.at(`hub-${count++}`);
  await using storage = await openTestStorage(folder);
  secret = await imageIn(new Registry(storage), 'victim/private', Buffer.from(SECRET), { tags: ['1'] });
});

async function withHub(work: () => Promise<void>): Promise<void> {
  hub = await startTestHub(folder);
  try {
    await work();
  } finally {
    await hub[Symbol.asyncDispose]();
  }
}

const ask = (where: string, init?: RequestInit) => fetch(`${hub.address}/v2/${where}`, init);
const put = async (where: string, type: string, manifest: unknown) =>
  (await ask(where, { method: 'PUT', body: JSON.stringify(manifest), headers: { 'content-type': type } })).status;
const own = async (bytes: string) => {
  await ask(`evil/own/blobs/uploads/?digest=${digestOf(bytes)}`, { method: 'POST', body: bytes });
  return { mediaType: 'application/x-own', digest: digestOf(bytes), size: Buffer.byteLength(bytes) };
};
const stolen = (mediaType: string, size = SECRET.length) => ({ mediaType, digest: secret.layer, size });

async function expectHidden(): Promise<void> {
  for (const digest of [secret.layer, secret.manifest])
    for (const what of ['blobs', 'manifests'])
      for (const method of ['GET', 'HEAD']) {
        const { status } = await ask(`evil/own/${what}/${digest}`, { method });
        expect([what, method, status]).toEqual([what, method, 404]);
      }
}

test('a digest that another repository holds is answered as one that nobody holds', async () => {
  await withHub(async () => {
    await own('mine');
    const answer = async (digest: string) => {
      const response = await ask(`evil/own/blobs/${digest}`);
      const headers = [...response.headers].filter(([name]) => !['date', 'x-request-id'].includes(name));
      return { status: response.status, headers, body: (await response.text()).replaceAll(digest, '') };
    };
    expect(await answer(secret.layer)).toEqual(await answer(digestOf('nothing')));
    expect((await ask('evil/own/manifests/1')).status).toBe(404);
    expect(await (await ask(`evil/own/referrers/${secret.manifest}`)).json()).toMatchObject({ manifests: [] });
    await expectHidden();
  });
});

test('a manifest of an image that names it is refused', async () => {
  await withHub(async () => {
    const config = await own('{}');
    const image = { schemaVersion: 2, mediaType: MANIFEST, config, layers: [stolen('application/x')] };
    expect(await put('evil/own/manifests/1', MANIFEST, image)).toBe(404);
    expect(await put('evil/own/manifests/1', MANIFEST, { ...image, config: stolen('application/x'), layers: [] })).toBe(
      404,
    );
    await expectHidden();
  });
});

test('an index, a foreign layer or a subject that names it gives nothing away, not even whether its size is right', async () => {
  await withHub(async () => {
    const config = await own('{}');
    for (const size of [SECRET.length, SECRET.length + 1]) {
      const index = {
        schemaVersion: 2,
        mediaType: INDEX,
        manifests: [stolen(MANIFEST, size), stolen('application/x', size)],
      };
      expect(await put('evil/own/manifests/index', INDEX, index)).toBe(201);
      const foreign = { schemaVersion: 2, mediaType: MANIFEST, config, layers: [stolen(FOREIGN, size)] };
      expect(await put('evil/own/manifests/foreign', MANIFEST, foreign)).toBe(201);
      const subject = { schemaVersion: 2, mediaType: MANIFEST, config, layers: [], subject: stolen(MANIFEST, size) };
      expect(await put('evil/own/manifests/subject', MANIFEST, subject)).toBe(201);
    }
    await expectHidden();
    // Nor may it be taken on from there.
    const from = `other/own/blobs/uploads/?mount=${secret.layer}&from=evil/own`;
    expect((await ask(from, { method: 'POST' })).status).toBe(202);
  });
  // Nor when the database is made anew from the files.
  {
    await using storage = await openTestStorage(folder);
    await reindex(storage);
  }
  await withHub(expectHidden);
});

test('databases of before lose the right that an index gave', async () => {
  await withHub(async () => {
    const index = { schemaVersion: 2, mediaType: INDEX, manifests: [stolen(MANIFEST)] };
    expect(await put('evil/own/manifests/index', INDEX, index)).toBe(201);
  });
  {
    await using storage = await openTestStorage(folder);
    await storage.database.write(async (writer) => {
      await sql`ALTER TABLE manifest_child DROP COLUMN optional`.execute(writer);
      await sql`DELETE FROM migration WHERE id = '004-optional-children'`.execute(writer);
    });
  }
  await withHub(async () => {
    await expectHidden();
    expect((await ask(`victim/private/blobs/${secret.layer}`)).status).toBe(200);
  });
});

test('mounting from a repository that does not hold it, or has no such name, is an upload that begins', async () => {
  await withHub(async () => {
    await own('mine');
    for (const from of ['evil/own', 'nobody/here']) {
      const response = await ask(`evil/other/blobs/uploads/?mount=${secret.layer}&from=${from}`, { method: 'POST' });
      expect([from, response.status]).toEqual([from, 202]);
    }
    await expectHidden();
  });
});
