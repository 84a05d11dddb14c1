import fc from 'fast-check';
import { expect, test } from 'vitest';
import { meansParameters, parametersText } from './parameters.ts';

test.each<[bigint, string]>([
  [0n, '0'],
  [4_810n, '4810'],
  [10_000n, '10K'],
  [22_713_216n, '22.7M'],
  [134_515_008n, '135M'],
  [999_960_000n, '1B'],
  [1_100_048_384n, '1.1B'],
  [7_241_732_096n, '7.2B'],
  [70_553_706_496n, '70.6B'],
  [405_853_388_800n, '406B'],
])('parametersText writes %s as %s', (count, text) => expect(parametersText(count)).toBe(text));

test.each<[string, bigint, boolean]>([
  ['4810', 4_810n, true],
  ['4811', 4_810n, false],
  ['70B', 70_553_706_496n, true],
  ['71b', 70_553_706_496n, true],
  ['72B', 70_553_706_496n, false],
  ['0.5B', 494_032_768n, true],
  ['1.5B', 1_543_714_304n, true],
  ['7B', 8_537_680_896n, false],
  ['135M', 134_515_008n, true],
  ['seven', 7n, false],
])('meansParameters: %s for %s is %s', (text, count, verdict) => expect(meansParameters(text, count)).toBe(verdict));

test('what parametersText writes means the number', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 18n }), (count) => meansParameters(parametersText(count), count)),
  );
});
