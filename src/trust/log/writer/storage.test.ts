import fs from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { entriesUpTo, entryAt, logSigner, memoryStorage, ORIGIN, verifierKey } from '../../../../test/_support/log.ts';
import { runs } from '../../../../test/_support/properties.ts';
import { makeScratch, type Scratch } from '../../../../test/_support/scratch.ts';
import { checkLog } from '../checking/check.ts';
import { openCheckpoint } from '../checkpoint.ts';
import { parseVerifierKey } from '../note/keys.ts';
import { goesOn } from '../reading/consistency.ts';
import { JOURNAL } from './journal.ts';
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
