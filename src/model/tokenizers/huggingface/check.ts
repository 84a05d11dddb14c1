/** Small checks of values in `tokenizer.json`, put together in tables. */
import { isObject, type JsonObject } from '../../json/read-object.ts';
import { isSize, isUint32 } from './numbers.ts';

/** Says what is wrong with a value; undefined when nothing is. */
export type Check = (value: unknown) => string | undefined;

const check =
  (wanted: string, is: (value: unknown) => boolean): Check =>
  (value) =>
    is(value) ? undefined : `must be ${wanted}`;

export const flag: Check = check('true or false', (value) => typeof value === 'boolean');
export const text: Check = check('a text', (value) => typeof value === 'string');
export const uint32: Check = check('a whole number of 32 bits', isUint32);
export const size: Check = check('a whole number', isSize);
export const letter: Check = check(
  'a single character',
  (value) => typeof value === 'string' && [...value].length === 1,
);

export const oneOf = (...words: readonly string[]): Check =>
  check(`one of ${words.join(', ')}`, (value) => typeof value === 'string' && words.includes(value));

/** Absent or null is fine too. */
export const optional =
  (inner: Check): Check =>
  (value) =>
    value === undefined || value === null ? undefined : inner(value);

/** Absent is fine too; null is not. */
export const omissible =
  (inner: Check): Check =>
  (value) =>
    value === undefined ? undefined : inner(value);

export const listOf =
  (inner: Check): Check =>
  (value) =>
    Array.isArray(value) ? firstOf(value.map((item, index) => [String(index), inner(item)])) : 'must be a list';

export const pairOf =
  (...inner: readonly Check[]): Check =>
  (value) =>
    Array.isArray(value) && value.length === inner.length
      ? firstOf(inner.map((each, index) => [String(index), each(value[index])]))
      : `must be a list of ${inner.length}`;

export const objectOf =
  (inner: Check): Check =>
  (value) =>
    isObject(value) ? firstOf(Object.entries(value).map(([key, item]) => [key, inner(item)])) : 'must be an object';

/** Known keys; others may be there. */
export const fields =
  (keys: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isObject(value) ? problemIn(value, keys) : 'must be an object';

/** Exactly one of the keys, and no other. */
export const variant =
  (keys: Readonly<Record<string, Check>>): Check =>
  (value) => {
    const [key, ...more] = isObject(value) ? Object.keys(value) : [];
    const inner = key !== undefined && Object.hasOwn(keys, key) ? keys[key] : undefined;
    if (inner === undefined || key === undefined || more.length > 0)
      return `must be one of ${Object.keys(keys).join(', ')}`;
    return inner((value as JsonObject)[key]);
  };

function problemIn(object: JsonObject, keys: Readonly<Record<string, Check>>): string | undefined {
  return firstOf(
    Object.entries(keys).map(([key, inner]) => [key, inner(Object.hasOwn(object, key) ? object[key] : undefined)]),
  );
}

function firstOf(problems: readonly (readonly [string, string | undefined])[]): string | undefined {
  const found = problems.find(([, problem]) => problem !== undefined);
  return found && `${found[0]}: ${found[1]}`;
}
