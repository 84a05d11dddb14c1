import { expect, test } from 'vitest';
import { z } from 'zod';
import { readInput } from './arguments.ts';
import { defineCommand } from './command.ts';

const look = defineCommand({
  name: 'look',
  summary: 'Look',
  description: [],
  arguments: [{ name: 'REF', description: 'a package', isOptional: true }],
  options: {
    tag: { value: 'REF', description: 'a name' },
    store: { value: 'DIR', isValueOptional: true, description: 'a store' },
    key: { value: 'FILE', isRepeatable: true, description: 'a key' },
  },
  examples: [
    { command: 'waybill look', comment: 'one' },
    { command: 'waybill look a', comment: 'two' },
  ],
  output: async () => z.object({}),
  run: async () => ({}),
  print: () => '',
});

test('readInput() never takes an option for the value of another', () => {
  const input = readInput(look, ['--store', '--json']);
  expect([input.has('store'), input.text('store'), input.has('json')]).toEqual([true, undefined, true]);
  expect(() => readInput(look, ['--tag', '--json'])).toThrow('Cannot run waybill look: --tag needs a value (REF)');
});

test('readInput() takes a value behind a space and behind =, and one with a dash only behind =', () => {
  expect(readInput(look, ['--store', './a', '--quiet']).text('store')).toBe('./a');
  expect(readInput(look, ['--store=./a', '--quiet']).text('store')).toBe('./a');
  expect(readInput(look, ['--tag=-a']).text('tag')).toBe('-a');
});

test('readInput() knows an option without its value at the end', () => {
  const input = readInput(look, ['--json', '--store']);
  expect([input.has('store'), input.has('json')]).toEqual([true, true]);
});

test('readInput() names what is wrong and what was meant', () => {
  expect(() => readInput(look, ['--jsno'])).toThrow('there is no option --jsno; did you mean --json?');
  expect(() => readInput(look, ['--json=1'])).toThrow('--json takes no value');
  expect(() => readInput(look, ['--tag', 'a', '--tag', 'b'])).toThrow('--tag is given twice');
  expect(() => readInput(look, ['a', 'b'])).toThrow('"b" is one argument too many');
});

test('readInput() takes an option several times where that means something, and once elsewhere', () => {
  const input = readInput(look, ['--key', 'a', 'REF', '--key=b']);
  expect([input.texts('key'), input.texts('tag'), input.text('key')]).toEqual([['a', 'b'], [], 'b']);
  expect(() => readInput(look, ['--tag', 'a', '--tag', 'b'])).toThrow('--tag is given twice');
  expect(() => readInput(look, ['--key', 'a', '--key'])).toThrow('--key needs a value (FILE)');
});
