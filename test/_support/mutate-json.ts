/** JSON documents that were good before something in them was changed. */
import fc from 'fast-check';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const OTHER_KEYS = [
  'x',
  'layers',
  'manifests',
  'digest',
  'Digest',
  'size',
  'mediaType',
  '__proto__',
  'toString',
  'urls',
  '',
];

const otherValue: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(
    null,
    true,
    0,
    -1,
    1.5,
    2 ** 53,
    1e300,
    '',
    '.',
    '..',
    'sha256:x',
    [],
    {},
    [[]],
    '\0',
    '\ud800',
  ),
  fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
);

interface Change {
  readonly place: number;
  readonly kind: 'replace' | 'remove' | 'add' | 'double' | 'copy' | 'edit';
  readonly key: string;
  readonly value: Json;
  readonly from: number;
}

/** Changes of some of its values; `changedBy` makes them. */
export const anyChanges: fc.Arbitrary<readonly Change[]> = fc.array(
  fc.record({
    place: fc.nat(),
    kind: fc.constantFrom('replace', 'remove', 'add', 'double', 'copy', 'edit'),
    key: fc.constantFrom(...OTHER_KEYS),
    value: otherValue,
    from: fc.nat(),
  }),
  { minLength: 1, maxLength: 3 },
);

export function changedBy(document: Json, changes: readonly Change[]): Json {
  return changes.reduce<Json>((value, change) => {
    const places = placesIn(value);
    const donor = valueAt(value, places[change.from % places.length] ?? []);
    return changeAt(value, places[change.place % places.length] ?? [], change, donor);
  }, document);
}

type Place = readonly (string | number)[];

function placesIn(value: Json, place: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [place];
  return [place, ...Object.entries(value).flatMap(([key, item]) => placesIn(item, [...place, key]))];
}

function valueAt(value: Json, [key, ...rest]: Place): Json {
  if (key === undefined || typeof value !== 'object' || value === null) return value;
  return valueAt((value as Record<string, Json>)[key] ?? null, rest);
}

function changeAt(value: Json, [key, ...rest]: Place, change: Change, donor: Json): Json {
  if (key === undefined) return change.kind === 'copy' ? donor : changed(value, change);
  if (typeof value !== 'object' || value === null) return value;
  const isHere = rest.length === 0 && change.kind === 'remove';
  const entries = Object.entries(value)
    .filter(([name]) => !(isHere && name === String(key)))
    .map(([name, item]): [string, Json] => [name, name === String(key) ? changeAt(item, rest, change, donor) : item]);
  return Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries);
}

function changed(value: Json, { kind, key, value: other }: Change): Json {
  if (kind === 'add' && Array.isArray(value)) return [...value, other];
  if (kind === 'add' && typeof value === 'object' && value !== null) return { ...value, [key]: other };
  if (kind === 'double' && Array.isArray(value)) return [...value, ...value];
  if (kind === 'edit' && typeof value === 'string') return `${value.slice(0, -1)}${key}`;
  if (kind === 'edit' && typeof value === 'number') return value + 1;
  return other;
}
