import fs from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeScratch, type Scratch } from '../../../test/_support/scratch.ts';
import { ProvedBytes } from './proved-bytes.ts';

let scratch: Scratch;
beforeEach(() => {
  scratch = makeScratch();
});
afterEach(() => scratch[Symbol.dispose]());

/** What reads files through it, and how often that came to the disk. */
function reader() {
  const proved = new ProvedBytes();
  const counted = { reads: 0 };
  const read = (name: string) =>
    proved.read(scratch.at(name), () => {
      counted.reads += 1;
      return fs.readFileSync(scratch.at(name));
    });
  return { read, counted };
}

test('read() reads a file once, and again when it was written to or put in place of', () => {
  const { read, counted } = reader();
  fs.writeFileSync(scratch.at('a'), 'one');
  expect([String(read('a')), String(read('a')), counted.reads]).toEqual(['one', 'one', 1]);
  fs.writeFileSync(scratch.at('a'), 'two and more');
  expect([String(read('a')), counted.reads]).toEqual(['two and more', 2]);
  fs.writeFileSync(scratch.at('b'), 'two and MORE');
  fs.renameSync(scratch.at('b'), scratch.at('a'));
  expect([String(read('a')), counted.reads]).toEqual(['two and MORE', 3]);
});

test('read() says that a file is gone, and keeps nothing that was not proved', () => {
  const { read } = reader();
  fs.writeFileSync(scratch.at('a'), 'one');
  read('a');
  fs.rmSync(scratch.at('a'));
  expect(() => read('a')).toThrow('ENOENT');
  fs.writeFileSync(scratch.at('a'), 'one');
  const proved = new ProvedBytes();
  const refuse = () =>
    proved.read(scratch.at('a'), () => {
      throw new Error('not what it says');
    });
  expect(refuse).toThrow('not what it says');
  expect(refuse).toThrow('not what it says');
});

test('read() keeps no large files, and not more than a few mebibytes', () => {
  const { read, counted } = reader();
  fs.writeFileSync(scratch.at('large'), Buffer.alloc(1_000_000));
  read('large');
  read('large');
  expect(counted.reads).toBe(2);
  const names = Array.from({ length: 60 }, (_, index) => `file-${index}`);
  for (const name of names) fs.writeFileSync(scratch.at(name), Buffer.alloc(50_000));
  for (const name of names) read(name);
  read('file-59');
  expect(counted.reads).toBe(62);
  read('file-0');
  expect(counted.reads).toBe(63);
});
