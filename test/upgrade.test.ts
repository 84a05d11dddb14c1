/** A deprecated waybill.yaml as a user meets it: told by pack and inspect, brought up to date by upgrade. */
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCli } from './_support/cli.ts';
import { makeScratch, type Scratch } from './_support/scratch.ts';
import { writeFiles } from './_tiny.ts';

let scratch: Scratch;
let folder: string;
beforeEach(() => {
  scratch = makeScratch();
  folder = scratch.at('old');
  writeFiles(folder, {
    'a.bin': 'x',
    'waybill.yaml': `waybill: 1 # the first
name: acme/old
version: 1.0.0
components: { weights: [a.bin] }
interface:
  inputs: [{ name: id, datatype: INT64, shape: [n], nan: reject }]
  outputs: []
`,
  });
});
afterEach(() => scratch[Symbol.dispose]());

const waybill = (...words: string[]) => runCli(words, { store: scratch.at('store') });
const DEPRECATED =
  /waybill\.yaml:6:58: interface\.inputs\.0\.nan: deprecated since 1\.1, gone in 2: .*\[deprecated-key\]/;

test('pack and inspect tell of a deprecated key with its line and column', async () => {
  expect((await waybill('pack', folder)).stdout).toMatch(DEPRECATED);
  expect((await waybill('inspect', 'acme/old:1.0.0')).stdout).toMatch(DEPRECATED);
  const { findings } = JSON.parse((await waybill('inspect', 'acme/old:1.0.0', '--json')).stdout);
  expect(findings).toEqual([expect.objectContaining({ rule: 'deprecated-key', line: 6, column: 58 })]);
});

test('inspect tells of an interface that contradicts itself, which pack refuses', async () => {
  const file = path.join(folder, 'waybill.yaml');
  fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('nan: reject', 'minimum: 0.5'));
  const packed = await waybill('pack', folder);
  expect([packed.status, packed.stderr]).toEqual([
    2,
    expect.stringContaining('waybill.yaml:6:62: interface.inputs.0.minimum: 0.5 is not a whole number'),
  ]);
});

test('upgrade --check says 1 and changes nothing; upgrade changes the text, keeps its mode and says 0 from then on', async () => {
  const file = path.join(folder, 'waybill.yaml');
  fs.chmodSync(file, 0o600);
  const before = fs.readFileSync(file, 'utf8');
  const checked = await waybill('upgrade', folder, '--check');
  expect([checked.status, fs.readFileSync(file, 'utf8')]).toEqual([1, before]);
  expect(checked.stdout).toContain('6:58  interface.inputs.0.nan: taken away, deprecated since 1.1');

  expect((await waybill('upgrade', file)).status).toBe(0);
  expect(fs.readFileSync(file, 'utf8')).toBe(
    before.replace('waybill: 1 ', 'waybill: 1.1 ').replace(', nan: reject', ''),
  );
  expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  expect((await waybill('upgrade', folder, '--check')).status).toBe(0);
  expect((await waybill('pack', folder)).stdout).not.toContain('deprecated');
});

test('upgrade writes the file that a link leads to, and leaves the link', async () => {
  const link = scratch.at('link.yaml');
  fs.symlinkSync(path.join(folder, 'waybill.yaml'), link);
  expect((await waybill('upgrade', link)).status).toBe(0);
  expect(fs.lstatSync(link).isSymbolicLink()).toBe(true);
  expect(fs.readFileSync(path.join(folder, 'waybill.yaml'), 'utf8')).toContain('waybill: 1.1');
});
