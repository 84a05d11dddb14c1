import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { seeded } from '../../test/_support/random.ts';
import { WriteBehind } from './write-behind.ts';

let root: string;
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'waybill-write-behind-'));
});
afterEach(() => fs.rmSync(root, { recursive: true }));

test('write() keeps the order, from where it was told, and gives each piece back once it is in the file', async () => {
  const file = path.join(root, 'it');
  fs.writeFileSync(file, 'before');
  const descriptor = fs.openSync(file, 'r+');
  const pieces = Array.from({ length: 300 }, (_, at) => seeded(at).bytes(at * 97));
  const written: Uint8Array[] = [];
  const output = new WriteBehind(descriptor, { position: 6, written: (piece) => written.push(piece) });
  for (const piece of pieces) await output.write(piece);
  await output.sync();
  fs.closeSync(descriptor);
  expect(fs.readFileSync(file).equals(Buffer.concat([Buffer.from('before'), ...pieces]))).toBe(true);
  expect(written.filter(({ length }) => length > 0)).toEqual(pieces.filter(({ length }) => length > 0));
});

test('an error of the system is told, at the latest by flush()', async () => {
  const file = path.join(root, 'it');
  fs.writeFileSync(file, '');
  const descriptor = fs.openSync(file, 'r');
  const output = new WriteBehind(descriptor, { position: 0 });
  await output.write(Buffer.from('it'));
  await expect(output.flush()).rejects.toMatchObject({ code: 'EBADF' });
  fs.closeSync(descriptor);
});

test('a disk that refuses to sync is told of, and holds up no other file', async () => {
  // It takes all bytes and no sync.
  const device = fs.openSync('/dev/null', 'w');
  const refusing = new WriteBehind(device, { position: 0 });
  const file = fs.openSync(path.join(root, 'other'), 'w');
  const other = new WriteBehind(file, { position: 0 });
  const piece = Buffer.alloc(8 * 1024 * 1024);
  try {
    for (let index = 0; index < 3; index++) await refusing.write(piece);
    await expect(refusing.flush()).rejects.toMatchObject({ syscall: 'fdatasync' });
    for (let index = 0; index < 3; index++) await other.write(piece);
    await other.sync();
    expect(fs.fstatSync(file).size).toBe(3 * piece.length);
  } finally {
    fs.closeSync(device);
    fs.closeSync(file);
  }
});
