/** Parts that several kinds of locks have: names, markers, ranges, dependencies. What cannot be read of them is told. */
import { WaybillError } from '../../../base/errors.ts';
import type { Finding } from '../../../base/finding.ts';
import { type Marker, parseMarker } from '../python/markers.ts';
import { isName, normalizeName } from '../python/name.ts';
import { parseRequirement } from '../python/requirements.ts';
import { parseSpecifiers, type Specifiers } from '../python/specifiers.ts';
import { formatVersion, parseVersion } from '../python/version.ts';
import { invalidLock, type LockedPackage, unreadPart } from './lock.ts';

/** A lock under way: where its parts stand, and what of them was not understood. */
export interface Reading {
  readonly path: string;
  readonly findings: Finding[];
}

/** What a part says, or undefined and a finding. */
export function attempt<Value>({ findings }: Reading, at: string, read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof WaybillError) || error.code !== 'REQUIREMENT_INVALID') throw error;
    findings.push(unreadPart(at, error.message));
    return undefined;
  }
}

/** @throws WaybillError LOCK_INVALID: a package without a name makes a lock worthless */
export function nameOf(path: string, name: string | undefined): string {
  if (name === undefined || !isName(name))
    throw invalidLock(path, `it has a package of the name ${JSON.stringify(name)}`);
  return normalizeName(name);
}

/** Undefined where none is stated; a marker that is not understood never holds for certain. */
export function markerOf(reading: Reading, at: string, text: string | undefined): { marker?: Marker } {
  if (text === undefined || text.trim() === '') return {};
  const marker = attempt(reading, at, () => parseMarker(text));
  return { marker: marker ?? UNKNOWN };
}

/** A comparison with what no environment states. */
const UNKNOWN: Marker = {
  kind: 'comparison',
  left: { variable: 'not_understood' },
  operator: '==',
  right: { text: '' },
};

export function versionOf(reading: Reading, at: string, text: string | undefined): { version?: string } {
  if (text === undefined) return {};
  return { version: attempt(reading, at, () => formatVersion(parseVersion(text))) ?? text };
}

export function rangeOf(reading: Reading, at: string, text: string | undefined): Specifiers | undefined {
  return text === undefined || text.trim() === '' ? undefined : attempt(reading, at, () => parseSpecifiers(text));
}

/** A requirement as PEP 508 writes it; a range that takes one version alone pins it. */
export function requirementOf(reading: Reading, at: string, text: string): LockedPackage | undefined {
  const requirement = attempt(reading, at, () => parseRequirement(text));
  if (requirement === undefined) return undefined;
  const { name, specifiers, url, marker } = requirement;
  const [only, ...others] = specifiers.all;
  const isPin = others.length === 0 && !only?.isPrefix && (only?.operator === '==' || only?.operator === '===');
  return {
    name,
    ...(isPin && only !== undefined ? { version: only.text } : {}),
    ...(specifiers.all.length === 0 ? {} : { specifiers }),
    ...(marker === undefined ? {} : { marker }),
    hashes: [],
    source: url === undefined ? 'index' : sourceOf(url),
    at,
  };
}

export function sourceOf(url: string): LockedPackage['source'] {
  if (/^(?:git|hg|svn|bzr)\+/.test(url)) return 'vcs';
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(url) && !url.startsWith('file:') ? 'url' : 'path';
}
