/** What is measured on: models that a seed decides, incompressible, of any size. */
import { type Cipheriv, createCipheriv } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

export const MIB: number = 2 ** 20;
export const GIB: number = 2 ** 30;

export interface Sample {
  readonly folder: string;
  /** Everything but waybill.yaml, absolute, in the order of their names. */
  readonly files: readonly string[];
  /** Bytes of `files`. */
  readonly size: number;
}

/** Weights in so many safetensors shards of one tensor each. */
export function makeShards(folder: string, size: number, count: number): Sample {
  const noise = noiseFrom(1);
  const names = Array.from({ length: count }, (_, index) => `model-${five(index + 1)}-of-${five(count)}.safetensors`);
  const share = size / count;
  fs.mkdirSync(folder, { recursive: true });
  const files = names.map((name) => {
    const file = path.join(folder, name);
    writeShard(file, share, (output, length) => writeNoise(output, length, noise));
    return file;
  });
  writeWaybillFile(folder, 'shards', 'weights: ["*.safetensors"]');
  return { folder, files, size };
}

/** One shard without blocks on the disk: its size is read, its space is not needed. */
export function makeSparseShard(folder: string, size: number): Sample {
  fs.mkdirSync(folder, { recursive: true });
  const file = path.join(folder, 'model.safetensors');
  writeShard(file, size, () => fs.truncateSync(file, size));
  writeWaybillFile(folder, 'sparse', 'weights: ["*.safetensors"]');
  return { folder, files: [file], size };
}

/** Many files of 2 KB, a thousand in a folder, as data sets and tokenisers have them. */
export function makeSmallFiles(folder: string, count: number): Sample {
  const PER_FOLDER = 1_000;
  const LENGTH = 2_000;
  const noise = noiseFrom(2);
  const files: string[] = [];
  for (let index = 0; index < count; index++) {
    const parent = path.join(folder, 'items', five(Math.floor(index / PER_FOLDER)));
    if (index % PER_FOLDER === 0) fs.mkdirSync(parent, { recursive: true });
    const file = path.join(parent, `item-${five(index)}.bin`);
    fs.writeFileSync(file, noise.update(Buffer.alloc(LENGTH)));
    files.push(file);
  }
  writeWaybillFile(folder, 'items', 'data: ["items/**"]');
  return { folder, files, size: count * LENGTH };
}

/** Reads the files once, so that what is measured next finds them in the page cache. */
export function touch({ files }: Sample): void {
  const buffer = Buffer.allocUnsafeSlow(4 * MIB);
  for (const file of files) {
    const input = fs.openSync(file, 'r');
    while (fs.readSync(input, buffer, 0, buffer.length, null) > 0);
    fs.closeSync(input);
  }
}

/** Writes so many bytes, not through to the disk. */
export function writeScratch(file: string, size: number): void {
  const block = Buffer.alloc(4 * MIB, 1);
  const output = fs.openSync(file, 'w');
  for (let left = size; left > 0; left -= block.length) fs.writeSync(output, block);
  fs.closeSync(output);
}

function writeShard(file: string, size: number, fill: (output: number, length: number) => void): void {
  const HEADER = 160;
  const length = size - 8 - HEADER;
  // Each shard its own tensor, as the shards of one model have.
  const header = { [path.basename(file, '.safetensors')]: { dtype: 'U8', shape: [length], data_offsets: [0, length] } };
  const start = Buffer.alloc(8 + HEADER, ' ');
  start.writeBigUInt64LE(BigInt(HEADER));
  start.write(JSON.stringify(header), 8);
  const output = fs.openSync(file, 'w');
  fs.writeSync(output, start);
  fill(output, length);
  fs.fsyncSync(output);
  fs.closeSync(output);
}

/** The key stream of a cipher: the same everywhere, quick, and like random bytes. */
function noiseFrom(seed: number): Cipheriv {
  return createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16));
}

function writeNoise(output: number, length: number, noise: Cipheriv): void {
  const zeros = Buffer.alloc(4 * MIB);
  for (let left = length; left > 0; left -= zeros.length)
    fs.writeSync(output, noise.update(zeros.subarray(0, Math.min(left, zeros.length))));
}

function writeWaybillFile(folder: string, name: string, components: string): void {
  const text = `waybill: 1\nname: bench/${name}\nversion: 1.0.0\ncomponents:\n  ${components}\n`;
  fs.writeFileSync(path.join(folder, 'waybill.yaml'), text);
}

const five = (value: number): string => String(value).padStart(5, '0');
