/** What all property tests have in common: a fixed seed, and inputs that parsers meet. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { type ErrorCode, WaybillError } from '../../src/base/errors.ts';

/** The same runs every time; what a run finds becomes a test of its own. */
export const runs = (numRuns: number): { seed: number; numRuns: number } => ({ seed: 20_260_301, numRuns });

/** Text of any kind: letters, whole signs, halves of surrogate pairs, control characters. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string(),
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(...'aA0.:/@-_+~*\\ \0\n\r\t\u0130\u00df\ufeff\ufffd\ud800') }),
);

/** Damage to bytes: some are replaced, taken out or put in. */
export type Damage = readonly { readonly at: number; readonly cut: number; readonly put: Uint8Array }[];

export const anyDamage: fc.Arbitrary<Damage> = fc.array(
  fc.record({
    at: fc.nat(),
    cut: fc.oneof(fc.constant(1), fc.constant(0), fc.nat(600)),
    put: fc.oneof(fc.uint8Array({ maxLength: 2 }), fc.uint8Array({ maxLength: 600 })),
  }),
  { minLength: 1, maxLength: 4 },
);

export function damaged(bytes: Uint8Array, damage: Damage): Buffer {
  let result = Buffer.from(bytes);
  for (const { at, cut, put } of damage) {
    const place = at % (result.length + 1);
    result = Buffer.concat([result.subarray(0, place), put, result.subarray(place + cut)]);
  }
  return result;
}

/**
 * The result of work that may fail, but only in Waybill's own words.
 * @param codes the only ones that it may fail with; any if absent
 */
export function resultOf<Result>(work: () => Result, codes?: readonly ErrorCode[]): { value: Result } | WaybillError {
  try {
    return { value: work() };
  } catch (error) {
    return asOurs(error, codes);
  }
}

export async function resultOfAsync<Result>(
  work: () => Promise<Result>,
  codes?: readonly ErrorCode[],
): Promise<{ value: Result } | WaybillError> {
  try {
    return { value: await work() };
  } catch (error) {
    return asOurs(error, codes);
  }
}

function asOurs(error: unknown, codes: readonly ErrorCode[] | undefined): WaybillError {
  if (!(error instanceof WaybillError)) throw error;
  if (codes !== undefined) expect(codes).toContain(error.code);
  expect(error.message).toMatch(/^[A-Z].*: ./s);
  return error;
}
