import fs from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  entriesUpTo,
  entryAt,
  logSigner,
  makeLog,
  memoryStorage,
  ORIGIN,
  plainRoot,
  verifierKey,
} from '../../../../test/_support/log.ts';
import { resultOf, runs } from '../../../../test/_support/properties.ts';
import { failureOf, thrownBy } from '../../../../test/_support/refusal.ts';
import { makeScratch, type Scratch } from '../../../../test/_support/scratch.ts';
import { checkLog } from '../checking/check.ts';
import { openCheckpoint } from '../checkpoint.ts';
import { EMPTY_ROOT, leafHash } from '../merkle/hashes.ts';
import { type NoteKey, parseVerifierKey } from '../note/keys.ts';
import { formatSignatureLine, parseNote } from '../note/note.ts';
import { cosign } from '../note/sign.ts';
import { goesOn } from '../reading/consistency.ts';
import { folderReader } from '../reading/folder.ts';
import { entriesOf, rootOf } from '../reading/tiles.ts';
import { encodeEntries } from '../tiles/bundle.ts';
import { addSignatures } from './add-signatures.ts';
import { grow, NOTHING, rootOfEdge } from './edge.ts';
import { formatJournal, JOURNAL, MAX_BATCH_SIZE, parseJournal } from './journal.ts';
import type { LogWriter } from './log-writer.ts';
import { beginLog, createLog, openLogWriter, openWriter } from './open.ts';
import type { LogStorage } from './storage.ts';

let scratch: Scratch;
beforeAll(() => {
  scratch = makeScratch();
});
afterAll(() => scratch[Symbol.dispose]());

const signer = logSigner();
const key = parseVerifierKey(verifierKey());
const checkpointOf = (folder: string) =>
  openCheckpoint(fs.readFileSync(`${folder}/checkpoint`), { origin: ORIGIN, key });

describe('the edge', () => {
  test('has the root of the definition after any batches', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 5 }), (batches) => {
        let edge = NOTHING;
        for (const batch of batches)
          ({ edge } = grow(edge, Buffer.concat(entriesUpTo(edge.size + batch, edge.size).map(leafHash))));
        expect(rootOfEdge(edge)).toEqual(plainRoot(entriesUpTo(edge.size)));
      }),
      runs(30),
    );
  });
});

describe('a log in a folder', () => {
  test('begins with a checkpoint of nothing', async () => {
    const folder = scratch.at('new');
    expect(await createLog(folder, ORIGIN, signer)).toEqual(checkpointOf(folder));
    expect(checkpointOf(folder)).toMatchObject({ origin: ORIGIN, size: 0, root: EMPTY_ROOT });
    const again = await failureOf(createLog(folder, ORIGIN, signer));
    expect(again.code).toBe('DESTINATION_EXISTS');
    expect((await failureOf(createLog(scratch.at('named'), 'a b', signer))).code).toBe('KEY_INVALID');
    fs.writeFileSync(scratch.at('file'), '');
    expect((await failureOf(createLog(scratch.at('file', 'in'), ORIGIN, signer))).code).toBe('FILE_UNREADABLE');
  });

  test('grows by batches, with the tiles that the specification asks for and no others', async () => {
    const folder = scratch.at('grown');
    await createLog(folder, ORIGIN, signer);
    let size = 0;
    for (const batch of [1, 1, 253, 1, 300, 256 * 256 - 556, 5]) {
      using writer = await openLogWriter(folder, signer);
      const indexes = await writer.append(entriesUpTo(size + batch, size));
      expect([indexes[0], indexes.length]).toEqual([size, batch]);
      size += batch;
      expect(writer.checkpoint).toEqual(checkpointOf(folder));
    }
    expect(size).toBe(65_541);
    expect(checkpointOf(folder).root).toEqual(plainRoot(entriesUpTo(size)));
    const reader = folderReader(folder);
    expect(await rootOf(reader, size)).toEqual(checkpointOf(folder).root);
    for (const at of [0, 1, 255, 256]) {
      const entries = await entriesOf(reader, at, size);
      expect(entries).toEqual(entriesUpTo(Math.min(size, (at + 1) * 256), at * 256));
    }
    const names = scratch.list('grown').filter((name) => !name.startsWith('.waybill'));
    expect(names.filter((name) => name.includes('.p/'))).toEqual(
      ['tile/0/256.p/5', 'tile/1/001.p', 'tile/2/000.p/1', 'tile/entries/256.p/5'].filter(
        (name) => name !== 'tile/1/001.p',
      ),
    );
    expect(scratch.list('grown', '.waybill')).toEqual(['journal', 'lock', 'new']);
  });

  test('takes batches that come at once in turn, and empty ones', async () => {
    const folder = scratch.at('at-once');
    await createLog(folder, ORIGIN, signer);
    using writer = await openLogWriter(folder, signer);
    const indexes = await Promise.all([
      writer.append([entryAt(0)]),
      writer.append(entriesUpTo(3, 1)),
      writer.append([]),
    ]);
    expect(indexes).toEqual([[0], [1, 2], []]);
    expect(checkpointOf(folder).root).toEqual(plainRoot(entriesUpTo(3)));
  });

  test('has one writer at a time', async () => {
    const folder = scratch.at('locked');
    await makeLog(folder, 1);
    const first = await openLogWriter(folder, signer);
    expect((await failureOf(openLogWriter(folder, signer, { wait: 0 }))).code).toBe('STORE_BUSY');
    const second = openLogWriter(folder, signer);
    first[Symbol.dispose]();
    using _ = await second;
  });

  test('refuses entries that are too long or too many, and goes on', async () => {
    const folder = scratch.at('large');
    await createLog(folder, ORIGIN, signer);
    using writer = await openLogWriter(folder, signer);
    expect((await failureOf(writer.append([Buffer.alloc(70_000)]))).code).toBe('LIMIT_EXCEEDED');
    const many = Array.from({ length: Math.ceil(MAX_BATCH_SIZE / 65_000) }, () => Buffer.alloc(65_000));
    expect((await failureOf(writer.append(many))).message).toContain('at once');
    expect(await writer.append([entryAt(0)])).toEqual([0]);
  });

  test('says that nothing can be written, and signs nothing', async () => {
    const folder = scratch.at('blocked');
    await makeLog(folder, 3);
    const before = checkpointOf(folder);
    using writer = await openLogWriter(folder, signer);
    fs.mkdirSync(`${folder}/tile/0/000.p/4`);
    fs.writeFileSync(`${folder}/tile/0/000.p/4/x`, '');
    const error = await failureOf(writer.append([entryAt(3)]));
    expect([error.code, error.message]).toEqual(['FILE_UNREADABLE', `Cannot write the log ${folder}: it is a folder`]);
    expect(checkpointOf(folder)).toEqual(before);
  });

  test('is not written by somebody with another key, nor where there is none', async () => {
    const folder = scratch.at('foreign');
    await makeLog(folder, 3);
    const foreign = await failureOf(openLogWriter(folder, logSigner(2)));
    expect(foreign.message).toContain('not signed by the key of the log');
    expect((await failureOf(openLogWriter(scratch.at('nothing'), signer))).code).toBe('TRUST_UNDECIDED');
    expect(fs.existsSync(scratch.at('nothing'))).toBe(false);
    // The lock was given back.
    using _ = await openLogWriter(folder, signer);
  });

  test('can be given signatures of witnesses, until it grows', async () => {
    const folder = scratch.at('witnessed');
    await makeLog(folder, 3);
    const { note, text } = checkpointOf(folder);
    const witnesses = [parseVerifierKey(verifierKey(2, 'w', 'cosignature'))];
    const log = { origin: ORIGIN, key, witnesses };
    const of = async (seed: number, seconds: number) =>
      Buffer.concat([note, Buffer.from(await cosign(text, { name: 'w', signer: logSigner(seed), seconds }))]);
    expect((await addSignatures(folder, await of(2, 5), log)).cosignatures).toEqual([{ witness: 'w', time: 5 }]);
    // Again, and one of somebody who is not known.
    await addSignatures(folder, await of(2, 5), log);
    const { note: now } = await addSignatures(folder, await of(4, 6), log);
    expect(checkpointOf(folder).note).toEqual(now);
    expect(parseNote(now).signatures).toHaveLength(3);
    const forged = Buffer.concat([note, Buffer.from(formatSignatureLine(witnesses[0] as NoteKey, Buffer.alloc(72)))]);
    expect((await failureOf(addSignatures(folder, forged, log))).message).toContain('is not by its key');
    {
      using writer = await openLogWriter(folder, signer);
      await writer.append([entryAt(3)]);
    }
    expect((await failureOf(addSignatures(folder, await of(2, 5), log))).message).toContain(
      'the log has another one of 4',
    );
  });
});

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

describe('a storage that is no folder', () => {
  const lock = { [Symbol.dispose]() {} };
  async function empty(storage: LogStorage): Promise<LogWriter> {
    await beginLog(storage, ORIGIN, signer);
    return await openWriter(storage, signer, lock);
  }

  test('holds the same files', async () => {
    const storage = memoryStorage();
    const writer = await empty(storage);
    await writer.append(entriesUpTo(300));
    await writer.append(entriesUpTo(513, 300));
    const folder = scratch.at('same');
    await createLog(folder, ORIGIN, signer);
    using other = await openLogWriter(folder, signer);
    await other.append(entriesUpTo(300));
    await other.append(entriesUpTo(513, 300));
    for (const [path, bytes] of storage.files) expect(fs.readFileSync(`${folder}/${path}`), path).toEqual(bytes);
  });

  test('puts the journal first and the checkpoint last, and nothing after a failure', async () => {
    const storage = memoryStorage();
    const puts: (readonly string[])[] = [];
    let failAt = Number.POSITIVE_INFINITY;
    const watched: LogStorage = {
      ...storage,
      async put(files) {
        puts.push(files.map(({ path }) => path));
        if (puts.length >= failAt) throw new Error('no room');
        await storage.put(files);
      },
    };
    const writer = await empty(watched);
    await writer.append(entriesUpTo(3));
    expect(puts.slice(1)).toEqual([[JOURNAL], ['tile/entries/000.p/3', 'tile/0/000.p/3'], ['checkpoint']]);
    failAt = puts.length + 2;
    const signed = storage.files.get('checkpoint');
    await expect(writer.append([entryAt(3)])).rejects.toThrow('no room');
    await expect(writer.append([entryAt(4)])).rejects.toThrow('has failed before');
    expect(storage.files.get('checkpoint')).toEqual(signed);
  });

  test('never shows two trees, wherever it fails and whatever of a put was done', async () => {
    const crash = fc.record({ batch: fc.integer({ min: 1, max: 300 }), at: fc.nat({ max: 4 }), done: fc.nat() });
    await fc.assert(
      fc.asyncProperty(fc.array(crash, { minLength: 1, maxLength: 12 }), async (crashes) => {
        const storage = memoryStorage();
        const shown: Buffer[] = [];
        let [left, done] = [Number.POSITIVE_INFINITY, 0];
        const failing: LogStorage = {
          ...storage,
          async put(files) {
            left -= 1;
            // Of the put that fails each file is there or not, none by half; and after a power cut one may be gone again
            // that somebody has read.
            const bit = (at: number) => (done >> (at % 20)) & 1;
            const kept = left >= 0 ? files : files.filter((_, at) => bit(at) === 1);
            const read = left >= 0 ? files : files.filter((_, at) => bit(at) === 1 || bit(at + 1) === 1);
            await storage.put(kept);
            for (const { path, bytes } of read) if (path === 'checkpoint') shown.push(Buffer.from(bytes));
            if (left < 0) throw new Error('crash');
          },
        };
        await beginLog(failing, ORIGIN, signer);
        let acknowledged = 0;
        for (const [round, { batch, at, done: some }] of crashes.entries()) {
          [left, done] = [at, some];
          try {
            const writer = await openWriter(failing, signer, lock);
            // Other entries in each round: one that is put in another time shows.
            await writer.append(entriesUpTo(batch).map((entry) => Buffer.from(`${entry} of round ${round}`)));
            acknowledged = writer.checkpoint.size;
          } catch (error) {
            expect(String(error)).toContain('crash');
          }
        }
        left = Number.POSITIVE_INFINITY;
        const { checkpoint } = await openWriter(failing, signer, lock);
        expect(checkpoint.size).toBeGreaterThanOrEqual(acknowledged);
        expect(await checkLog(storage, checkpoint)).toMatchObject({ verdict: 'pass', entries: checkpoint.size });
        let before = 0;
        for (const note of shown) {
          const seen = openCheckpoint(note, { origin: ORIGIN, key });
          expect(seen.size).toBeGreaterThanOrEqual(before);
          expect(await goesOn(storage, seen, checkpoint)).toBe(true);
          before = seen.size;
        }
      }),
      runs(60),
    );
  });
});
