import { expect, test } from 'vitest';
import { type GivenName, giveNames, type Naming } from './given-names.ts';

const licence: Naming = { given: { base: 'LICENSE', extension: '' } };
const model: GivenName = { base: 'model', extension: '.gguf', isPart: true };

test.each<[string, readonly Naming[], readonly string[]]>([
  ['one of a kind has its plain name', [{ given: model }, licence], ['model.gguf', 'LICENSE']],
  ['the second has a number', [licence, licence, licence], ['LICENSE', 'LICENSE-2', 'LICENSE-3']],
  [
    'parts of one model are numbered as such',
    [{ given: model }, { given: model }],
    ['model-00001-of-00002.gguf', 'model-00002-of-00002.gguf'],
  ],
  ['a stated name is kept, wherever it stands', [licence, { stated: 'LICENSE' }], ['LICENSE-2', 'LICENSE']],
  ['a name that differs in case is taken', [licence, { stated: 'license' }], ['LICENSE-2', 'license']],
  ['the folder of a file is taken', [licence, { stated: 'LICENSE/a' }], ['LICENSE-2', 'LICENSE/a']],
  [
    'a number that is stated is left out',
    [licence, licence, { stated: 'LICENSE-2' }],
    ['LICENSE', 'LICENSE-3', 'LICENSE-2'],
  ],
  [
    'before its extension',
    [{ given: { ...model, isPart: false } }, { stated: 'model.gguf' }],
    ['model-2.gguf', 'model.gguf'],
  ],
])('giveNames(): %s', (_, namings, names) => {
  expect(giveNames(namings)).toEqual(names);
});
