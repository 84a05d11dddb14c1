/** The arithmetic of `npm run bench`: what its verdicts rest on. */
import { expect, test } from 'vitest';
import { compete, leastRatio, ratios } from '../scripts/bench/compete.ts';
import { cpuOf, type Usage } from '../scripts/bench/measure.ts';
import { judge, judgeMost, judgeRatio } from '../scripts/bench/row.ts';
import { ratio, spreadOf } from '../scripts/bench/statistics.ts';

const usage = (user: number, system = 0): Usage => ({ wall: 1, user, system, peak: 0, read: 0, written: 0 });
const limit = { what: 'pack', target: '≤ 1.10', limit: 1.1, format: ratio, by: [] };

test('spreadOf() gives the middle of an odd number of values and the mean of the two middle ones of an even', () => {
  expect(spreadOf([10, 2, 9])).toEqual({ median: 9, least: 2, most: 10 });
  expect(spreadOf([4, 1, 100, 2])).toEqual({ median: 3, least: 1, most: 100 });
  expect(() => spreadOf([])).toThrow(RangeError);
});

test('ratios() holds each round against the same round of the others together', () => {
  const ours = [usage(2, 1), usage(6)];
  expect(ratios(cpuOf, ours, [usage(1), usage(2)], [usage(1, 1), usage(1)])).toEqual([1, 2]);
  expect(() => ratios(cpuOf, ours, [usage(1)])).toThrow(RangeError);
});

test('judge() goes by the median and judgeMost() by the largest', () => {
  expect(judge([1.1, 0.5, 9], limit)).toMatchObject({ figure: '1.10 (0.50–9.00)', verdict: 'met' });
  expect(judge([1.2, 0.5, 9], limit).verdict).toBe('missed');
  expect(judgeMost([1, 1, 1.11], limit)).toMatchObject({ figure: '1.11', verdict: 'missed' });
});

test('judgeRatio() goes by the least of each side, which one disturbed round does not change', () => {
  const used = {
    ours: [usage(2, 9), usage(2)],
    others: [
      [usage(1), usage(1, 9)],
      [usage(5), usage(1)],
    ],
  };
  expect(leastRatio(cpuOf, used.ours, ...used.others)).toBe(1);
  expect(judgeRatio(cpuOf, used, limit)).toMatchObject({ verdict: 'met' });
  expect(judgeRatio(cpuOf, { ...used, ours: [usage(2, 1), usage(3)] }, limit)).toMatchObject({ verdict: 'missed' });
});

test('compete() lets each contender go first in turn, and measures its command alone', () => {
  const order: string[] = [];
  const contender = (name: string) => ({
    command: { argv: [name], text: name, folder: '.', environment: {} },
    before: () => void order.push(`before ${name}`),
    after: () => void order.push(`after ${name}`),
  });
  const used = compete(2, { a: contender('a'), b: contender('b') }, ({ text }) => {
    order.push(text);
    return usage(order.length);
  });
  expect(order).toEqual(['a', 'b', 'b', 'a'].flatMap((name) => [`before ${name}`, name, `after ${name}`]));
  expect(used).toEqual({ a: [usage(2), usage(11)], b: [usage(5), usage(8)] });
});
