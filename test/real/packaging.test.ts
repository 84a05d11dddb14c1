/**
 * Versions, ranges, requirements and markers: ours says of every text in the tests of `packaging` what that says,
 * pairs of versions and ranges included. Its tests come with its source, by pip, under its hash.
 */
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { WaybillError } from '../../src/base/errors.ts';
import { evaluateMarker, type MarkerEnvironment, parseMarker } from '../../src/model/environment/python/markers.ts';
import { parseRequirement } from '../../src/model/environment/python/requirements.ts';
import { contains, parseSpecifiers } from '../../src/model/environment/python/specifiers.ts';
import {
  compareVersions,
  formatVersion,
  parseVersion,
  readVersion,
} from '../../src/model/environment/python/version.ts';
import { referencePython } from './_python.ts';
import { repository, run } from './_run.ts';
import { cacheFolder } from './_tools.ts';

interface Cases {
  readonly texts: readonly string[];
  readonly versions: Readonly<Record<string, string>>;
  readonly order: readonly (readonly [string, string, number])[];
  readonly ranges: readonly string[];
  readonly contains: readonly (readonly [string, string, boolean])[];
  readonly requirements: Readonly<
    Record<string, { name: string; extras: string[]; url: string | null; ranges: number; marker: boolean }>
  >;
  readonly environments: readonly MarkerEnvironment[];
  readonly markers: Readonly<Record<string, readonly (boolean | null)[]>>;
}

const cases = readCases();

/** Undefined for what is refused. */
function ifRead<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof WaybillError && error.code === 'REQUIREMENT_INVALID') return undefined;
    throw error;
  }
}

test('there are cases of every kind', () => {
  expect(Object.keys(cases.versions).length).toBeGreaterThan(400);
  expect(cases.ranges.length).toBeGreaterThan(400);
  expect(Object.keys(cases.requirements).length).toBeGreaterThan(500);
  expect(Object.keys(cases.markers).length).toBeGreaterThan(100);
});

test('the same texts are versions, and are written the same way', () => {
  for (const text of cases.texts) {
    const version = readVersion(text);
    expect(version === undefined ? undefined : formatVersion(version), text).toBe(cases.versions[text]);
  }
});

test('versions have the same order', () => {
  for (const [a, b, order] of cases.order)
    expect(Math.sign(compareVersions(parseVersion(a), parseVersion(b))), `${a} and ${b}`).toBe(order);
});

test('the same texts are ranges, but for commas with nothing between them', () => {
  const theirs = new Set(cases.ranges.filter((text) => !/(?:^|,)\s*,/.test(text)));
  for (const text of cases.texts)
    expect(ifRead(() => parseSpecifiers(text)) !== undefined, text).toBe(theirs.has(text));
});

test('the same versions are in the same ranges', () => {
  let compared = 0;
  for (const [range, version, isIn] of cases.contains) {
    const specifiers = ifRead(() => parseSpecifiers(range));
    if (specifiers === undefined) continue;
    expect(contains(specifiers, version), `${version} in ${range}`).toBe(isIn);
    compared += 1;
  }
  expect(compared).toBeGreaterThan(100_000);
});

test('the same texts are requirements, and say the same', () => {
  for (const text of cases.texts) {
    const ours = ifRead(() => parseRequirement(text));
    const seen = ours && {
      name: ours.name,
      extras: [...new Set(ours.extras)].sort(),
      url: ours.url ?? null,
      ranges: ours.specifiers.all.length,
      marker: ours.marker !== undefined,
    };
    expect(seen, text).toEqual(cases.requirements[text]);
  }
});

test('the same texts are markers, and hold in the same environments', () => {
  for (const text of cases.texts) {
    const marker = ifRead(() => parseMarker(text));
    const theirs = cases.markers[text];
    expect(marker !== undefined, text).toBe(theirs !== undefined);
    // Theirs compares the value of one variable with the name of the other; ours says that it cannot tell.
    if (marker === undefined || /^[a-z_.]+ == [a-z_.]+$/.test(text)) continue;
    const ours = cases.environments.map((environment) => evaluateMarker(marker, environment) ?? null);
    expect(ours, text).toEqual(theirs);
  }
});

function readCases(): Cases {
  const source = path.join(cacheFolder, 'packaging-26.4');
  const python = referencePython();
  if (!fs.existsSync(source)) {
    const building = fs.mkdtempSync(path.join(cacheFolder, '.packaging-'));
    const lock = path.join(repository, 'test', 'real', 'packaging-sdist.lock');
    const words = ['--quiet', '--no-deps', '--no-binary', ':all:', '--no-build-isolation', '--require-hashes'];
    run(python, ['-m', 'pip', 'download', ...words, '--dest', building, '-r', lock]);
    run('tar', ['-xzf', path.join(building, 'packaging-26.4.tar.gz'), '-C', building]);
    fs.renameSync(path.join(building, 'packaging-26.4'), source);
    fs.rmSync(building, { recursive: true });
  }
  return JSON.parse(run(python, [path.join(repository, 'test', 'real', '_packaging-cases.py'), source]).stdout);
}
