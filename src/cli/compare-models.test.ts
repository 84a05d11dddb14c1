import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCli } from '../../test/_support/cli.ts';
import { safetensorsWith } from '../../test/_support/package-files.ts';
import { makeScratch, type Scratch } from '../../test/_support/scratch.ts';

let scratch: Scratch;
beforeEach(() => {
  scratch = makeScratch();
});
afterEach(() => scratch[Symbol.dispose]());

const cli = (...words: readonly string[]) => runCli(words, { store: scratch.at('store') });

function write(name: string, bytes: Uint8Array | string): string {
  fs.mkdirSync(path.dirname(scratch.at(name)), { recursive: true });
  fs.writeFileSync(scratch.at(name), bytes);
  return scratch.at(name);
}

const BASE = { 'layers.0.weight': ['BF16', [4, 2]], norm: ['BF16', [2]] } as const;

test('inspect --against: a file, a folder and a package of one architecture are exact', async () => {
  const file = write('a/model.safetensors', safetensorsWith(BASE));
  write('b/model.safetensors', safetensorsWith(BASE));
  write('b/waybill.yaml', 'waybill: 1\nname: b\nversion: 1.0.0\ncomponents: { weights: [model.safetensors] }\n');
  expect((await cli('pack', scratch.at('b'))).status).toBe(0);
  for (const other of [scratch.at('a'), scratch.at('b'), 'b:1.0.0']) {
    const { status, stdout } = await cli('inspect', file, '--against', other);
    expect([status, stdout]).toEqual([0, expect.stringContaining('exact, the same tensors')]);
  }
  const { status, stdout } = await cli('inspect', 'b:1.0.0', '--against', file, '--json');
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ name: 'b', comparison: { verdict: 'exact', counts: { same: 2 } } });
});

test('inspect --against names each tensor that differs, and ends with 1', async () => {
  const mine = write('mine.safetensors', safetensorsWith({ ...BASE, head: ['F32', [3]] }));
  const other = write(
    'other.safetensors',
    safetensorsWith({ 'layers.0.weight': ['BF16', [4, 3]], norm: ['F16', [2]], tail: ['F32', [1]] }),
  );
  const { status, stdout } = await cli('inspect', mine, '--against', other);
  expect(status).toBe(1);
  expect(stdout).toMatch(/mismatch, another architecture/);
  expect(stdout).toMatch(/~ +layers\.0\.weight +BF16\[4, 2\], there BF16\[4, 3\]/);
  expect(stdout).toMatch(/~ +norm +BF16\[2\], there F16\[2\]/);
  expect(stdout).toMatch(/- +tail +only there\n +\+ +head +only here/);
});

test('inspect --against could not tell: a file that is none, several models', async () => {
  const mine = write('mine.safetensors', safetensorsWith(BASE));
  write('two/a.safetensors', safetensorsWith(BASE));
  write('two/b.safetensors', safetensorsWith(BASE));
  const several = await cli('inspect', mine, '--against', scratch.at('two'));
  expect([several.status, several.stderr]).toEqual([
    2,
    expect.stringContaining('it has 2 models, and which of them is meant'),
  ]);
  const none = await cli('inspect', mine, '--against', write('x.txt', 'hello'));
  expect([none.status, none.stderr]).toEqual([2, expect.stringContaining('no model file whose tensors are read')]);
  const broken = await cli('inspect', mine, '--against', write('x.safetensors', 'hello'));
  expect([broken.status, broken.stderr]).toEqual([1, expect.stringContaining('x.safetensors as safetensors')]);
});
