/** Holds that an artifact is refused for the right reason, everywhere, and that nothing of it is left. */
import fs from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { type ErrorCode, WaybillError } from '../../src/base/errors.ts';
import type { Finding } from '../../src/base/finding.ts';
import { type UnpackOptions, unpack } from '../../src/model/unpack/unpack.ts';
import { type Verification, verify } from '../../src/model/verify.ts';
import type { Made } from './artifact-maker.ts';
import { type OpenAttack, openAttack, storeKinds } from './stores.ts';

export interface Refusal {
  /** The finding of `verify`. */
  readonly rule: string;
  readonly path?: string;
  readonly message?: RegExp;
  /** What `unpack` throws. */
  readonly code: ErrorCode;
}

/** In a layout, an archive and in memory: `verify` fails with the finding, `unpack` throws the code and leaves nothing. */
export async function expectRefused(made: Made, refusal: Refusal): Promise<void> {
  for (const kind of storeKinds) {
    await using attack = await openAttack(kind, made);
    await expectRefusedIn(attack, refusal, `${made.folder}-${kind}`);
  }
}

/** The same in one store. @param place a folder to make, in which nothing may be left */
export async function expectRefusedIn({ store, target }: OpenAttack, refusal: Refusal, place: string): Promise<void> {
  const result = await verify(store, target);
  expect(result.verdict).toBe('fail');
  const errors = result.findings.filter(({ level }) => level === 'error');
  expect(
    errors.filter((finding) => isWanted(finding, refusal)),
    JSON.stringify(errors),
  ).not.toEqual([]);

  fs.mkdirSync(place, { recursive: true });
  const error = await failureOf(unpack(store, target, path.join(place, 'model')));
  expect(error.code, error.message).toBe(refusal.code);
  expect(fs.readdirSync(place)).toEqual([]);
}

function isWanted({ rule, path, message }: Finding, wanted: Refusal): boolean {
  return (
    rule === wanted.rule &&
    (wanted.path === undefined || path === wanted.path) &&
    (wanted.message?.test(message) ?? true)
  );
}

/** The error of work that must fail in Waybill's own words. */
export async function failureOf(work: Promise<unknown>): Promise<WaybillError> {
  const error = await work.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  );
  if (error instanceof WaybillError) return error;
  throw error;
}

/** The same for work that is done at once. */
export function thrownBy(work: () => unknown): WaybillError {
  try {
    work();
  } catch (error) {
    if (error instanceof WaybillError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

/** In all stores: `verify` passes and `unpack` restores; so that a refusal cannot be for another reason. */
export async function expectAccepted(made: Made, options: UnpackOptions = {}): Promise<readonly Verification[]> {
  const results: Verification[] = [];
  for (const kind of storeKinds) {
    await using attack = await openAttack(kind, made);
    const result = await verify(attack.store, attack.target);
    expect(result.verdict, JSON.stringify(result.findings)).toBe('pass');
    await unpack(attack.store, attack.target, `${made.folder}-${kind}-out`, options);
    results.push(result);
  }
  return results;
}
