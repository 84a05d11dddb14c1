import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silent } from '../progress.ts';
import { assembleAll, type Job } from './pool.ts';
import { HashingThreads } from './threads.ts';

const MIB = 1024 * 1024;
let root: string;
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'waybill-threads-'));
});
afterEach(() => fs.rmSync(root, { recursive: true }));

function job(name: string, size: number): Job {
  const file = path.join(root, name);
  fs.writeFileSync(file, Buffer.alloc(size, name));
  return { size, assembly: { parts: [{ file, name }] } };
}

test('little work, and one job alone, need no thread', () => {
  expect(new HashingThreads([]).threads).toEqual([]);
  expect(new HashingThreads([MIB, MIB]).threads).toEqual([]);
  expect(new HashingThreads([100 * MIB]).threads).toEqual([]);
});

test('threads that were started early do the same work, tell what they read, and end with it', async () => {
  const jobs = ['a', 'b', 'c'].map((name) => job(name, 5 * MIB));
  await using threads = new HashingThreads([100 * MIB, 100 * MIB]);
  const told: number[] = [];
  const progress = { ...silent, advance: (bytes: number) => void told.push(bytes) };
  const results = await assembleAll(jobs, { label: 'Hashing', progress, threads });
  const expected = ['a', 'b', 'c'].map((name) =>
    createHash('sha256')
      .update(Buffer.alloc(5 * MIB, name))
      .digest('hex'),
  );
  expect(results.map(({ sha256 }) => sha256)).toEqual(expected);
  expect(told.reduce((sum, bytes) => sum + bytes, 0)).toBe(15 * MIB);
  for (const { worker } of threads.threads) expect(worker.threadId).toBe(-1);
});

test('threads for which there turns out to be no work end without a word', async () => {
  const threads = new HashingThreads([100 * MIB, 100 * MIB]);
  await threads[Symbol.asyncDispose]();
  for (const { worker, online } of threads.threads) {
    expect(worker.threadId).toBe(-1);
    await online.catch((error: Error) => expect(error.message).toMatch('ended before it took any work'));
  }
});

test('a failing job ends all threads before it is told', async () => {
  const jobs = [job('a', MIB), { size: MIB, assembly: { parts: [{ file: path.join(root, 'none'), name: 'none' }] } }];
  const threads = new HashingThreads([100 * MIB, 100 * MIB]);
  await expect(assembleAll(jobs, { label: 'Hashing', threads })).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  for (const { worker } of threads.threads) expect(worker.threadId).toBe(-1);
});
