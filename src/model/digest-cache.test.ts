import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FileIdentity } from '../base/file-identity.ts';
import { openDigestCache } from './digest-cache.ts';

const NOW = 1_700_000_000_000;
const SHA256 = 'ab'.repeat(32);
const PAGE = 4096;

let folder: string;
let file: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'waybill-cache-'));
  file = path.join(folder, 'digests.sqlite');
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const aged = (inode: number, age = 10_000): FileIdentity => {
  const timeNs = BigInt(NOW - age) * 1_000_000n;
  return { device: 1n, inode: BigInt(inode), size: 2_000, mtimeNs: timeNs, ctimeNs: timeNs };
};

function remember(count: number): void {
  using cache = openDigestCache(file, NOW);
  for (let inode = 1; inode <= count; inode++) cache.rememberFile(aged(inode), SHA256);
}

/** Breaks every page but the first three, which hold the schema and the heads of the tables. */
function damage(): void {
  const bytes = fs.readFileSync(file);
  expect(bytes.length).toBeGreaterThan(4 * PAGE);
  bytes.fill(0xee, 3 * PAGE);
  fs.writeFileSync(file, bytes);
}

test('openDigestCache() answers what an earlier one remembered, and nothing for another state of the file', () => {
  remember(3);
  using cache = openDigestCache(file, NOW);
  expect(cache.file(aged(2))).toBe(SHA256);
  expect(cache.file({ ...aged(2), ctimeNs: aged(2).ctimeNs + 1n })).toBeUndefined();
  expect(cache.file(aged(4))).toBeUndefined();
});

test('openDigestCache() does not remember a file that was changed less than two seconds before', () => {
  {
    using cache = openDigestCache(file, NOW);
    cache.rememberFile(aged(1, 1_999), SHA256);
    cache.rememberFile(aged(2, 2_000), SHA256);
  }
  using cache = openDigestCache(file, NOW);
  expect(cache.file(aged(1, 1_999))).toBeUndefined();
  expect(cache.file(aged(2, 2_000))).toBe(SHA256);
});

test('openDigestCache() knows nothing of a cache that is damaged inside, and makes it anew for the next', () => {
  remember(1_000);
  damage();
  {
    using cache = openDigestCache(file, NOW);
    const known = Array.from({ length: 1_000 }, (_, index) => cache.file(aged(index + 1)));
    expect(known.filter((sha256) => sha256 !== undefined && sha256 !== SHA256)).toEqual([]);
    expect(known).toContain(undefined);
    expect(cache.bundle('recipe')).toBeUndefined();
  }
  remember(10);
  using cache = openDigestCache(file, NOW);
  expect(cache.file(aged(7))).toBe(SHA256);
});

test('openDigestCache() lets others write as soon as its look-ups are over', async () => {
  remember(3);
  using cache = openDigestCache(file, NOW);
  expect(cache.file(aged(1))).toBe(SHA256);
  expect(cache.bundle('recipe')).toBeUndefined();
  await Promise.resolve();
  const other = new DatabaseSync(file, { timeout: 0 });
  try {
    other.exec(`BEGIN EXCLUSIVE; UPDATE file SET sha256 = '${'cd'.repeat(32)}' WHERE inode = 2; COMMIT;`);
  } finally {
    other.close();
  }
  expect(cache.file(aged(2))).toBe('cd'.repeat(32));
});

test('openDigestCache() is read without waiting for one that is disposed in the same turn', () => {
  remember(3);
  {
    using cache = openDigestCache(file, NOW);
    expect(cache.file(aged(1))).toBe(SHA256);
    cache.rememberFile(aged(9), SHA256);
  }
  using cache = openDigestCache(file, NOW);
  expect(cache.file(aged(9))).toBe(SHA256);
});
