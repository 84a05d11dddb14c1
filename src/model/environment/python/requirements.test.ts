import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyText, resultOf, runs } from '../../../../test/_support/properties.ts';
import { evaluateMarker, parseMarker } from './markers.ts';
import { parseRequirement } from './requirements.ts';

test('parseRequirement() reads each part', () => {
  const requirement = parseRequirement('Foo.Bar [b_1, C] (>=2, <3) ; python_version < "3.9" and os_name == \'nt\'');
  expect(requirement).toMatchObject({ name: 'foo-bar', extras: ['b-1', 'c'], specifiers: { text: '>=2, <3' } });
  expect(requirement.marker).toMatchObject({ kind: 'and', parts: [{ operator: '<' }, { operator: '==' }] });
  expect(parseRequirement('pip @ https://example.com/pip.zip#sha1=da9 ; os_name == "nt"')).toMatchObject({
    url: 'https://example.com/pip.zip#sha1=da9',
    marker: { kind: 'comparison' },
  });
});

test.each([
  ['', 1],
  ['-e .', 1],
  ['numpy 2.0', 7],
  ['numpy[', 7],
  ['numpy[a b]', 9],
  ['numpy>=2,<', 10],
  ['numpy (>=2', 11],
  ['numpy>=2; python', 11],
  ['numpy>=2; python_version', 25],
  ['numpy>=2; python_version > "3" nand', 32],
  ['numpy @ ', 9],
  ['numpy>=2 # why', 6],
])('parseRequirement() says where %j goes wrong', (text, column) => {
  expect(() => parseRequirement(text)).toThrow(
    expect.objectContaining({ code: 'REQUIREMENT_INVALID', problems: [expect.objectContaining({ column })] }),
  );
});

test.each([
  ['sys_platform == "linux"', { sys_platform: 'linux' }, true],
  ['sys_platform == "linux"', {}, undefined],
  ['sys_platform == "linux" or python_version >= "3.10"', { python_version: '3.9' }, undefined],
  ['sys_platform == "linux" or python_version >= "3.9"', { python_version: '3.10' }, true],
  ['sys_platform == "linux" and python_version < "3.9"', { python_version: '3.10' }, false],
  ['(python_version < "3.9" or os_name == "nt") and extra == "a_b"', { python_version: '3.8', extra: 'A-B' }, true],
  ['"a_b" in extras', { extras: new Set(['A-B']) }, true],
  ['"x" not in dependency_groups', { dependency_groups: new Set(['dev']) }, true],
  ['python_version in "2.7, 3.8"', { python_version: '3.8' }, true],
  ['"linux" == sys_platform', { sys_platform: 'linux' }, true],
  ['sys_platform ~= "linux"', { sys_platform: 'linux' }, undefined],
  ['os_name == sys_platform', { sys_platform: 'linux', os_name: 'posix' }, undefined],
])('evaluateMarker() says of %s', (text, environment, expected) => {
  expect(evaluateMarker(parseMarker(text), environment)).toBe(expected);
});

test('parseMarker() refuses what nests too deeply, and escapes', () => {
  expect(() => parseMarker(`${'('.repeat(100_000)}os_name == "nt"`)).toThrow(/parentheses/);
  expect(() => parseMarker('os_name == "n\\x74"')).toThrow(/backslashes/);
});

test('parseRequirement() reads any text or refuses it', () => {
  const parts = fc
    .array(
      fc.constantFrom(
        'a',
        '[',
        ']',
        ',',
        '>=',
        '1',
        '.*',
        ';',
        '(',
        ')',
        ' and ',
        ' or ',
        'os_name',
        '==',
        '"x"',
        '@',
        ' ',
        'extra',
      ),
    )
    .map((words) => words.join(''));
  fc.assert(
    fc.property(
      fc.oneof(anyText, parts),
      (text) => void resultOf(() => parseRequirement(text), ['REQUIREMENT_INVALID']),
    ),
    runs(10_000),
  );
});
