import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startTestHub } from '../../../test/_support/hub.ts';
import { type Image, imageIn, uploadTo } from '../../../test/_support/hub-content.ts';
import { openTestStorage } from '../../../test/_support/hub-storage.ts';
import { makeScratch, type Scratch } from '../../../test/_support/scratch.ts';
import { streamOf } from '../../base/bytes.ts';
import { silent } from '../../base/progress.ts';
import { type Digest, digestOf, encodedOf } from '../../oci/digest.ts';
import type { RepositoryName } from '../../oci/reference.ts';
import { fsck } from './fsck.ts';
import { type Change, changeBackAll } from './record.ts';
import { Registry } from './registry.ts';
import { type RecordedTag, RepositoryFolder } from './repository-folder.ts';

const NAME = 'acme/x';

let scratch: Scratch;
let folder: string;
let kept: Image;
let other: Image;
let pushed: Digest;
beforeEach(async () => {
  scratch = makeScratch();
  folder = scratch.at('hub');
  await withRegistry(async (registry) => {
    kept = await imageIn(registry, NAME, Buffer.from('weights'), { tags: ['1.0'] });
    other = await imageIn(registry, NAME, Buffer.from('other'), { tags: ['2.0', 'latest'], subject: kept });
    pushed = await uploadTo(registry, NAME, Buffer.from('of a push under way'));
  });
});
afterEach(() => scratch[Symbol.dispose]());

async function withRegistry(work: (registry: Registry) => Promise<void>): Promise<void> {
  await using storage = await openTestStorage(folder);
  await work(new Registry(storage));
}

async function rulesFound(): Promise<string[]> {
  await using storage = await openTestStorage(folder);
  const { findings } = await fsck({ folder, database: storage.database, progress: silent });
  return findings.filter(({ level }) => level !== 'note').map(({ rule }) => rule);
}

/** Notes a change that a process was about to make, as one that was killed in the middle leaves it. */
async function cutShort(change: Change, owner = 'killed'): Promise<void> {
  await withRegistry(async ({ storage }) => {
    const { manifest = null, tags } = change;
    const row = { owner, repository: NAME, manifest, tags: JSON.stringify(tags) };
    await storage.database.write((writer) => writer.insertInto('pending_change').values(row).execute());
  });
}

const record = (digest: Digest) => path.join(folder, 'repositories', NAME, '_manifests', 'sha256', encodedOf(digest));
const tag = (name: string) => path.join(folder, 'repositories', NAME, '_tags', name);

/** Starts a hub and asks it. @returns the status of each answer */
async function statuses(...paths: readonly string[]): Promise<number[]> {
  await using hub = await startTestHub(folder);
  return await Promise.all(paths.map(async (where) => (await fetch(`${hub.address}/v2/${NAME}/${where}`)).status));
}

/** Takes what the database knows of a manifest away: it was cut short between the files and the database. */
const forget = (digest: Digest, ...tags: readonly string[]) =>
  withRegistry(async ({ storage }) => {
    await storage.database.write(async (writer) => {
      await writer.deleteFrom('manifest').where('digest', '=', digest).execute();
      await writer.deleteFrom('manifest_child').where('manifest', '=', digest).execute();
      if (tags.length > 0) await writer.deleteFrom('tag').where('name', 'in', tags).execute();
    });
  });

test('a push that was cut short behind the files has not happened after the next start', async () => {
  await forget(other.manifest, '2.0', 'latest');
  await cutShort({ manifest: other.manifest, tags: ['2.0', 'latest'] });
  expect(await rulesFound()).toContain('hub-index');
  expect(await statuses('manifests/2.0', `manifests/${other.manifest}`, `blobs/${pushed}`)).toEqual([404, 404, 200]);
  expect([record(other.manifest), tag('2.0'), tag('latest')].filter((file) => fs.existsSync(file))).toEqual([]);
  expect(await rulesFound()).toEqual([]);
});

test('a deletion that was cut short behind the files has not happened after the next start', async () => {
  for (const file of [tag('2.0'), tag('latest'), record(other.manifest)]) fs.rmSync(file);
  await cutShort({ manifest: other.manifest, tags: [] });
  expect(await statuses('manifests/2.0', `manifests/${other.manifest}`, 'manifests/1.0')).toEqual([200, 200, 200]);
  expect(fs.readFileSync(tag('latest'), 'utf8')).toBe(other.manifest);
  expect(await rulesFound()).toEqual([]);
});

test('a tag that was moved in the files alone is where it was after the next start', async () => {
  fs.writeFileSync(tag('1.0'), other.manifest);
  await cutShort({ tags: ['1.0'] });
  expect(await statuses('manifests/1.0')).toEqual([200]);
  expect(fs.readFileSync(tag('1.0'), 'utf8')).toBe(kept.manifest);
  expect(await rulesFound()).toEqual([]);
});

test('what a process has left is changed back without touching what others are about to do', async () => {
  await forget(other.manifest, '2.0', 'latest');
  await cutShort({ manifest: other.manifest, tags: ['2.0'] }, 'dead');
  await cutShort({ tags: ['latest'] }, 'alive');
  await withRegistry(async ({ storage }) => {
    expect(await changeBackAll(storage, 'dead')).toBe(1);
    expect([fs.existsSync(tag('2.0')), fs.existsSync(tag('latest'))]).toEqual([false, true]);
    expect(await changeBackAll(storage, 'dead')).toBe(0);
  });
});

test('what differs without a request that was cut short is left for fsck to tell', async () => {
  await forget(other.manifest);
  expect(await statuses(`manifests/${other.manifest}`)).toEqual([404]);
  expect(fs.existsSync(record(other.manifest))).toBe(true);
  expect(await rulesFound()).toContain('hub-index');
});

test('no note is left of a request that ended, well or not', async () => {
  await withRegistry(async ({ storage }) => {
    expect(await storage.database.read((reader) => reader.selectFrom('pending_change').selectAll().execute())).toEqual(
      [],
    );
  });
});

test('an upload that was published and not recorded can be finished again, and its chunks never touch the blob', async () => {
  const bytes = Buffer.from('nearly there');
  const digest = digestOf(bytes);
  await withRegistry(async (registry) => {
    const { blobs } = registry.storage;
    const repository = registry.repository(NAME);
    const [first, second] = [await registry.beginUpload(repository), await registry.beginUpload(repository)];
    for (const id of [first, second]) {
      await blobs.append(id, streamOf(bytes));
      await blobs.check(id, digest);
      // Here the hub is killed.
      blobs.publish(id, digest);
    }
    expect(await repository.blobSize(digest)).toBeUndefined();
    // One client goes on with more bytes after all.
    await blobs.append(second, streamOf(Buffer.from('!')));
    expect(blobs.readWhole(digest)).toEqual(bytes);
    await repository.commitUpload(first, digest);
    expect(await repository.blobSize(digest)).toBe(bytes.length);
    await repository.commitUpload(second, digestOf(`${bytes}!`));
    expect([blobs.readWhole(digest), blobs.readWhole(digestOf(`${bytes}!`))]).toEqual([
      bytes,
      Buffer.from(`${bytes}!`),
    ]);
  });
  expect(await rulesFound()).toEqual([]);
  expect(scratch.list('hub', 'uploads')).toEqual([]);
});

class FailingOnce extends RepositoryFolder {
  fails = true;

  override setTag(recorded: RecordedTag): void {
    super.setTag(recorded);
    this.#fail();
  }

  override removeManifest(repository: RepositoryName, digest: Digest): void {
    super.removeManifest(repository, digest);
    this.#fail();
  }

  #fail(): void {
    if (!this.fails) return;
    this.fails = false;
    throw new Error('the disk failed');
  }
}

test('what a transaction had changed in files is changed back when it fails', async () => {
  await withRegistry(async (registry) => {
    const repositories = new FailingOnce(folder);
    const storage = { ...registry.storage, repositories };
    const broken = new Registry(storage).repository(NAME);
    const bytes = registry.storage.blobs.readWhole(kept.manifest);
    const text = JSON.stringify({ ...JSON.parse(bytes.toString()), annotations: { another: 'one' } });
    const put = broken.putManifest(Buffer.from(text), 'application/vnd.oci.image.manifest.v1+json', {
      digest: undefined,
      tags: ['1.0', 'new'],
    });
    await expect(put).rejects.toThrow('the disk failed');
    repositories.fails = true;
    await expect(broken.removeManifest(other.manifest)).rejects.toThrow('the disk failed');
    expect(await changeBackAll(storage)).toBe(0);
  });
  expect(fs.readFileSync(tag('1.0'), 'utf8')).toBe(kept.manifest);
  expect([fs.existsSync(tag('new')), fs.existsSync(tag('2.0'))]).toEqual([false, true]);
  expect(await rulesFound()).toEqual([]);
});
