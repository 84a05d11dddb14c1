/** What every kind of predicate promises: whatever stands in one, it is read or told what is wrong, in one line each. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/trust/encoding/signed-json.ts';
import { isSaid, type PredicateKind, type Said } from '../../src/trust/predicate/define.ts';
import { runs } from '../_support/properties.ts';

type Change = readonly [
  /** Where, in the good predicate. */
  path: readonly (string | number)[],
  /** What stands there instead; undefined takes it away. */
  value: unknown,
  /** What the problem says. */
  message: string | RegExp,
  /** Where the problem is, if not there. */
  at?: readonly (string | number)[],
];

export interface PredicateCases {
  readonly good: readonly (readonly [predicate: JsonObject, said: Said])[];
  /** Changes of the first good one. */
  readonly bad: readonly Change[];
}

export function testPredicate(kind: PredicateKind, { good, bad }: PredicateCases): void {
  describe(`${kind.id} keeps the contract of a predicate`, () => {
    test.each(good)('says what %j says', (predicate, said) => {
      expect(kind.read(predicate)).toEqual(said);
    });

    test.each(good)('lets members through that its specification does not know, unless it is ours: %j', (predicate) => {
      const read = kind.read({ ...predicate, 'https://example.com/extension': [{}] });
      expect(isSaid(read)).toBe(kind.id !== 'package');
    });

    const changes = bad.map(([path, value, message, at = path]) => ({ path, value, message, at }));
    test.each(changes)('refuses $path being $value', ({ path, value, message, at }) => {
      const read = kind.read(changed(good[0]?.[0] ?? {}, path, value));
      if (isSaid(read)) throw new Error(`it was read: ${read.summary}`);
      expect(read.map((problem) => problem.path)).toContainEqual(at);
      expect(read.map((problem) => problem.message).join('\n')).toMatch(message);
    });

    test('reads or refuses anything, and never in more than some lines', () => {
      const any = fc.oneof(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc
          .tuple(fc.constantFrom(...good.map(([predicate]) => predicate)), fc.nat(), fc.jsonValue())
          .map(([predicate, at, value]) => {
            const places = placesOf(predicate);
            return changed(predicate, places[at % places.length] ?? [], value);
          }),
      );
      fc.assert(
        fc.property(any, (predicate) => {
          const read = kind.read(predicate as JsonObject);
          if (isSaid(read)) expect(read.summary).not.toBe('');
          else expect(read.length).toBeLessThanOrEqual(50);
        }),
        runs(500),
      );
    });
  });
}

function placesOf(value: unknown, at: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [at];
  const inner = Object.entries(value).flatMap(([key, item]) =>
    placesOf(item, [...at, Array.isArray(value) ? Number(key) : key]),
  );
  return at.length === 0 ? inner : [at, ...inner];
}

function changed(predicate: JsonObject, path: readonly (string | number)[], value: unknown): JsonObject {
  const copy = structuredClone(predicate) as Record<string | number, unknown>;
  const parent = path.slice(0, -1).reduce<Record<string | number, unknown>>((part, key) => {
    return (part[key] ?? {}) as Record<string | number, unknown>;
  }, copy);
  const last = path.at(-1);
  if (last === undefined) return copy as JsonObject;
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy as JsonObject;
}
