import fs from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  entriesUpTo,
  entryAt,
  logSigner,
  makeLog,
  ORIGIN,
  plainRoot,
  verifierKey,
} from '../../../../test/_support/log.ts';
import { resultOf, runs } from '../../../../test/_support/properties.ts';
import { failureOf, thrownBy } from '../../../../test/_support/refusal.ts';
import { makeScratch, type Scratch } from '../../../../test/_support/scratch.ts';
import { openCheckpoint } from '../checkpoint.ts';
import { parseVerifierKey } from '../note/keys.ts';
import { encodeEntries } from '../tiles/bundle.ts';
import { formatJournal, JOURNAL, parseJournal } from './journal.ts';
import { openLogWriter } from './open.ts';

let scratch: Scratch;
beforeAll(() => {
  scratch = makeScratch();
});
afterAll(() => scratch[Symbol.dispose]());

const signer = logSigner();
const key = parseVerifierKey(verifierKey());
const checkpointOf = (folder: string) =>
  openCheckpoint(fs.readFileSync(`${folder}/checkpoint`), { origin: ORIGIN, key });

describe('what was interrupted or changed', () => {
  /** A folder as a kill leaves it after the journal was written, before `end`. */
  async function interrupted(name: string, from: number, end: number): Promise<string> {
    const folder = scratch.at(name);
    await makeLog(folder, from);
    fs.writeFileSync(`${folder}/${JOURNAL}`, formatJournal({ from, entries: entriesUpTo(end, from) }));
    return folder;
  }

  test('is gone on with from the journal, with the same entries at the same places', async () => {
    const folder = await interrupted('replay', 250, 270);
    using writer = await openLogWriter(folder, signer);
    expect(writer.finished).toBe(20);
    expect(checkpointOf(folder)).toMatchObject({ size: 270, root: plainRoot(entriesUpTo(270)) });
    expect(await writer.append([entryAt(270)])).toEqual([270]);
  });

  test('is told by a log whose checkpoint and journal are not of one time', async () => {
    const older = await interrupted('older', 30, 40);
    const earlier = scratch.at('earlier');
    await makeLog(earlier, 20);
    fs.copyFileSync(`${earlier}/checkpoint`, `${older}/checkpoint`);
    fs.cpSync(`${earlier}/tile`, `${older}/tile`, { recursive: true });
    const error = await failureOf(openLogWriter(older, signer));
    expect([error.code, error.message]).toEqual([
      'LOG_INVALID',
      expect.stringContaining('its journal ends at 40 entries, its checkpoint at 20'),
    ]);
  });

  test('is told by a damaged journal', async () => {
    const folder = await interrupted('journal', 3, 5);
    const file = `${folder}/${JOURNAL}`;
    const good = fs.readFileSync(file);
    for (const bad of [good.subarray(0, -1), Buffer.concat([good, good]), Buffer.from(''), Buffer.from(`x${good}`)]) {
      fs.writeFileSync(file, bad);
      expect((await failureOf(openLogWriter(folder, signer))).message).toContain('journal is damaged');
    }
    fs.rmSync(file);
    using writer = await openLogWriter(folder, signer);
    expect(writer.checkpoint.size).toBe(3);
  });

  test('in tiles and entries is told before anything is signed', async () => {
    const folder = scratch.at('changed');
    await makeLog(folder, 70);
    const flip = (file: string) => {
      const bytes = fs.readFileSync(file);
      bytes.writeUInt8(bytes.readUInt8(40) ^ 1, 40);
      fs.writeFileSync(file, bytes);
    };
    flip(`${folder}/tile/0/000.p/70`);
    expect((await failureOf(openLogWriter(folder, signer))).message).toContain('do not lead to the root');
    flip(`${folder}/tile/0/000.p/70`);
    flip(`${folder}/tile/entries/000.p/70`);
    expect((await failureOf(openLogWriter(folder, signer))).message).toContain('last entries are not those');
    fs.rmSync(`${folder}/tile`, { recursive: true });
    expect((await failureOf(openLogWriter(folder, signer))).message).toContain('the log does not have it');
  });

  test('under a writer that is open is told, and that writer is of no use any more', async () => {
    const folder = scratch.at('under');
    await makeLog(folder, 3);
    using writer = await openLogWriter(folder, signer);
    fs.appendFileSync(`${folder}/checkpoint`, '\u2014 x AAAAAAAA\n');
    expect((await failureOf(writer.append([entryAt(3)]))).message).toContain('changed by somebody else');
    expect((await failureOf(writer.append([entryAt(3)]))).message).toContain('has failed before');
  });

  test('journals are read as they were written, or not at all', () => {
    const batch = fc.record({ from: fc.maxSafeNat(), entries: fc.array(fc.uint8Array({ maxLength: 50 })) });
    fc.assert(
      fc.property(batch, fc.nat(), (batch, at) => {
        const bytes = formatJournal(batch);
        expect(parseJournal(bytes)).toEqual({ ...batch, entries: batch.entries.map((entry) => Buffer.from(entry)) });
        const flipped = Buffer.from(bytes);
        flipped.writeUInt8(flipped.readUInt8(at % bytes.length) ^ 1, at % bytes.length);
        const read = resultOf(() => parseJournal(flipped), ['LOG_INVALID']);
        // The digest is over the entries; where they go on is held to the checkpoint.
        if ('value' in read) expect(read.value.from).not.toBe(batch.from);
      }),
      runs(500),
    );
    const wild = Buffer.from(formatJournal({ from: 1, entries: [] }).toString().replace('from 1', 'from 01'));
    expect(thrownBy(() => parseJournal(wild)).code).toBe('LOG_INVALID');
    expect(encodeEntries([])).toHaveLength(0);
  });
});
