/** Weights against the libraries that load them: which versions know the format, and which load it with a known hole. */

import type { Requires } from '../../waybill-file/environment.ts';
import { type LibraryFact, libraryFacts } from '../library-facts.ts';
import { normalizeName } from '../python/name.ts';
import { contains, parseSpecifiers } from '../python/specifiers.ts';
import { type FitFinding, finding } from './fit.ts';
import type { CheckedLocks } from './locks.ts';
import type { Weights } from './weights.ts';

interface Versions {
  readonly installed: ReadonlyMap<string, string> | undefined;
  readonly locks: CheckedLocks;
  /** Ranges by normalised name. */
  readonly stated: ReadonlyMap<string, string>;
}

export function checkFormats(
  weights: readonly Weights[],
  requires: Requires,
  { installed, locks }: Pick<Versions, 'installed' | 'locks'>,
): readonly FitFinding[] {
  const stated = new Map(Object.entries(requires.libraries ?? {}).map(([name, range]) => [normalizeName(name), range]));
  const versions = { installed, locks, stated };
  return libraryFacts.flatMap((fact) => {
    const files = weights.filter((one) => isAbout(fact, one));
    const [first] = files;
    if (first === undefined) return [];
    const subject = files.length === 1 ? first.path : `${first.path} and ${files.length - 1} more`;
    return checkFact(fact, subject, versions);
  });
}

function isAbout({ when }: LibraryFact, weights: Weights): boolean {
  if (!when.kinds.includes(weights.kind)) return false;
  if (when.dtypes !== undefined && !when.dtypes.some((dtype) => weights.dtypes.has(dtype))) return false;
  if (when.opsets !== undefined && !isWithin(weights.opset, when.opsets)) return false;
  if (when.irVersions !== undefined && !isWithin(weights.irVersion, when.irVersions)) return false;
  if (when.hasExternalData && !weights.hasExternalData) return false;
  return !when.hasChatTemplate || weights.hasChatTemplate;
}

function isWithin(value: number | undefined, [first, last]: readonly [number, number]): boolean {
  return value !== undefined && value >= first && value <= last;
}

/** A fact is about a library that the package names; about the only one that loads a format, in any case. */
function checkFact(fact: LibraryFact, subject: string, versions: Versions): readonly FitFinding[] {
  const { installed, locks, stated } = versions;
  const named = fact.libraries.filter((name) => stated.has(name) || locks.named.has(name));
  const present = fact.isOnlyLoader ? fact.libraries.filter((name) => installed?.has(name)) : [];
  const libraries = [...new Set([...named, ...present])];
  const [only = ''] = fact.libraries;
  const common = { rule: 'compat-format', subject, source: fact.source };
  if (libraries.length === 0) {
    if (!fact.isOnlyLoader) return [];
    return [
      finding('cannot-tell', {
        ...common,
        required: `${only} ${fact.needs ?? ''}`.trim(),
        message: `${fact.why}; nothing says which ${only} loads it`,
        remedy: remedyFor(only, fact),
      }),
    ];
  }
  return libraries.map((name) => {
    const required = fact.needs === undefined ? `not ${name}` : `${name} ${fact.needs}`;
    if (fact.needs === undefined)
      return finding('does-not-fit', {
        ...common,
        required,
        message: `${fact.why}; ${name} is what loads it`,
        remedy: remedyFor(name, fact),
      });
    const needs = parseSpecifiers(fact.needs);
    const candidates = [
      { version: locks.pinned.get(name), where: 'is locked' },
      { version: installed?.get(name), where: 'is installed' },
    ].flatMap(({ version, where }) => (version === undefined ? [] : [{ version, where }]));
    const bad = candidates.find(({ version }) => !contains(needs, version));
    if (bad !== undefined)
      return finding('does-not-fit', {
        ...common,
        required,
        found: bad.version,
        message: `${fact.why}; ${name} ${bad.version} ${bad.where}`,
        remedy: remedyFor(name, fact),
      });
    const good = candidates[0];
    if (good !== undefined)
      return finding('fits', {
        ...common,
        required,
        found: good.version,
        message: `${name} ${good.version} ${good.where}`,
      });
    if (startsWithin(stated.get(name) ?? '', fact.needs))
      return finding('fits', {
        ...common,
        required,
        found: stated.get(name) ?? '',
        message: `${name} ${stated.get(name)} is required`,
      });
    return finding('cannot-tell', {
      ...common,
      required,
      message: `${fact.why}; which ${name} will load it is not known`,
      remedy: remedyFor(name, fact),
    });
  });
}

/** Whether a range begins within what is needed, so that it cannot lead below it. */
function startsWithin(range: string, needs: string): boolean {
  const wanted = parseSpecifiers(needs);
  return parseSpecifiers(range).all.some(
    ({ operator, text, isPrefix }) =>
      ['>=', '==', '~=', '>', '==='].includes(operator) && !isPrefix && contains(wanted, text),
  );
}

function remedyFor(name: string, { needs, otherwise }: LibraryFact): string {
  return needs === undefined
    ? (otherwise ?? `Load it with something else than ${name}`)
    : `Require ${name} ${needs} in environment.requires.libraries, and lock it${otherwise === undefined ? '' : `; or ${otherwise}`}`;
}
