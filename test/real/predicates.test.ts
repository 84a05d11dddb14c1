/**
 * What we check of predicates against those who wrote their schemas: in-toto's own Python package, the libraries of
 * CycloneDX and SPDX. Good ones are good to both. Of ones that were changed at random: what those who check more accept,
 * we accept; what we accept, those who check less can read.
 */

import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/trust/encoding/signed-json.ts';
import { isSaid, type PredicateKind, type PredicateProblem } from '../../src/trust/predicate/define.ts';
import { predicateKinds } from '../../src/trust/predicates/index.ts';
import { anyChanges, changedBy, type Json } from '../_support/mutate-json.ts';
import { predicateSamples } from './_predicate-samples.ts';
import { installLocked } from './_python.ts';
import { repository, run } from './_run.ts';

const MUTANTS = 1_500;
/** Numbers that programs round, half pairs and __proto__ are refused in every predicate, before its kind is asked. */
const isPlain = (text: string) => !/\\ud[89a-f]|9007199254740992|e\+300|"__proto__"/i.test(text);
/** spdx-tools takes what is false for a list that is absent, and a text with blanks for a namespace. */
const isLenience = ({ path: [member] }: PredicateProblem) =>
  ['packages', 'files', 'relationships', 'documentNamespace'].includes(String(member));

const folder = path.join(repository, 'test', 'real');
const python = installLocked('predicates', path.join(folder, 'requirements-predicates.lock'));

function others(cases: readonly (readonly [string, Json])[]): readonly (string | null)[] {
  const { stdout } = run(python, [path.join(folder, '_check-predicates.py')], { input: JSON.stringify(cases) });
  return JSON.parse(stdout);
}

const kindNamed = (id: string): PredicateKind => {
  const kind = predicateKinds.find((one) => one.id === id);
  if (kind === undefined) throw new Error(`no kind ${id}`);
  return kind;
};
const accepts = (id: string, predicate: Json) => isSaid(kindNamed(id).read(predicate as JsonObject));

const isForgiven = (id: string, mutant: Json) => {
  const read = kindNamed(id).read(mutant as JsonObject);
  return id === 'spdx' && !isSaid(read) && read.every((problem) => problem.path.length === 1 && isLenience(problem));
};

const isObject = (value: Json) => typeof value === 'object' && value !== null && !Array.isArray(value);
const mutantsOf = (sample: Json) =>
  fc
    .sample(anyChanges, { numRuns: MUTANTS, seed: 7 })
    .map((changes) => changedBy(sample, changes))
    .filter((mutant) => isObject(mutant) && isPlain(JSON.stringify(mutant)));

test('a good predicate of each kind is good to both', () => {
  const cases = Object.entries(predicateSamples);
  expect(others(cases)).toEqual(cases.map(() => null));
  expect(cases.filter(([id, sample]) => !accepts(id, sample))).toEqual([]);
});

describe.each(['provenance', 'vsa', 'test-result'])('%s', (id) => {
  test('what we accept, in-toto reads', () => {
    const mutants = mutantsOf(predicateSamples[id] ?? null);
    const verdicts = others(mutants.map((mutant) => [id, mutant]));
    const wrong = mutants.filter((mutant, at) => accepts(id, mutant) && verdicts[at] !== null);
    report(id, mutants, verdicts);
    expect(wrong.map((mutant) => [JSON.stringify(mutant), verdicts[mutants.indexOf(mutant)]])).toEqual([]);
  });
});

describe.each(['cyclonedx', 'spdx'])('%s', (id) => {
  test('what its own library accepts, we accept', () => {
    const mutants = mutantsOf(predicateSamples[id] ?? null);
    const verdicts = others(mutants.map((mutant) => [id, mutant]));
    const wrong = mutants.filter(
      (mutant, at) => verdicts[at] === null && !accepts(id, mutant) && !isForgiven(id, mutant),
    );
    report(id, mutants, verdicts);
    expect(wrong.map((mutant) => [JSON.stringify(mutant), kindNamed(id).read(mutant as JsonObject)])).toEqual([]);
  });
});

function report(id: string, mutants: readonly Json[], verdicts: readonly (string | null)[]): void {
  const both = mutants.filter((mutant, at) => !accepts(id, mutant) && verdicts[at] !== null).length;
  const ours = mutants.filter((mutant) => !accepts(id, mutant)).length;
  const theirs = verdicts.filter((verdict) => verdict !== null).length;
  console.info(`${id}: ${mutants.length} changed ones; refused by us ${ours}, by others ${theirs}, by both ${both}`);
  expect(both).toBeGreaterThan(mutants.length / 20);
}
