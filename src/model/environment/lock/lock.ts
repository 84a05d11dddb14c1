/** What a file says is to be installed: locks with exact versions, and lists with ranges. One file of `locks/` for each kind. */
import { WaybillError } from '../../../base/errors.ts';
import type { Finding } from '../../../base/finding.ts';
import type { Marker, MarkerEnvironment } from '../python/markers.ts';
import type { Specifiers } from '../python/specifiers.ts';

export type PackageSource = 'index' | 'url' | 'vcs' | 'path' | 'editable';

export interface Dependency {
  /** Normalised. */
  readonly name: string;
  /** Where a lock has the package in several versions: this one. */
  readonly version?: string;
  readonly marker?: Marker;
  readonly extras?: readonly string[];
}

export interface LockedPackage {
  /** Normalised, as PEP 503 has it. */
  readonly name: string;
  /** The one version, where it is pinned. */
  readonly version?: string;
  /** The versions that will do, where it is not, or where both are said. */
  readonly specifiers?: Specifiers;
  /** When it counts; always, if absent. */
  readonly marker?: Marker;
  /** `sha256:…` of its files. */
  readonly hashes: readonly string[];
  readonly source: PackageSource;
  /** Where it stands: `requirements.txt:12`. */
  readonly at: string;
  /** What it needs in its turn, where the lock says it. */
  readonly dependencies?: readonly Dependency[];
  /** The same for what its extras add. */
  readonly optional?: Readonly<Record<string, readonly Dependency[]>>;
}

export interface Lock {
  readonly packages: readonly LockedPackage[];
  /** Range of Python versions that it is for. */
  readonly requiresPython?: Specifiers;
  /** Where a lock has more than is installed: what to begin with. Absent: all packages whose marker holds. */
  readonly roots?: readonly Dependency[];
  /** Values of markers that the lock itself gives. */
  readonly environment?: MarkerEnvironment;
  /** What of it was not understood. */
  readonly findings: readonly Finding[];
}

export interface LockFile {
  /** In the package. */
  readonly path: string;
  readonly text: string;
  /** Another file of the package, by its path there; undefined where there is none. */
  open(path: string): Promise<string | undefined>;
}

export interface LockReader {
  /** In documentation. */
  readonly id: string;
  readonly title: string;
  readonly specification: string;
  /** Names of such files, without folders. */
  readonly names: RegExp;
  /** The command that installs what it says. */
  install(path: string): string;
  /** @throws WaybillError LOCK_INVALID for what cannot be read at all, LIMIT_EXCEEDED */
  read(file: LockFile): Promise<Lock>;
}

/** Locks of the largest projects have some 10 MiB, most of it hashes. */
export const MAX_LOCK_SIZE: number = 64 * 1024 * 1024;
/** Locks of the largest projects have some 2,000. */
export const MAX_LOCKED_PACKAGES = 200_000;

export function invalidLock(path: string, found: string, cause?: unknown): WaybillError {
  return new WaybillError('LOCK_INVALID', `Cannot read ${path}: ${found}`, { cause });
}

/** @throws WaybillError LIMIT_EXCEEDED */
export function checkPackageCount(path: string, count: number): void {
  if (count > MAX_LOCKED_PACKAGES)
    throw new WaybillError('LIMIT_EXCEEDED', `Cannot read ${path}: it names more than ${MAX_LOCKED_PACKAGES} packages`);
}

/** What of a lock cannot be read, and is told instead of guessed. */
export function unreadPart(at: string, message: string): Finding {
  return { rule: 'lock-line', level: 'warning', path: at, message };
}
