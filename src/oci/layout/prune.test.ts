import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { manifestIn } from '../../../test/contracts/store.ts';
import { silent } from '../../base/progress.ts';
import { copy } from '../copy.ts';
import { memory } from '../stores/memory.ts';
import { pushBytes } from '../verified.ts';
import { checkLayoutContent } from './check.ts';
import { blobPath } from './folder.ts';
import { openLayout } from './layout.ts';
import { prune, removeDamaged } from './prune.ts';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'waybill-prune-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

test('prune() removes what no name reaches, and keeps names, their content and live referrers', async () => {
  {
    await using layout = await openLayout(folder, 'write');
    const [kept, dropped] = [await manifestIn(layout, 'kept'), await manifestIn(layout, 'dropped')];
    await layout.tag('acme/x:1', kept);
    await layout.tag('acme/x:2', dropped);
    const [live, dead] = [
      await manifestIn(layout, 'about kept', kept),
      await manifestIn(layout, 'about dropped', dropped),
    ];
    await layout.attach(await manifestIn(layout, 'about what is about kept', live));
    await layout.attach(live);
    await layout.attach(dead);
    await layout.untag('acme/x:2');
    await pushBytes(layout, 'a/b', Buffer.from('never named'));
  }
  const dry = await prune(folder, { dryRun: true });
  const done = await prune(folder);
  expect(done).toEqual(dry);
  // The dropped manifest and its layer, its referrer and that one's layer, the blob without a name.
  expect(done.removed).toHaveLength(5);
  await using layout = await openLayout(folder, 'read');
  expect((await layout.tags()).map(({ name }) => name)).toEqual(['acme/x:1']);
  expect((await checkLayoutContent(layout, { progress: silent })).findings).toEqual([]);
  const [about] = await layout.referrers((await layout.tags())[0]?.target ?? expect.unreachable());
  expect(await layout.referrers(about ?? expect.unreachable())).toHaveLength(1);
});

test('prune() waits for whoever has the store open, then gives up', async () => {
  await using _ = await openLayout(folder, 'write');
  await expect(prune(folder, { wait: 50 })).rejects.toMatchObject({ code: 'STORE_BUSY' });
});

test('prune() removes nothing when a manifest is damaged: nobody can tell what it reaches', async () => {
  {
    await using layout = await openLayout(folder, 'write');
    const target = await manifestIn(layout, 'it');
    await layout.tag('acme/x:1', target);
    fs.writeFileSync(blobPath(folder, target.digest), 'x'.repeat(target.size));
  }
  const before = fs.readdirSync(path.join(folder, 'blobs/sha256'));
  await expect(prune(folder)).rejects.toMatchObject({ code: 'DIGEST_INVALID' });
  expect(fs.readdirSync(path.join(folder, 'blobs/sha256'))).toEqual(before);
});

test('removeDamaged() takes damaged content away, so that a copy brings it again', async () => {
  await using source = await memory.open('', { access: 'write' });
  const target = await manifestIn(source, 'it');
  const layer = await pushBytes(source, 'application/octet-stream', Buffer.from('it'));
  {
    await using layout = await openLayout(folder, 'write');
    await copy(source, layout, target, { name: 'acme/x:1' });
  }
  fs.writeFileSync(blobPath(folder, layer.digest), 'IT');
  expect((await removeDamaged(folder, { progress: silent })).removed).toEqual([layer.digest]);
  await using layout = await openLayout(folder, 'write');
  expect((await copy(source, layout, target, { name: 'acme/x:1' })).blobs).toBe(1);
  expect((await checkLayoutContent(layout, { progress: silent })).findings).toEqual([]);
});
