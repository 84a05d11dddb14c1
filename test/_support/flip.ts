/** Damage of one byte or bit in a file, for as long as something is tried, then undone. */
import fs from 'node:fs';

/** Turns one bit over while the work is done. */
export async function withFlippedBit<Result>(
  file: string,
  at: number,
  bit: number,
  work: () => Promise<Result>,
): Promise<Result> {
  const descriptor = fs.openSync(file, 'r+');
  const byte = Buffer.alloc(1);
  const flip = () => {
    fs.readSync(descriptor, byte, 0, 1, at);
    fs.writeSync(descriptor, Buffer.of((byte[0] ?? 0) ^ (1 << bit)), 0, 1, at);
  };
  flip();
  try {
    return await work();
  } finally {
    flip();
    fs.closeSync(descriptor);
  }
}

/** Puts other bytes into the file while the work is done. */
export async function withContent<Result>(
  file: string,
  content: Uint8Array,
  work: () => Promise<Result>,
): Promise<Result> {
  const before = fs.readFileSync(file);
  fs.writeFileSync(file, content);
  try {
    return await work();
  } finally {
    fs.writeFileSync(file, before);
  }
}
