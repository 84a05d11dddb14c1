/**
 * No room left under a hub: each request is answered with 507 and changes nothing, what was there stays
 * readable, and once something is deleted and collected the hub takes content again. On a small file
 * system where this user can make one (root), and everywhere with a limit on the size of files.
 */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import process from 'node:process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silent } from '../../src/base/progress.ts';
import { collect } from '../../src/hub/registry/collect.ts';
import { fsck } from '../../src/hub/registry/fsck.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { openTestStorage } from '../_support/hub-storage.ts';
import { mountSmall } from '../_support/mounts.ts';
import { makeScratch, type Scratch } from '../_support/scratch.ts';
import { type GoodManifest, manifestOf } from './_known.ts';
import { type Serving, serveHub } from './_served.ts';

const MIB = 1024 * 1024;
const ROOM = 6 * MIB;

let scratch: Scratch;
beforeAll(() => {
  scratch = makeScratch();
});
afterAll(() => scratch[Symbol.dispose]());

const blobTo = async ({ address }: Serving, bytes: Buffer) =>
  (
    await fetch(`${address}/v2/acme/x/blobs/uploads/?digest=${digestOf(bytes)}`, {
      method: 'POST',
      body: new Uint8Array(bytes),
    })
  ).status;
const manifestTo = async ({ address }: Serving, { text, mediaType }: GoodManifest, tag: string) =>
  (
    await fetch(`${address}/v2/acme/x/manifests/${tag}`, {
      method: 'PUT',
      body: text,
      headers: { 'content-type': mediaType },
    })
  ).status;

async function image(hub: Serving, layer: Buffer, tag: string): Promise<GoodManifest> {
  const made = manifestOf([Buffer.from('{}'), layer]);
  for (const part of made.parts) expect(await blobTo(hub, part)).toBe(201);
  expect(await manifestTo(hub, made, tag)).toBe(201);
  return made;
}

async function expectReadable({ address }: Serving, { text, parts }: GoodManifest, tag: string): Promise<void> {
  expect(await (await fetch(`${address}/v2/acme/x/manifests/${tag}`)).text()).toBe(text);
  for (const part of parts) {
    const found = await fetch(`${address}/v2/acme/x/blobs/${digestOf(part)}`);
    expect(Buffer.from(await found.arrayBuffer()).equals(part)).toBe(true);
  }
}

async function expectSound(folder: string): Promise<void> {
  await using storage = await openTestStorage(folder);
  await collect(storage, { grace: 0 });
  const { findings } = await fsck({ folder, database: storage.database, progress: silent });
  expect(findings).toEqual([]);
}

/** Down to the last page: then nothing that writes can succeed. */
function fillUp(folder: string): void {
  for (let size = MIB; size >= 1; ) {
    try {
      fs.appendFileSync(`${folder}/filler`, Buffer.alloc(size));
    } catch {
      // As much of it as there was room for.
      size = Math.floor(size / 2);
    }
  }
}

const isRoot = process.getuid?.() === 0;

if (!isRoot) console.warn('NOT TRIED as an ordinary user: a full file system (run as root for that)');

test.runIf(isRoot)(`on a file system of ${ROOM / MIB} MiB`, async () => {
  using mount = mountSmall(scratch.at('disk'), ROOM);
  if (mount === undefined) throw new Error('root cannot mount a small file system here');
  const { folder } = mount;
  let kept: GoodManifest;
  let spare: GoodManifest;
  {
    await using hub = await serveHub(folder);
    kept = await image(hub, randomBytes(100_000), 'kept');
    spare = await image(hub, randomBytes(2 * MIB), 'spare');
    expect(await blobTo(hub, randomBytes(8 * MIB))).toBe(507);
    expect(fs.readdirSync(`${folder}/uploads`)).toEqual([]);
    const late = manifestOf([Buffer.from('{}'), randomBytes(10)]);
    const statuses: number[] = [];
    for (let round = 0; round < 20; round++) {
      fillUp(folder);
      statuses.push(await blobTo(hub, randomBytes(5_000)));
      // Refused: for want of room, or because what it names could not be stored before.
      expect([400, 404, 507]).toContain(await manifestTo(hub, late, 'kept'));
      expect([201, 507]).toContain(await manifestTo(hub, spare, `again${round}`));
      expect([201, 507]).toContain(await manifestTo(hub, kept, 'kept'));
    }
    expect(new Set(statuses)).toEqual(new Set([507]));
    await expectReadable(hub, kept, 'kept');
    await expectReadable(hub, spare, 'spare');
    expect(hub.faults).toEqual([]);
    fs.rmSync(`${folder}/filler`);
    const gone = await fetch(`${hub.address}/v2/acme/x/manifests/${spare.digest}`, { method: 'DELETE' });
    expect(gone.status).toBe(202);
  }
  await expectSound(folder);
  await using again = await serveHub(folder);
  await expectReadable(again, kept, 'kept');
  await expectReadable(again, await image(again, randomBytes(2 * MIB), 'new'), 'new');
});

test('where a file may have 4 MiB (ulimit -f)', async () => {
  const folder = scratch.at('limited');
  // Blocks of 512 bytes, as POSIX has them.
  const under = ['sh', '-c', `ulimit -f ${(4 * MIB) / 512}; exec "$@"`, 'sh'];
  {
    await using hub = await serveHub(folder, { under });
    const kept = await image(hub, randomBytes(3 * MIB), 'kept');
    for (let round = 0; round < 5; round++) expect(await blobTo(hub, randomBytes(5 * MIB))).toBe(507);
    expect(fs.readdirSync(`${folder}/uploads`)).toEqual([]);
    await expectReadable(hub, kept, 'kept');
    await image(hub, randomBytes(MIB), 'after');
    expect(hub.faults).toEqual([]);
  }
  await expectSound(folder);
});
