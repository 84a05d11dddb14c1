/** What each version that was ever released signed about a package, by two roles and into a log, counts for ever. */
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeScratch } from '../_support/scratch.ts';
import { requirementsOf, runVerb } from '../_support/verbs.ts';

const scratch = makeScratch();
afterAll(() => scratch[Symbol.dispose]());

const FIXTURES = 'test/compat';
const versions = fs.readdirSync(FIXTURES).flatMap((name) => /^signed-(\d+\.\d+\.\d+)$/.exec(name)?.[1] ?? []);

/** Long after they were signed. */
const LATER = Date.UTC(2046, 0, 1);

test('there is a fixture', () => {
  expect(versions).toContain('0.1.0');
});

test.each(versions)('a package signed by %s, its statements and its proofs in a log', async (version) => {
  const folder = path.resolve(FIXTURES, `signed-${version}`);
  const machine = { folder: scratch.at(version), now: LATER };
  const reference = `oci-archive:${folder}/package.tar:acme/four:1.0.0`;
  const trust = ['--trust', `${folder}/trust.yaml`];

  const verified = await runVerb(['verify', reference, ...trust, '--repository', 'acme/four'], machine);
  expect(verified.error).toBeUndefined();
  expect(requirementsOf(verified)).toEqual(['satisfied', 'satisfied']);
  expect(verified.status).toBe(0);

  const files = path.join(machine.folder, 'files');
  const key = ['--key', `${folder}/publisher.pub`];
  const unpacked = await runVerb(
    ['unpack', reference, files, ...trust, '--repository', 'acme/four', '--with-signature', ...key],
    machine,
  );
  expect(unpacked.error).toBeUndefined();
  expect(fs.readFileSync(`${files}/model.sig`)).toEqual(fs.readFileSync(`${folder}/model.sig`));
  const signature = await runVerb(['verify', files, '--signature', `${folder}/model.sig`, ...key], machine);
  expect(signature).toMatchObject({ status: 0, output: { verdict: 'pass' } });
});

test.each(versions)('the same of %s is refused where each key has the role of the other', async (version) => {
  const folder = path.resolve(FIXTURES, `signed-${version}`);
  const policy = scratch.at(`trust-${version}.yaml`);
  const text = fs.readFileSync(`${folder}/trust.yaml`, 'utf8').replaceAll('file: ', `file: ${folder}/`);
  const other = { publisher: 'evaluator', evaluator: 'publisher' } as const;
  fs.writeFileSync(
    policy,
    text.replace(/(publisher|evaluator)(?=\.pub)/g, (name) => other[name as keyof typeof other]),
  );
  const reference = `oci-archive:${folder}/package.tar:acme/four:1.0.0`;
  const machine = { folder: scratch.at(`${version}-refused`), now: LATER };
  const verified = await runVerb(['verify', reference, '--trust', policy, '--repository', 'acme/four'], machine);
  expect(verified.error).toBeUndefined();
  expect(requirementsOf(verified)).toEqual(['wrong-role', 'wrong-role']);
  expect(verified.status).toBe(1);
});
