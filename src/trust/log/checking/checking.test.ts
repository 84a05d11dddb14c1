import fs from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { entriesUpTo, entryAt, logSigner, makeLog, ORIGIN, verifierKey } from '../../../../test/_support/log.ts';
import { makeScratch, type Scratch } from '../../../../test/_support/scratch.ts';
import { openCheckpoint } from '../checkpoint.ts';
import { parseVerifierKey } from '../note/keys.ts';
import { folderReader } from '../reading/folder.ts';
import { encodeEntries } from '../tiles/bundle.ts';
import { createLog, openLogWriter } from '../writer/open.ts';
import { checkLog } from './check.ts';
import { compareViews, type View } from './compare.ts';

const SIZE = 66_000;
let scratch: Scratch;
let copies = 0;
beforeAll(async () => {
  scratch = makeScratch();
  await makeLog(scratch.at('log'), SIZE, { batch: 7000 });
});
afterAll(() => scratch[Symbol.dispose]());

const headOf = (folder: string) =>
  openCheckpoint(fs.readFileSync(`${folder}/checkpoint`), { origin: ORIGIN, key: parseVerifierKey(verifierKey()) });
const check = (folder: string) => checkLog(folderReader(folder), headOf(folder));

/** A copy in which one file was changed. */
function damaged(file: string, change: (bytes: Buffer) => Buffer | undefined): string {
  const folder = scratch.at(`copy-${copies++}`);
  fs.cpSync(scratch.at('log'), folder, { recursive: true });
  const bytes = change(fs.readFileSync(`${folder}/${file}`));
  if (bytes === undefined) fs.rmSync(`${folder}/${file}`);
  else fs.writeFileSync(`${folder}/${file}`, bytes);
  return folder;
}

function flip(at: number): (bytes: Buffer) => Buffer {
  return (bytes) => {
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    return bytes;
  };
}

describe('checkLog()', () => {
  test('passes a log that is whole, also an empty one', async () => {
    expect(await check(scratch.at('log'))).toEqual({ verdict: 'pass', entries: SIZE, findings: [] });
    await createLog(scratch.at('empty'), ORIGIN, logSigner());
    expect(await check(scratch.at('empty'))).toEqual({ verdict: 'pass', entries: 0, findings: [] });
  });

  test.each([
    ['an entry that was changed', 'tile/entries/001', flip(2), 'log-entry-differs', 'Entry 256 is not'],
    [
      'entries that changed places',
      'tile/entries/002',
      () => encodeEntries([entryAt(513), entryAt(512), ...entriesUpTo(768, 514)]),
      'log-entry-differs',
      'Entry 512 is not',
    ],
    [
      'an entry that was taken out',
      'tile/entries/003',
      () => encodeEntries(entriesUpTo(1023, 768)),
      'log-unreadable',
      'it holds 255 entries, not 256',
    ],
    [
      'an entry that was put in',
      'tile/entries/003',
      () => encodeEntries(entriesUpTo(1025, 768)),
      'log-unreadable',
      'it holds 257 entries, not 256',
    ],
    ['a bundle that is gone', 'tile/entries/004', () => undefined, 'log-unreadable', 'the log does not have it'],
    ['a tile that is gone', 'tile/0/004', () => undefined, 'log-unreadable', 'the log does not have it'],
    [
      'a tile above that was changed',
      'tile/1/000',
      flip(33),
      'log-tile-differs',
      'hash 1 is not the root of tile/0/001',
    ],
    ['a tile above that is short', 'tile/1/000', (bytes: Buffer) => bytes.subarray(1), 'log-unreadable', '8191 bytes'],
    [
      'a tile at the edge that was changed',
      'tile/1/001.p/1',
      flip(0),
      'log-tile-differs',
      'hash 0 is not the root of tile/0/256',
    ],
    [
      'the top that was changed',
      'tile/2/000.p/1',
      flip(31),
      'log-tile-differs',
      'hash 0 is not the root of tile/1/000',
    ],
  ] as const)('names %s', async (_, file, change, rule, message) => {
    const { verdict, findings } = await check(damaged(file, change));
    expect(verdict).toBe('fail');
    expect(findings[0]).toMatchObject({ rule, level: 'error', path: file, message: expect.stringContaining(message) });
  });

  test('tells an entry that was changed from a hash that was changed by the root', async () => {
    const rulesOf = async (file: string, at: number) =>
      (await check(damaged(file, flip(at)))).findings.map(({ rule, message }) => [rule, message.slice(0, 11)]);
    const entry = ['log-entry-differs', 'Entry 65999'];
    expect(await rulesOf('tile/entries/257.p/208', 13 * 208 - 1)).toEqual([entry]);
    expect(await rulesOf('tile/0/257.p/208', 32 * 207)).toEqual([entry, ['log-root-differs', 'The root ov']]);
  });

  test('names a changed entry and its changed hash by what stands above them', async () => {
    const folder = scratch.at('both');
    await makeLog(folder, 70);
    const other = scratch.at('other');
    await createLog(other, ORIGIN, logSigner());
    using writer = await openLogWriter(other, logSigner());
    await writer.append([...entriesUpTo(33), Buffer.from('another'), ...entriesUpTo(70, 34)]);
    for (const file of ['tile/0/000.p/70', 'tile/entries/000.p/70'])
      fs.copyFileSync(`${other}/${file}`, `${folder}/${file}`);
    expect((await check(folder)).findings).toEqual([
      {
        rule: 'log-root-differs',
        level: 'error',
        path: 'checkpoint',
        message: 'The root over all 70 entries is not the one that was signed',
      },
    ]);
  });

  test('stops after some findings, and where nothing is left', async () => {
    const folder = scratch.at('gone');
    fs.cpSync(scratch.at('log', 'checkpoint'), `${folder}/checkpoint`);
    const { findings, entries } = await check(folder);
    expect([findings.length, entries]).toEqual([10, 0]);
  });

  test('does not judge a log that cannot be reached', async () => {
    const reader = { place: 'nowhere', read: () => Promise.reject(new Error('no network')) };
    await expect(checkLog(reader, headOf(scratch.at('log')))).rejects.toThrow('no network');
  });
});

describe('compareViews()', () => {
  const viewOf = (folder: string): View => ({ checkpoint: headOf(folder), reader: folderReader(folder) });

  test('takes two checkpoints of one log for one, whichever is named first', async () => {
    await makeLog(scratch.at('ten'), 10);
    const [small, large] = [viewOf(scratch.at('ten')), viewOf(scratch.at('log'))];
    for (const pair of [
      [small, large],
      [large, small],
      [small, small],
    ] as const)
      expect(await compareViews(...pair)).toEqual({ verdict: 'pass', findings: [] });
    expect(await compareViews(small, { checkpoint: large.checkpoint })).toBeUndefined();
    expect(await compareViews({ checkpoint: small.checkpoint }, { checkpoint: small.checkpoint })).toMatchObject({
      verdict: 'pass',
    });
  });

  test('shows a log that told two people different things', async () => {
    const forked = scratch.at('forked');
    await createLog(forked, ORIGIN, logSigner());
    using writer = await openLogWriter(forked, logSigner());
    await writer.append([entryAt(1), ...entriesUpTo(10, 1)]);
    for (const other of ['ten', 'log']) {
      const result = await compareViews(viewOf(forked), viewOf(scratch.at(other)));
      expect(result).toMatchObject({ verdict: 'fail', findings: [{ rule: 'log-split-view', level: 'error' }] });
    }
    const nothing = { place: 'nothing', read: async () => undefined };
    const silent = { checkpoint: headOf(scratch.at('log')), reader: nothing };
    expect(await compareViews(viewOf(scratch.at('ten')), silent)).toMatchObject({ verdict: 'fail' });
    const broken = { ...silent, reader: { place: 'x', read: () => Promise.reject(new Error('no network')) } };
    await expect(compareViews(viewOf(scratch.at('ten')), broken)).rejects.toThrow('no network');
  });
});
