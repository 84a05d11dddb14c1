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
import { runs } from '../../../../test/_support/properties.ts';
import { failureOf } from '../../../../test/_support/refusal.ts';
import { makeScratch, type Scratch } from '../../../../test/_support/scratch.ts';
import { openCheckpoint } from '../checkpoint.ts';
import { EMPTY_ROOT, leafHash } from '../merkle/hashes.ts';
import { type NoteKey, parseVerifierKey } from '../note/keys.ts';
import { formatSignatureLine, parseNote } from '../note/note.ts';
import { cosign } from '../note/sign.ts';
import { folderReader } from '../reading/folder.ts';
import { entriesOf, rootOf } from '../reading/tiles.ts';
import { addSignatures } from './add-signatures.ts';
import { grow, NOTHING, rootOfEdge } from './edge.ts';
import { MAX_BATCH_SIZE } from './journal.ts';
import { createLog, openLogWriter } from './open.ts';

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
