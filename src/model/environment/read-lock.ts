/** Reads a lock, whichever kind it is. Kinds that are not read are named as such, never passed over. */
import path from 'node:path';
import { WaybillError } from '../../base/errors.ts';
import { type Lock, type LockFile, MAX_LOCK_SIZE } from './lock/lock.ts';
import { locks } from './locks/index.ts';

export interface ReadLock extends Lock {
  /** The command that installs what it says. */
  readonly install: string;
}

/** Locks of others, which people do name. */
const UNREAD: readonly (readonly [RegExp, string])[] = [
  [/^Pipfile(?:\.lock)?$/, 'a lock of Pipenv'],
  [/^pdm\.lock$/, 'a lock of PDM'],
  [/^conda-lock\.ya?ml$|^.*\.conda-lock\.ya?ml$/, 'a lock of conda-lock'],
  [/^environment.*\.ya?ml$/, 'an environment of conda'],
  [/^conda-.*\.lock$|^explicit.*\.txt$/, 'an explicit list of conda'],
  [/^pixi\.(?:lock|toml)$/, 'a lock of pixi'],
  [/^(?:package-lock|npm-shrinkwrap)\.json$|^yarn\.lock$|^pnpm-lock\.yaml$/, 'a lock of JavaScript packages'],
  [/^Cargo\.lock$/, 'a lock of Rust packages'],
  [/^setup\.(?:py|cfg)$/, 'a build script: nothing is run to read it'],
];

/** @throws WaybillError UNSUPPORTED for a kind that is not read; LOCK_INVALID, LIMIT_EXCEEDED */
export async function readLock(file: LockFile): Promise<ReadLock> {
  const name = path.posix.basename(file.path);
  const [, unread] = UNREAD.find(([names]) => names.test(name)) ?? [];
  const reader = unread === undefined ? locks.find(({ names }) => names.test(name)) : undefined;
  if (reader === undefined)
    throw new WaybillError('UNSUPPORTED', `Cannot read ${file.path}: it is ${unread ?? 'no lock that is known'}`, {
      hint: `These are read: ${locks.map(({ title }) => title).join(', ')}`,
    });
  if (file.text.length > MAX_LOCK_SIZE)
    throw new WaybillError('LIMIT_EXCEEDED', `Cannot read ${file.path}: it is larger than ${MAX_LOCK_SIZE} bytes`);
  return { ...(await reader.read(file)), install: reader.install(file.path) };
}
