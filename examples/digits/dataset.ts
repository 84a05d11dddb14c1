/** The digits data set: images of 8×8 grey values, divided into those for training and those held out. */
import fs from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

export const PIXELS = 64;
export const CLASSES = 10;

/** Largest grey value. */
export const GREY = 16;

export interface Digit {
  /** Where it stands in the data set. */
  readonly index: number;
  /** 64 grey values from 0 to 16, row by row. */
  readonly pixels: Uint8Array;
  readonly label: number;
}

export interface Dataset {
  readonly training: readonly Digit[];
  readonly heldOut: readonly Digit[];
}

/** Format: data/ATTRIBUTION.md. */
export function readDataset(folder: string): Dataset {
  const bytes = gunzipSync(fs.readFileSync(path.join(folder, 'digits-u8.bin.gz')));
  const recordSize = PIXELS + 1;
  if (bytes.length % recordSize !== 0) throw new Error(`Cannot read the digits: ${bytes.length} bytes are no records`);
  const digits = Array.from({ length: bytes.length / recordSize }, (_, index): Digit => {
    const at = index * recordSize;
    return { index, pixels: bytes.subarray(at, at + PIXELS), label: bytes.readUInt8(at + PIXELS) };
  });
  const order = readSplit(path.join(folder, 'digits-split.json'));
  const forTraining = new Set(order);
  return {
    // In the order of the split, which is shuffled once for all.
    training: order.flatMap((index) => digits[index] ?? []),
    heldOut: digits.filter(({ index }) => !forTraining.has(index)),
  };
}

function readSplit(file: string): readonly number[] {
  const value: unknown = JSON.parse(fs.readFileSync(file, 'utf8'));
  if (Array.isArray(value) && value.every((index) => Number.isInteger(index))) return value;
  throw new Error(`Cannot read ${file}: it is not a list of indices`);
}
