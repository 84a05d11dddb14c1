/**
 * Content that arrives from afar: written once, hashed while it is written. What has arrived when
 * the line or the process breaks is kept, read again and gone on with by the next.
 */
import fs from 'node:fs';
import path from 'node:path';
import { diskFull, freeBytes } from '../../base/disk-space.ts';
import { WaybillError } from '../../base/errors.ts';
import { randomName, readRange } from '../../base/files.ts';
import { acquireLock } from '../../base/lock.ts';
import { explainSystemError } from '../../base/system-errors.ts';
import type { Descriptor } from '../descriptor.ts';
import { algorithmOf, type Digest, encodedOf, hashFor } from '../digest.ts';
import type { Content, TransferOptions, Transferred } from '../store.ts';
import { writeContent } from '../write-content.ts';
import { partialPath } from './folder.ts';

/**
 * @param adopt makes the finished file visible under its digest
 * @throws WaybillError DIGEST_INVALID, SIZE_INVALID (nothing is kept then), DISK_FULL
 */
export async function receive(
  folder: string,
  {
    expected,
    content,
    adopt,
  }: { expected: Descriptor; content: Content; adopt: (file: string, digest: Digest) => Promise<void> },
  options: TransferOptions,
): Promise<Transferred> {
  const place = partialPath(folder);
  fs.mkdirSync(place, { recursive: true });
  const shared = sharedPath(place, expected.digest);
  const lock = await lockPartial(`${shared}.lock`);
  // Another process is at it: work apart rather than wait for hours.
  const file = lock === undefined ? `${shared}.${randomName()}` : shared;
  try {
    const result = await writeFrom(file, { expected, content }, options);
    await adopt(file, expected.digest);
    return result;
  } catch (error) {
    const isWrong = error instanceof WaybillError && (error.code === 'DIGEST_INVALID' || error.code === 'SIZE_INVALID');
    if (isWrong || lock === undefined) fs.rmSync(file, { force: true });
    throw error;
  } finally {
    if (lock !== undefined) fs.rmSync(`${shared}.lock`, { force: true });
    lock?.[Symbol.dispose]();
  }
}

/** @throws WaybillError DISK_FULL when there is no room for what is still to come of these blobs */
export function checkRoom(folder: string, blobs: readonly Descriptor[]): void {
  const place = partialPath(folder);
  let needed = 0;
  for (const { digest, size } of blobs) {
    const partial = fs.lstatSync(sharedPath(place, digest), { throwIfNoEntry: false });
    needed += Math.max(0, size - (partial?.size ?? 0));
  }
  const free = freeBytes(folder);
  if (free === undefined || needed <= free) return;
  const hint =
    'Free some space (waybill prune takes away what no name reaches), or name a store on another disk with --store';
  throw diskFull(`Cannot write into the store ${folder}`, { needed, free, hint });
}

const sharedPath = (place: string, digest: Digest) => path.join(place, `${algorithmOf(digest)}-${encodedOf(digest)}`);

async function lockPartial(file: string): Promise<Disposable | undefined> {
  try {
    return await acquireLock(file, { mode: 'exclusive', wait: 0, attempt: 'Cannot receive' });
  } catch (error) {
    if (error instanceof WaybillError && error.code === 'STORE_BUSY') return undefined;
    throw error;
  }
}

async function writeFrom(
  file: string,
  { expected, content }: { expected: Descriptor; content: Content },
  options: TransferOptions,
): Promise<Transferred> {
  const descriptor = openForAppend(file);
  try {
    const hash = hashFor(expected.digest);
    const had = fs.fstatSync(descriptor).size;
    const resumedAt = had <= expected.size ? had : 0;
    if (had > expected.size) fs.ftruncateSync(descriptor, 0);
    for await (const chunk of readRange(descriptor, 0, resumedAt)) hash.update(chunk);
    options.advance(resumedAt, 'resumed');
    await writeContent(descriptor, { expected, content, hash, from: resumedAt, isDurable: true }, options);
    return { bytes: expected.size - resumedAt, resumedAt };
  } catch (error) {
    throw explainSystemError('Cannot write into the store', error);
  } finally {
    fs.closeSync(descriptor);
  }
}

function openForAppend(file: string): number {
  try {
    return fs.openSync(file, fs.constants.O_RDWR | fs.constants.O_CREAT | fs.constants.O_NOFOLLOW, 0o644);
  } catch (error) {
    throw explainSystemError('Cannot write into the store', error);
  }
}
