/**
 * Every byte of a signed package, its signatures and what carries them, changed one at a time: the policy
 * refuses each, in words and at once. A changed byte elsewhere in the layout is refused, or changes nothing.
 */
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WaybillError } from '../../src/base/errors.ts';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import { encodedOf } from '../../src/oci/digest.ts';
import { withFlippedBit } from '../_support/flip.ts';
import { demand, GATED, release, state } from '../_support/publishing.ts';
import { seeded } from '../_support/random.ts';
import { makeScratch } from '../_support/scratch.ts';
import { ask, attestationOf, policyFor, published, summary, VSA } from '../_support/trust-cases.ts';
import { newKey } from '../_support/trust-files.ts';
import { type Machine, runVerb, storeOf } from '../_support/verbs.ts';

const scratch = makeScratch();
const random = seeded(20_261_127);
const keys = { publisher: newKey(), gate: newKey() };
let machine: Machine;
let target: Descriptor;
let words: readonly string[];
/** Every blob, by what it is. */
const blobs = new Map<string, string>();

beforeAll(async () => {
  machine = { folder: scratch.at('machine') };
  fs.mkdirSync(machine.folder);
  target = await release(machine, { signer: keys.publisher.signer });
  await state(machine, target, keys.gate.signer);
  words = ['verify', 'acme/digits:1.0.0', '--trust', demand(machine, keys, { require: [GATED] })];
  const folder = path.join(storeOf(machine), 'blobs', 'sha256');
  const counts = new Map<string, number>();
  for (const name of fs.readdirSync(folder)) {
    const text = fs.readFileSync(path.join(folder, name), 'utf8');
    const kind =
      name === encodedOf(target.digest)
        ? 'manifest'
        : text.includes('"subject":{')
          ? 'referrer'
          : text.includes('dsseEnvelope')
            ? 'bundle'
            : 'content';
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    blobs.set(`${kind} ${counts.get(kind)}`, path.join(folder, name));
  }
});
afterAll(() => scratch[Symbol.dispose]());

test('the package is trusted before anything is changed, and holds what these tests change', async () => {
  const { status, output } = await runVerb(words, machine);
  expect([status, output?.['verdict']]).toEqual([0, 'pass']);
  const kinds = [...blobs.keys()].map((name) => name.replace(/ \d+$/, ''));
  expect(['manifest', 'referrer', 'bundle'].map((kind) => kinds.filter((one) => one === kind).length)).toEqual([
    1, 3, 3,
  ]);
  // Weights, waybill.yaml, SHA256SUMS, the configuration, and the empty one that referrers share.
  expect(kinds.filter((kind) => kind === 'content')).toHaveLength(5);
});

describe('a changed byte is refused with exit status 1', { timeout: 300_000 }, () => {
  test.each(['manifest', 'referrer', 'bundle', 'content'])('anywhere in each %s', async (kind) => {
    let tried = 0;
    for (const [name, file] of blobs) {
      if (!name.startsWith(kind) || isShared(file)) continue;
      const { size } = fs.statSync(file);
      for (let at = 0; at < size; at++) {
        const bit = random.below(8);
        const { status } = await withFlippedBit(file, at, bit, () => runVerb(words, machine));
        if (status !== 1) expect.fail(`${name} with bit ${bit} of byte ${at} flipped: exit status ${status}`);
        tried += 1;
      }
    }
    expect(tried).toBeGreaterThan(300);
  });
});

test('a changed byte of a bundle that is attached anew never counts, unless what is signed is the same', {
  timeout: 120_000,
}, async () => {
  const policy = policyFor(keys, [{ role: 'gate', predicateType: VSA, result: 'PASSED' }]);
  const good = [...(await published(keys.publisher.signer)), await summary(keys.gate.signer)];
  expect(ask(policy, good).verdict).toBe('pass');
  let passed = 0;
  for (const [index, { bundle }] of good.entries()) {
    const bytes = bundle?.bytes ?? Buffer.alloc(0);
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ (1 << random.below(8));
      const attestation = await attestationOf(changed).catch((error: unknown) => error);
      if (attestation instanceof WaybillError) continue;
      if (attestation instanceof Error) throw attestation;
      const { verdict } = ask(policy, good.with(index, attestation as (typeof good)[number]));
      if (verdict !== 'pass') continue;
      passed += 1;
      expect((attestation as (typeof good)[number]).bundle?.envelope.payload).toEqual(bundle?.envelope.payload);
    }
  }
  // Only the hint may differ, which is no reason to believe anything.
  expect(passed).toBeLessThan(2 * 64 * 2);
});

describe('a changed byte elsewhere is refused, or changes nothing', { timeout: 120_000 }, () => {
  test.each(['index.json', 'oci-layout'])('anywhere in %s', async (name) => {
    const file = path.join(storeOf(machine), name);
    const outcomes = new Set<string>();
    for (let at = 0; at < fs.statSync(file).size; at++) {
      const { status, output } = await withFlippedBit(file, at, random.below(8), () => runVerb(words, machine));
      outcomes.add(status === 0 ? `pass ${String(output?.['digest'])}` : 'refused');
    }
    outcomes.delete('refused');
    expect([...outcomes].filter((outcome) => outcome !== `pass ${target.digest}`)).toEqual([]);
  });

  test('in the empty configuration that what is attached shares', async () => {
    const file = [...blobs.values()].find(isShared) ?? '';
    for (let at = 0; at < 2; at++) {
      const { status, output } = await withFlippedBit(file, at, 1, () => runVerb(words, machine));
      if (status === 0) expect(output?.['digest']).toBe(target.digest);
    }
  });
});

test('what is damaged is told in words, not thrown as a bug', async () => {
  const [, file = ''] = [...blobs].find(([name]) => name.startsWith('bundle')) ?? [];
  const { error, output } = await withFlippedBit(file, 10, 1, () => runVerb(words, machine));
  if (error !== undefined) expect(error).toBeInstanceOf(WaybillError);
  else expect(JSON.stringify(output?.['requirements'])).toMatch(/malformed|wrong-files|missing/);
});

/** `{}`: no tool reads it, and each byte of it is as good as another. */
function isShared(file: string): boolean {
  return fs.statSync(file).size === 2;
}
