/** Known to be too little: said before the disk is full of half of something. */
import fs from 'node:fs';
import { WaybillError } from './errors.ts';

/** Bytes that this user may write on the file system of a folder; undefined where it does not say. */
export function freeBytes(folder: string): number | undefined {
  const { blocks, bavail, bsize } = fs.statfsSync(folder);
  return blocks === 0 ? undefined : bavail * bsize;
}

/** @param attempt what is tried, as in `Cannot unpack into out` */
export function diskFull(
  attempt: string,
  { needed, free, hint }: { needed: number; free: number; hint: string },
): WaybillError {
  return new WaybillError('DISK_FULL', `${attempt}: it needs ${needed} bytes, ${free} are free`, {
    expected: String(needed),
    found: String(free),
    hint,
  });
}
