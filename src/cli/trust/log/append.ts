import fs from 'node:fs';
import { collect } from '../../../base/bytes.ts';
import { WaybillError } from '../../../base/errors.ts';
import { explainSystemError } from '../../../base/system-errors.ts';
import { rememberCheckpoint } from '../../../trust/log/memory/memory.ts';
import { folderReader } from '../../../trust/log/reading/folder.ts';
import { MAX_ENTRY_SIZE } from '../../../trust/log/tiles/bundle.ts';
import { openLogWriter } from '../../../trust/log/writer/open.ts';
import { openSigner } from '../signer-options.ts';
import type { LogAction } from './action.ts';
import { describeCheckpoint } from './describe.ts';
import { memoryFolder } from './identity.ts';

/** A batch costs some writes to the disk, whatever is in it; and all of it is held in memory. */
const BATCH_ENTRIES = 1000;
const BATCH_SIZE = 4 * 1024 * 1024;

/** Adds entries, each covered by a signed checkpoint when this ends. */
export const append: LogAction = {
  arguments: ['DIR', 'FILE'],
  async run(context, input, [folder = '', file = '']) {
    const signer = await openSigner(context, input);
    const bytes = () => bytesOf(file);
    const batches = input.has('lines') ? batchesOf(linesOf(bytes(), file)) : one(bytes(), file);
    using writer = await openLogWriter(folder, signer);
    if (writer.finished > 0)
      context.note(`note: ${writer.finished} entries of a run that was interrupted were added first`);
    const remember = () =>
      rememberCheckpoint(memoryFolder(context), writer.checkpoint, { reader: folderReader(folder), isLive: true });
    // Before anything is signed: a folder that was brought back from a copy would be another past of the log.
    await remember();
    const first = writer.checkpoint.size;
    for await (const entries of batches) {
      context.signal.throwIfAborted();
      await writer.append(entries);
    }
    await remember();
    const count = writer.checkpoint.size - first;
    return {
      action: 'append',
      log: folder,
      ...describeCheckpoint(writer.checkpoint),
      ...(count === 0 ? {} : { first }),
      count,
      findings: [],
    };
  },
};

async function* one(bytes: AsyncIterable<Uint8Array>, file: string): AsyncIterable<readonly Uint8Array[]> {
  yield [await collect(explained(bytes, file), MAX_ENTRY_SIZE, `the entry in ${file}`)];
}

async function* batchesOf(entries: AsyncIterable<Uint8Array>): AsyncIterable<readonly Uint8Array[]> {
  let batch: Uint8Array[] = [];
  let size = 0;
  for await (const entry of entries) {
    batch.push(entry);
    size += entry.length;
    if (batch.length < BATCH_ENTRIES && size < BATCH_SIZE) continue;
    yield batch;
    [batch, size] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}

/** The lines of a file, without their ends; empty ones are passed over. */
async function* linesOf(bytes: AsyncIterable<Uint8Array>, file: string): AsyncIterable<Uint8Array> {
  let rest = Buffer.alloc(0);
  for await (const chunk of explained(bytes, file)) {
    const all = Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = all.indexOf(10); end >= 0; end = all.indexOf(10, start)) {
      if (end > start) yield all.subarray(start, end);
      start = end + 1;
    }
    rest = all.subarray(start);
    if (rest.length > MAX_ENTRY_SIZE)
      throw new WaybillError(
        'LIMIT_EXCEEDED',
        `Cannot read the entries in ${file}: a line is longer than ${MAX_ENTRY_SIZE} bytes`,
      );
  }
  if (rest.length > 0) yield rest;
}

function bytesOf(file: string): AsyncIterable<Uint8Array> {
  return file === '-' ? process.stdin : fs.createReadStream(file);
}

async function* explained(bytes: AsyncIterable<Uint8Array>, file: string): AsyncIterable<Uint8Array> {
  try {
    yield* bytes;
  } catch (error) {
    throw explainSystemError(`Cannot read ${file}`, error);
  }
}
