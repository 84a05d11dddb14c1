/** Where the keys of the reference page stand in a file: `interface.inputs[].nan` at `interface.inputs.0.nan`. */
import type { At } from '../../base/yaml/edit.ts';

export interface PlacedKey {
  readonly at: At;
  /** What it stands in. */
  readonly section: Readonly<Record<string, unknown>>;
}

/** @param key members joined by dots, `[]` behind a list */
export function placesOf(value: unknown, key: string): readonly PlacedKey[] {
  const steps = key.split('.').flatMap((part) => (part.endsWith('[]') ? [part.slice(0, -2), '[]'] : [part]));
  return descend(value, steps, []);
}

function descend(value: unknown, [step, ...rest]: readonly string[], at: At): readonly PlacedKey[] {
  if (step === undefined || typeof value !== 'object' || value === null) return [];
  if (step === '[]')
    return Array.isArray(value) ? value.flatMap((item, index) => descend(item, rest, [...at, index])) : [];
  if (Array.isArray(value) || !Object.hasOwn(value, step)) return [];
  const section: Readonly<Record<string, unknown>> = { ...value };
  const place = [...at, step];
  return rest.length === 0 ? [{ at: place, section }] : descend(section[step], rest, place);
}
