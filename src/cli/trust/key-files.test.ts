import fs from 'node:fs';
import process from 'node:process';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeScratch, type Scratch } from '../../../test/_support/scratch.ts';
import { keyFilesOf, refuseExisting, writeKeyFiles } from './key-files.ts';

let scratch: Scratch;
beforeEach(() => {
  scratch = makeScratch();
});
afterEach(() => scratch[Symbol.dispose]());

const text = { privateKey: 'secret', publicKey: 'public' };

test('writeKeyFiles writes the private key for its owner alone, whatever the umask says', () => {
  const before = process.umask(0);
  try {
    writeKeyFiles(keyFilesOf(scratch.at('k')), text);
  } finally {
    process.umask(before);
  }
  const modeOf = (name: string) => fs.statSync(scratch.at(name)).mode & 0o777;
  expect([modeOf('k.key'), modeOf('k.pub')]).toEqual([0o600, 0o644]);
  expect(fs.readFileSync(scratch.at('k.key'), 'utf8')).toBe('secret');
});

test.each(['k.key', 'k.pub'])('nothing is written where %s is there already, and it stays as it was', (taken) => {
  const files = keyFilesOf(scratch.at('k'));
  fs.writeFileSync(scratch.at(taken), 'mine');
  const isTaken = expect.objectContaining({ code: 'DESTINATION_EXISTS' });
  expect(() => refuseExisting(files)).toThrow(isTaken);
  expect(() => writeKeyFiles(files, text)).toThrow(isTaken);
  expect(scratch.list()).toEqual([taken]);
  expect(fs.readFileSync(scratch.at(taken), 'utf8')).toBe('mine');
});

test('a link to nowhere is not followed', () => {
  fs.symlinkSync('elsewhere', scratch.at('k.key'));
  const files = keyFilesOf(scratch.at('k'));
  expect(() => refuseExisting(files)).toThrow('is there already');
  expect(() => writeKeyFiles(files, text)).toThrow(expect.objectContaining({ code: 'DESTINATION_EXISTS' }));
  expect(scratch.list()).toEqual(['k.key']);
});

test('a folder that is not there is told of', () => {
  expect(() => writeKeyFiles(keyFilesOf(scratch.at('none', 'k')), text)).toThrow('Cannot write');
});
