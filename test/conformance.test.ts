/** The conformance suite for ModelPack: what is published is what its script makes, and `waybill conformance` agrees with it. */
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { cases } from '../scripts/conformance/cases.ts';
import { SUITE_FOLDER, suiteFiles } from '../scripts/conformance/suite.ts';
import { checkConformance } from '../src/model/conformance/check.ts';
import { conformanceRules } from '../src/model/conformance/rules.ts';
import { verify } from '../src/model/verify.ts';
import { openLayout } from '../src/oci/layout/layout.ts';
import { withVectors } from './real/_vectors.ts';

const folder = path.join(import.meta.dirname, '..', SUITE_FOLDER);

test('the folder holds exactly what the script makes, and a README', () => {
  const expected = suiteFiles();
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  const found = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'));
  expect(found.sort()).toEqual([...expected.keys(), 'README.md'].sort());
  for (const [name, bytes] of expected) expect(fs.readFileSync(path.join(folder, name)).equals(bytes), name).toBe(true);
});

test('every rule has a case that breaks it, and every case a name of its own', () => {
  expect(new Set(cases.flatMap(({ breaks }) => breaks))).toEqual(new Set(Object.keys(conformanceRules)));
  expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
});

async function reportOf(layoutFolder: string) {
  await using layout = await openLayout(layoutFolder, 'read');
  const target = await layout.resolve('latest');
  if (target === undefined) throw new Error(`${layoutFolder} has no latest`);
  return {
    report: await checkConformance(layout, target),
    verified: await verify(layout, target).catch(() => undefined),
  };
}

const rulesOf = (findings: readonly { rule: string }[]) => [...new Set(findings.map(({ rule }) => rule))].sort();

describe('waybill conformance gives the expected findings of', () => {
  test.each(cases)('$id: $about', async ({ id, breaks }) => {
    const { report, verified } = await reportOf(path.join(folder, 'modelpack-0.0.7', id));
    expect(rulesOf(report.findings)).toEqual([...breaks].sort());
    const rules: Readonly<Record<string, { level: string }>> = conformanceRules;
    expect(report.verdict).toBe(breaks.some((rule) => rules[rule]?.level === 'error') ? 'fail' : 'pass');
    // What conforms without a word is read and restored by the rest of Waybill too.
    if (breaks.length === 0) expect(verified?.verdict).toBe('pass');
  });
});

withVectors('interop', (vectors) => {
  const notModelPack = ['modelpack-artifact-type', 'modelpack-config-type', 'modelpack-layer-type'];
  test.each([
    ['modctl-raw', []],
    ['modctl-raw-remote', []],
    ['modctl-tar', []],
    ['kit-modelpack-tar', ['modelpack-diff-id', 'modelpack-media-type']],
    ['kit-modelpack-tar-gzip', ['modelpack-diff-id', 'modelpack-media-type']],
    ['kit-native', [...notModelPack, 'modelpack-media-type']],
    ['kit-native-gzip', [...notModelPack, 'modelpack-media-type']],
    ['kit17-native', [...notModelPack, 'modelpack-media-type']],
    ['oras-titles', notModelPack],
  ] as const)('the report on %s, which another program wrote', async (name, rules) => {
    const { report } = await reportOf(path.join(vectors, name, 'layout'));
    expect(rulesOf(report.findings)).toEqual([...rules].sort());
    expect(report.verdict).toBe(rules.length === 0 ? 'pass' : 'fail');
  });
});
