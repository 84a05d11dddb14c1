/** File systems for a test, which only root can make: small ones, and ones that cannot be written. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';

export interface Mount extends Disposable {
  readonly folder: string;
}

/** A file system in memory of so many bytes; undefined where this user cannot make one. */
export function mountSmall(folder: string, bytes: number): Mount | undefined {
  fs.mkdirSync(folder, { recursive: true });
  return isDone('mount', '-t', 'tmpfs', '-o', `size=${bytes},mode=755`, 'waybill-test', folder)
    ? mounted(folder)
    : undefined;
}

/** The folder again, at another place and read-only; undefined where this user cannot do that. */
export function mountReadOnly(of: string, folder: string): Mount | undefined {
  fs.mkdirSync(folder, { recursive: true });
  if (!isDone('mount', '--bind', of, folder)) return undefined;
  if (isDone('mount', '-o', 'remount,bind,ro', folder)) return mounted(folder);
  isDone('umount', folder);
  return undefined;
}

function mounted(folder: string): Mount {
  return {
    folder,
    [Symbol.dispose]: () => {
      if (!isDone('umount', folder) && !isDone('umount', '--lazy', folder)) throw new Error(`cannot unmount ${folder}`);
    },
  };
}

function isDone(...line: readonly string[]): boolean {
  return spawnSync(line[0] ?? '', line.slice(1), { stdio: 'ignore' }).status === 0;
}
