/**
 * The journal of a log: the entries of the last batch, on the disk before anything else of it. Whoever was interrupted
 * puts the same entries at the same places, so that no two trees can have been signed.
 */
import { hash } from 'node:crypto';
import { WaybillError } from '../../../base/errors.ts';
import { encodeEntries, splitEntries } from '../tiles/bundle.ts';

export interface Batch {
  /** How many entries the log had before. */
  readonly from: number;
  readonly entries: readonly Uint8Array[];
}

export const JOURNAL = '.waybill/journal';

/** Entries of one batch with their lengths: they are held in memory and written twice. */
export const MAX_BATCH_SIZE: number = 64 * 1024 * 1024;

const HEAD = /^waybill-log-journal@v1\nfrom (0|[1-9][0-9]{0,15})\nsha256 ([0-9a-f]{64})\n\n/;
/** The head has less than 160 bytes. */
const HEAD_SIZE = 160;
/** A batch of 64 MiB and its head. */
export const MAX_JOURNAL_SIZE: number = 65 * 1024 * 1024;

/** @throws WaybillError LIMIT_EXCEEDED for entries that are too long, or too many for one batch */
export function formatJournal({ from, entries }: Batch): Buffer {
  const body = encodeEntries(entries);
  if (body.length > MAX_BATCH_SIZE)
    throw new WaybillError(
      'LIMIT_EXCEEDED',
      `Cannot add ${entries.length} entries to the log at once: they have ${body.length} bytes, the limit is ${MAX_BATCH_SIZE}`,
      {
        hint: 'Add them in smaller batches',
      },
    );
  return Buffer.concat([Buffer.from(`waybill-log-journal@v1\nfrom ${from}\nsha256 ${hash('sha256', body)}\n\n`), body]);
}

/** @throws WaybillError LOG_INVALID for one that is damaged: what may have been signed is not known then */
export function parseJournal(bytes: Buffer): Batch {
  const [head = '', from, digest] = HEAD.exec(bytes.subarray(0, HEAD_SIZE).toString('latin1')) ?? [];
  const body = bytes.subarray(head.length);
  if (from === undefined || hash('sha256', body) !== digest)
    throw new WaybillError('LOG_INVALID', `Cannot go on with the log: its ${JOURNAL} is damaged`, {
      hint: 'Bring the whole folder back from a copy that is newer than all checkpoints that were given out',
    });
  return { from: Number(from), entries: splitEntries(body, JOURNAL) };
}
