/**
 * JSON in which 1 and 1.0 are two things, as they are for the reference reader: whole numbers that are written as
 * fractions become a `Fraction`. Duplicate keys, halves of signs and numbers without end are refused.
 */
import { WaybillError } from '../../../base/errors.ts';
import { parseStrictJson } from '../../../base/strict-json.ts';
import type { JsonFile } from '../../json/read-object.ts';

/** A whole number written with a point or a power: 1.0, 1e3, -0. */
export class Fraction {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }

  valueOf(): number {
    return this.value;
  }
}

/** Seldom true: such a number, or an escape of half a sign. Inside of texts it is harmless, and only costs time. */
const SUSPICIOUS = /\d[.eE]|-0|\\u[dD][89a-fA-F]/;

/** @throws WaybillError FORMAT_INVALID */
export function parseExactJson({ name, bytes }: JsonFile): unknown {
  const refuse = (found: string) => new WaybillError('FORMAT_INVALID', `Cannot read ${name}: ${found}`);
  let value: unknown;
  try {
    value = parseStrictJson(bytes, name);
  } catch (error) {
    if (!(error instanceof WaybillError)) throw error;
    throw new WaybillError('FORMAT_INVALID', error.message, { cause: error.cause });
  }
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
  if (!SUSPICIOUS.test(text)) return value;
  return JSON.parse(text, (key, value: unknown, context?: { source?: string }) => {
    if (!key.isWellFormed() || (typeof value === 'string' && !value.isWellFormed()))
      throw refuse('it has half of a sign in a text');
    if (typeof value !== 'number') return value;
    if (!Number.isFinite(value)) throw refuse(`it has the number ${context?.source}`);
    return Number.isInteger(value) && !/^(?:0|-?[1-9]\d*)$/.test(context?.source ?? '') ? new Fraction(value) : value;
  });
}

export function isNumber(value: unknown): value is number | Fraction {
  return typeof value === 'number' || value instanceof Fraction;
}

/** A whole number that 32 bits can hold. */
export function isUint32(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff;
}

/** A whole number of any size that is exact. */
export function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
