/**
 * Takes known keys out of a JSON object that others wrote. `null` counts as absent; a value of another type is told as a
 * finding, with its key, and left out; unknown keys are nobody's business.
 */
import type { Finding } from '../../base/finding.ts';
import { isObject, type JsonObject, showJson } from './read-object.ts';

export interface FieldsPlace {
  /** The file, for findings. */
  readonly file: string;
  /** Receives what is found. */
  readonly findings: Finding[];
  /** The path of keys that leads to the object, with a dot at its end. */
  readonly prefix?: string;
}

export class Fields {
  readonly object: JsonObject;
  readonly #place: FieldsPlace;

  constructor(object: JsonObject, place: FieldsPlace) {
    this.object = object;
    this.#place = place;
  }

  has(key: string): boolean {
    return this.raw(key) !== undefined;
  }

  /** Whatever it is; not what every object has. */
  raw(key: string): unknown {
    return Object.hasOwn(this.object, key) ? (this.object[key] ?? undefined) : undefined;
  }

  text(key: string): string | undefined {
    return this.#take(key, 'text', (value) => typeof value === 'string');
  }

  flag(key: string): boolean | undefined {
    return this.#take(key, 'true or false', (value) => typeof value === 'boolean');
  }

  /** A whole number from 0 on. */
  count(key: string): number | undefined {
    return this.#take(key, 'a whole number', isCount);
  }

  number(key: string): number | undefined {
    return this.#take(key, 'a number', (value) => typeof value === 'number');
  }

  texts(key: string): readonly string[] | undefined {
    return this.#take(key, 'a list of texts', isTexts);
  }

  /** Of an object whose values are texts; others are left out and told. */
  textsByKey(key: string): ReadonlyMap<string, string> {
    const inner = this.inner(key);
    const found = new Map<string, string>();
    for (const name of Object.keys(inner?.object ?? {})) {
      const text = inner?.text(name);
      if (text !== undefined) found.set(name, text);
    }
    return found;
  }

  inner(key: string): Fields | undefined {
    const object = this.#take(key, 'an object', isObject);
    return object && new Fields(object, { ...this.#place, prefix: `${this.#place.prefix ?? ''}${key}.` });
  }

  /** Tells that a value cannot be used. */
  refuse(key: string, wanted: string): void {
    this.#place.findings.push({
      rule: 'model-config-value',
      level: 'warning',
      path: this.#place.file,
      message: `${this.#place.prefix ?? ''}${key} is ${showJson(this.object[key])}, and should be ${wanted}: it is not used`,
    });
  }

  #take<Kind>(key: string, wanted: string, is: (value: unknown) => value is Kind): Kind | undefined {
    const value = this.raw(key);
    if (value === undefined || is(value)) return value;
    this.refuse(key, wanted);
    return undefined;
  }
}

export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

export function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
