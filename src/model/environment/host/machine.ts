/** The machine that Waybill runs on, as a source of facts. Programs are only asked for their version, each for a moment. */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type { HostSources, Ran } from './sources.ts';

/** `/proc/cpuinfo` of 500 processors has 1.5 MiB. */
const MAX_FACT_SIZE: number = 4 * 1024 * 1024;
/** A list of a thousand GPUs has some 100 KiB. */
const MAX_ANSWER_SIZE: number = 4 * 1024 * 1024;
/** nvidia-smi takes two seconds where the driver is not loaded yet. */
const ANSWER_MILLISECONDS = 10_000;

/** @param folder where a package is to go */
export function machineSources(environment: Readonly<Record<string, string | undefined>>, folder: string): HostSources {
  return {
    platform: process.platform,
    architecture: process.arch,
    release: os.release(),
    node: process.versions.node,
    programFolders: (environment['PATH'] ?? '').split(path.delimiter).filter((one) => path.isAbsolute(one)),
    read: (file, limit = MAX_FACT_SIZE) => readBeginning(file, limit),
    list: (folder) => {
      try {
        return fs.readdirSync(folder);
      } catch {
        return undefined;
      }
    },
    has: (path) => fs.existsSync(path),
    run: (program, words) => ask(program, words, environment),
    freeRoom: () => {
      try {
        const { bavail, bsize } = fs.statfsSync(folder);
        return bavail * bsize;
      } catch {
        return undefined;
      }
    },
  };
}

/** Files of /proc say that they are empty: they are read to their end, or to the limit. */
function readBeginning(file: string, limit: number): string | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    if (!fs.fstatSync(descriptor).isFile()) return undefined;
    const chunks: Buffer[] = [];
    for (let size = 0; size < limit; ) {
      const chunk = Buffer.alloc(Math.min(64 * 1024, limit - size));
      const count = fs.readSync(descriptor, chunk, 0, chunk.length, null);
      if (count === 0) break;
      chunks.push(chunk.subarray(0, count));
      size += count;
    }
    return Buffer.concat(chunks).toString('utf8');
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) fs.closeSync(descriptor);
  }
}

function ask(
  program: string,
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Ran | undefined> {
  const options = {
    timeout: ANSWER_MILLISECONDS,
    killSignal: 'SIGKILL',
    maxBuffer: MAX_ANSWER_SIZE,
    windowsHide: true,
    // Numbers and words as programs read them.
    env: { ...environment, LC_ALL: 'C' },
  } as const;
  return new Promise((resolve) => {
    const child = execFile(program, words, options, (error, stdout, stderr) => {
      const status = error === null ? 0 : typeof error.code === 'number' ? error.code : undefined;
      resolve(status === undefined ? undefined : { status, stdout, stderr });
    });
    child.stdin?.end();
  });
}
