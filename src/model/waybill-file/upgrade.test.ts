import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse, stringify, type ToStringOptions } from 'yaml';
import { runs } from '../../../test/_support/properties.ts';
import { parseWaybillFile } from './parse.ts';
import { upgradeWaybillFile } from './upgrade.ts';

const OLD = `# Who we are
waybill: 1   # the first
name: acme/digits
version:   1.0.0
components: { weights: [a] } # all of it
interface:
  inputs:
    - { name: x, datatype: FP32, shape: [n],   nan: reject }
    - { name: y, datatype: INT64, shape: [n], nan: reject, minimum: 0 } # ids
  outputs:
    - name: z
      datatype: BOOL
      nan: accept # odd
      shape: [n]
`;
const NEW = OLD.replace('waybill: 1 ', 'waybill: 1.1 ')
  .replace(' nan: reject, minimum', ' minimum')
  .replace('      nan: accept # odd\n', '');

test('parseWaybillFile() tells what is deprecated, with its line', () => {
  expect(parseWaybillFile(OLD).findings).toEqual([
    {
      rule: 'deprecated-key',
      level: 'warning',
      path: 'waybill.yaml',
      line: 9,
      column: 52,
      message:
        'interface.inputs.1.nan: deprecated since 1.1, gone in 2: only floating-point numbers can be NaN; leave it out',
    },
    expect.objectContaining({ rule: 'deprecated-key', line: 13, column: 12 }),
  ]);
});

test('upgradeWaybillFile() changes what has to change, says where it stood, and no other byte', () => {
  const { from, text, changes, findings } = upgradeWaybillFile(OLD);
  expect(from).toBe(1);
  expect(text).toBe(NEW);
  expect(changes.map(({ line, message }) => [line, message.split(':')[0]])).toEqual([
    [2, 'waybill'],
    [9, 'interface.inputs.1.nan'],
    [13, 'interface.outputs.0.nan'],
  ]);
  expect(findings).toEqual([]);
  expect(upgradeWaybillFile(NEW)).toMatchObject({ text: NEW, changes: [] });
});

test('parseWaybillFile() notes keys that are newer than the version that the file states', () => {
  const text = `waybill: 1\nname: a\nversion: 1.0.0\ncomponents: { weights: [a] }\ninterface:\n  outputs: []\n  inputs: [{ name: x, datatype: BYTES, shape: [], required: false, semantic: { meaning: text } }]\n`;
  expect(parseWaybillFile(text).findings.map(({ rule, level, line }) => [rule, level, line])).toEqual([
    ['newer-key', 'note', 7],
    ['newer-key', 'note', 7],
  ]);
  expect(parseWaybillFile(upgradeWaybillFile(text).text).findings).toEqual([]);
});

test('upgradeWaybillFile() leaves nothing deprecated, however the file is laid out, and nothing else changed', () => {
  const anyTensor = fc.record(
    {
      name: fc.string({ minLength: 1 }),
      datatype: fc.constantFrom('FP32', 'INT8', 'BYTES'),
      shape: fc.constant([1]),
      nan: fc.constantFrom('reject', 'accept'),
      description: fc.string(),
    },
    { requiredKeys: ['name', 'datatype', 'shape'] },
  );
  const anyLayout = fc.record({
    collectionStyle: fc.constantFrom('any', 'block', 'flow'),
    indent: fc.constantFrom(2, 4),
    indentSeq: fc.boolean(),
  });
  fc.assert(
    fc.property(
      fc.array(anyTensor, { minLength: 1 }),
      fc.array(anyTensor, { minLength: 1 }),
      anyLayout,
      fc.boolean(),
      (inputs, outputs, layout, isReversed) => {
        const keys = (tensor: object) => (isReversed ? Object.fromEntries(Object.entries(tensor).reverse()) : tensor);
        const file = {
          waybill: 1,
          name: 'a',
          version: '1.0.0',
          components: { weights: ['a'] },
          interface: { inputs: inputs.map(keys), outputs: outputs.map(keys) },
        };
        const { text, findings } = upgradeWaybillFile(stringify(file, layout as ToStringOptions));
        const cleaned = (tensors: typeof inputs) =>
          tensors.map(({ nan, ...tensor }) =>
            tensor.datatype === 'FP32' && nan !== undefined ? { ...tensor, nan } : tensor,
          );
        expect(findings).toEqual([]);
        expect(parse(text)).toEqual({
          ...file,
          waybill: 1.1,
          interface: { inputs: cleaned(inputs), outputs: cleaned(outputs) },
        });
      },
    ),
    runs(500),
  );
});

test('upgradeWaybillFile() refuses what parseWaybillFile() refuses', () => {
  expect(() => upgradeWaybillFile(OLD.replace('name:', 'nmae:'), './x.yaml')).toThrow(/Cannot use \.\/x\.yaml/);
});
