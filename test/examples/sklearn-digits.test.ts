/** What can be said of the scikit-learn example without Python; test/real/sklearn-example.test.ts has the rest. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { parseWaybillFile } from '../../src/model/waybill-file/parse.ts';

const folder = 'examples/sklearn-digits';
const lock = fs.readFileSync(`${folder}/requirements.lock`, 'utf8');

test('requirements.lock pins every package to one version with hashes, and names no index', () => {
  const entries = lock.split('\n').filter((line) => line !== '' && !/^(?: {4}--hash=|#)/.test(line));
  expect(entries.length).toBeGreaterThanOrEqual(5);
  for (const entry of entries) expect(entry).toMatch(/^[a-z0-9-]+==[0-9.]+ \\$/);
  for (const [, hashes] of lock.matchAll(/==[^\n]*\n((?: {4}.*\n)+)/g))
    expect(hashes).toMatch(/^(?: {4}--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+$/);
  expect(lock).not.toMatch(/:\/\/|index-url|find-links/);
});

test('waybill.yaml names its own lock and predictor, and what it requires is what the lock was made from', () => {
  const { file, findings } = parseWaybillFile(fs.readFileSync(`${folder}/waybill.yaml`, 'utf8'));
  expect(findings).toEqual([]);
  expect(file.environment?.locks).toEqual(['requirements.lock']);
  expect(file.runtime?.python?.entry).toBe('inference/predict.py:Predictor');
  const required = fs.readFileSync(`${folder}/requirements.in`, 'utf8').match(/^[a-z].*$/gm) ?? [];
  const stated = Object.entries(file.environment?.requires?.libraries ?? {}).map(([name, range]) => `${name}${range}`);
  expect(stated).toEqual(required);
});
