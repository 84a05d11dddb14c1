/**
 * Preloaded into the real command line: kills the process before the n-th call that changes something
 * on the disk, in whatever thread it comes. Time decides nothing, so that every step is met.
 */
import fs from 'node:fs';
import process from 'node:process';
import { getEnvironmentData, isMainThread, setEnvironmentData } from 'node:worker_threads';

const SHARED = 'waybill-test-steps';
const last = Number(process.env['WAYBILL_TEST_KILL_AT']);

if (isMainThread) setEnvironmentData(SHARED, new Int32Array(new SharedArrayBuffer(4)));
const steps = getEnvironmentData(SHARED) as Int32Array;

if (isMainThread && last === 0) process.on('exit', () => process.stderr.write(`steps ${Atomics.load(steps, 0)}\n`));

function step(): void {
  if (Atomics.add(steps, 0, 1) + 1 === last) process.kill(process.pid, 'SIGKILL');
}

const names = [
  'chmodSync',
  'copyFileSync',
  'fchmodSync',
  'fsyncSync',
  'ftruncateSync',
  'linkSync',
  'mkdirSync',
  'renameSync',
  'rmSync',
  'rmdirSync',
  'unlinkSync',
  'writeFileSync',
  'writeSync',
] as const;

for (const name of names) {
  const original = fs[name] as (...words: unknown[]) => unknown;
  Object.assign(fs, {
    [name]: (...words: unknown[]) => {
      step();
      return original(...words);
    },
  });
}

const openSync = fs.openSync;
Object.assign(fs, {
  openSync: (file: fs.PathLike, flags: fs.OpenMode = 'r', mode?: fs.Mode) => {
    const isForReading =
      flags === 'r' || (typeof flags === 'number' && (flags & (fs.constants.O_WRONLY | fs.constants.O_RDWR)) === 0);
    if (!isForReading) step();
    return openSync(file, flags, mode);
  },
});
