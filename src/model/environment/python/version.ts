/** Versions of Python distributions: their form and their order. "Version specifiers" of packaging.python.org, from PEP 440. */
import { invalidRequirement } from './invalid.ts';

type Whole = number | bigint;

export interface Version {
  readonly epoch: Whole;
  readonly release: readonly Whole[];
  /** `a`, `b` or `rc`, with its number. */
  readonly pre?: readonly [string, Whole];
  readonly post?: Whole;
  readonly dev?: Whole;
  /** What stands behind `+`: `cu118`, a date. */
  readonly local?: readonly (string | Whole)[];
}

/** Real ones have some 20 characters, with a commit of 40 behind them. */
const MAX_VERSION_LENGTH = 1000;

const PRE = '[._-]?(alpha|beta|preview|pre|a|b|c|rc)[._-]?([0-9]*)';
const POST = '-([0-9]+)|[._-]?(?:post|rev|r)[._-]?([0-9]*)';
const DEV = '[._-]?dev[._-]?([0-9]*)';
const LOCAL = '[a-z0-9]+(?:[._-][a-z0-9]+)*';
const VERSION = new RegExp(
  `^\\s*v?(?:([0-9]+)!)?([0-9]+(?:\\.[0-9]+)*)(?:${PRE})?(${POST})?(${DEV})?(?:\\+(${LOCAL}))?\\s*$`,
  'i',
);
const PRE_NAMES: Readonly<Record<string, string>> = { alpha: 'a', beta: 'b', c: 'rc', pre: 'rc', preview: 'rc' };

/** @throws WaybillError REQUIREMENT_INVALID */
export function parseVersion(text: string): Version {
  const version = readVersion(text);
  if (version === undefined) throw invalidRequirement(text, 0, 'a version, as PEP 440 has them (2.1.0, 1.0rc1)');
  return version;
}

/** @returns undefined for what is no version */
export function readVersion(text: string): Version | undefined {
  if (text.length > MAX_VERSION_LENGTH) return undefined;
  const parts = VERSION.exec(text);
  if (parts === null) return undefined;
  const [, epoch, release = '', pre, preNumber, post, postNumber, postWord, dev, devNumber, local] = parts;
  const name = pre?.toLowerCase();
  return {
    epoch: whole(epoch),
    release: release.split('.').map(whole),
    ...(name === undefined ? {} : { pre: [PRE_NAMES[name] ?? name, whole(preNumber)] as const }),
    ...(post === undefined ? {} : { post: whole(postNumber ?? postWord) }),
    ...(dev === undefined ? {} : { dev: whole(devNumber) }),
    ...(local === undefined
      ? {}
      : {
          local: local
            .toLowerCase()
            .split(/[._-]/)
            .map((part) => (/^[0-9]+$/.test(part) ? whole(part) : part)),
        }),
  };
}

/** Negative when `a` comes before `b`, 0 for two ways to write one version. */
export function compareVersions(a: Version, b: Version): number {
  return comparePublic(a, b) || compareLocal(a.local, b.local);
}

/** Without what stands behind `+`. */
export function comparePublic(a: Version, b: Version): number {
  return (
    compare(a.epoch, b.epoch) ||
    compareReleases(a.release, b.release) ||
    comparePre(a, b) ||
    compare(a.post ?? -1, b.post ?? -1) ||
    compare(a.dev ?? Number.POSITIVE_INFINITY, b.dev ?? Number.POSITIVE_INFINITY)
  );
}

/** Numbers of a release one by one; what is missing is 0. */
export function compareReleases(a: readonly Whole[], b: readonly Whole[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const order = compare(a[at] ?? 0, b[at] ?? 0);
    if (order !== 0) return order;
  }
  return 0;
}

export function isPreRelease({ pre, dev }: Version): boolean {
  return pre !== undefined || dev !== undefined;
}

/** The one way to write it. */
export function formatVersion({ epoch, release, pre, post, dev, local }: Version): string {
  return [
    epoch > 0 ? `${epoch}!` : '',
    release.join('.'),
    pre === undefined ? '' : pre.join(''),
    post === undefined ? '' : `.post${post}`,
    dev === undefined ? '' : `.dev${dev}`,
    local === undefined ? '' : `+${local.join('.')}`,
  ].join('');
}

/** As numbers where those are exact. */
function whole(digits: string | undefined): Whole {
  const text = digits ?? '';
  if (text.length < 16) return Number(text);
  const value = BigInt(text);
  return value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}

function compare(a: Whole, b: Whole): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A development release of the version itself comes before its pre-releases, the version behind them. */
function comparePre(a: Version, b: Version): number {
  const rankOf = ({ pre, post, dev }: Version) =>
    pre !== undefined ? 0 : post === undefined && dev !== undefined ? -1 : 1;
  const order = rankOf(a) - rankOf(b);
  if (order !== 0 || a.pre === undefined || b.pre === undefined) return order;
  const [aName, aNumber] = a.pre;
  const [bName, bNumber] = b.pre;
  return aName === bName ? compare(aNumber, bNumber) : aName < bName ? -1 : 1;
}

/** Part by part: text before numbers, fewer parts before more. */
function compareLocal(a: Version['local'], b: Version['local']): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const [left = '', right = ''] = [a[at], b[at]];
    if (typeof left === 'string' && typeof right === 'string') {
      if (left !== right) return left < right ? -1 : 1;
    } else if (typeof left === 'string' || typeof right === 'string') {
      return typeof left === 'string' ? -1 : 1;
    } else if (left !== right) return compare(left, right);
  }
  return a.length - b.length;
}
