import fs from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { entriesUpTo, entryAt, logSigner, makeLog, ORIGIN, verifierKey } from '../../../../test/_support/log.ts';
import { failureOf, thrownBy } from '../../../../test/_support/refusal.ts';
import { makeScratch, type Scratch } from '../../../../test/_support/scratch.ts';
import { WaybillError } from '../../../base/errors.ts';
import { type Checkpoint, openCheckpoint } from '../checkpoint.ts';
import { parseVerifierKey } from '../note/keys.ts';
import { folderReader } from '../reading/folder.ts';
import type { LogReader } from '../reading/reader.ts';
import { openLogWriter } from '../writer/open.ts';
import { recallCheckpoint, rememberCheckpoint } from './memory.ts';

let scratch: Scratch;
let number = 0;
const key = parseVerifierKey(verifierKey());

/** One log at sizes 3, 10 and 20, and another past of the same log at sizes 10 and 20. */
const states = [
  ['three', 3],
  ['ten', 10],
  ['twenty', 20],
] as const;
beforeAll(async () => {
  scratch = makeScratch();
  for (const [name, size] of states) await makeLog(scratch.at(name), size);
  for (const [name, size] of [
    ['other-ten', 10],
    ['other-twenty', 20],
  ] as const) {
    await makeLog(scratch.at(name), 0);
    using writer = await openLogWriter(scratch.at(name), logSigner());
    await writer.append([entryAt(99), ...entriesUpTo(size, 1)]);
  }
});
afterAll(() => scratch[Symbol.dispose]());

const newMemory = () => scratch.at(`memory-${number++}`);
const logAt = (name: string): { readonly reader: LogReader; readonly seen: Checkpoint } => ({
  reader: folderReader(scratch.at(name)),
  seen: openCheckpoint(fs.readFileSync(scratch.at(name, 'checkpoint')), { origin: ORIGIN, key }),
});
const live = (memory: string, name: string) => {
  const { reader, seen } = logAt(name);
  return rememberCheckpoint(memory, seen, { reader, isLive: true });
};

test('rememberCheckpoint() remembers the first, the same, and what has grown from it', async () => {
  const memory = newMemory();
  expect(recallCheckpoint(memory, ORIGIN)).toBeUndefined();
  expect(await live(memory, 'three')).toBe('first');
  expect(await live(memory, 'three')).toBe('same');
  expect(await live(memory, 'twenty')).toBe('grown');
  expect(recallCheckpoint(memory, ORIGIN)).toMatchObject({ origin: ORIGIN, size: 20, root: logAt('twenty').seen.root });
  expect(fs.readdirSync(memory).every((name) => /^(?:lock|[0-9a-f]{64}\.checkpoint)$/.test(name))).toBe(true);
});

test('a log that has shrunk is refused, and both checkpoints are kept', async () => {
  const memory = newMemory();
  await live(memory, 'twenty');
  const error = await failureOf(live(memory, 'ten'));
  expect([error.code, error.message]).toEqual([
    'LOG_INVALID',
    expect.stringContaining('it has 10 entries, and had 20 before'),
  ]);
  const kept = fs.readdirSync(memory).filter((name) => name.includes('.conflict-'));
  expect(kept).toHaveLength(2);
  for (const [end, name] of [
    ['-before', 'twenty'],
    ['-now', 'ten'],
  ] as const) {
    const file = kept.find((name) => name.endsWith(end)) ?? '';
    expect(fs.readFileSync(`${memory}/${file}`)).toEqual(logAt(name).seen.note);
    expect(error.hint).toContain(file);
  }
  expect(recallCheckpoint(memory, ORIGIN)?.size).toBe(20);
});

test('another past is refused at the same size, at a larger one, and at a smaller one out of a file', async () => {
  const memory = newMemory();
  await live(memory, 'ten');
  expect((await failureOf(live(memory, 'other-ten'))).message).toContain('another tree of 10 entries');
  expect((await failureOf(live(memory, 'other-twenty'))).message).toContain('does not go on from that of 10');
  const larger = newMemory();
  await live(larger, 'twenty');
  const old = { reader: logAt('twenty').reader, isLive: false };
  expect((await failureOf(rememberCheckpoint(larger, logAt('other-ten').seen, old))).code).toBe('LOG_INVALID');
});

test('an older checkpoint out of a file is held to the log, where there is one at hand', async () => {
  const memory = newMemory();
  const { seen } = logAt('ten');
  expect(await rememberCheckpoint(memory, seen, { isLive: false })).toBe('first');
  expect(await rememberCheckpoint(memory, seen, { isLive: false })).toBe('same');
  expect(await rememberCheckpoint(memory, logAt('twenty').seen, { isLive: false })).toBe('unchecked');
  expect(await rememberCheckpoint(memory, logAt('three').seen, { isLive: false })).toBe('unchecked');
  expect(recallCheckpoint(memory, ORIGIN)?.size).toBe(10);
  await live(memory, 'twenty');
  expect(await rememberCheckpoint(memory, seen, { reader: logAt('twenty').reader, isLive: false })).toBe('older');
  expect(recallCheckpoint(memory, ORIGIN)?.size).toBe(20);
});

test('a log that cannot show its past is not believed; one that cannot be reached is not judged', async () => {
  const memory = newMemory();
  await live(memory, 'three');
  const { seen } = logAt('twenty');
  const nothing: LogReader = { place: 'nothing', read: async () => undefined };
  expect((await failureOf(rememberCheckpoint(memory, seen, { reader: nothing, isLive: true }))).code).toBe(
    'LOG_INVALID',
  );
  const silent: LogReader = {
    place: 'silent',
    read: async () => {
      throw new WaybillError('TRUST_UNDECIDED', 'Cannot reach it: no answer');
    },
  };
  expect((await failureOf(rememberCheckpoint(memory, seen, { reader: silent, isLive: true }))).code).toBe(
    'TRUST_UNDECIDED',
  );
  expect(recallCheckpoint(memory, ORIGIN)?.size).toBe(3);
});

test('a memory that cannot be read is no memory that is empty', async () => {
  const memory = newMemory();
  await live(memory, 'three');
  const file = `${memory}/${fs.readdirSync(memory).find((name) => name.endsWith('.checkpoint'))}`;
  fs.writeFileSync(file, 'x');
  expect((await failureOf(live(memory, 'three'))).code).toBe('TRUST_UNDECIDED');
  expect(thrownBy(() => recallCheckpoint(memory, ORIGIN)).message).toContain('cannot be read as a checkpoint');
  fs.rmSync(file);
  fs.mkdirSync(file);
  expect((await failureOf(live(memory, 'three'))).code).toBe('TRUST_UNDECIDED');
  fs.writeFileSync(scratch.at('no-folder'), '');
  expect((await failureOf(live(scratch.at('no-folder', 'in'), 'three'))).code).toBe('FILE_UNREADABLE');
});
