import { expect, test } from 'vitest';
import { sortingRules } from '../init/rules.ts';
import { sortFiles } from '../init/sort.ts';
import { componentByName } from './component-by-name.ts';

test('componentByName() sorts as init does, for a name of every pattern', () => {
  const names = sortingRules
    .flatMap(({ patterns }) => patterns)
    .flatMap((pattern) => {
      const name = pattern.replaceAll('**/', 'a/b/').replaceAll('**', 'c/d').replaceAll('*', 'x');
      return [name, name.toUpperCase(), pattern.replaceAll('**/', '').replaceAll('*', 'x'), `${name}.more`];
    });
  expect(names.length).toBeGreaterThan(300);
  for (const name of names) {
    const { assigned } = sortFiles([{ path: name, size: 1 }]);
    const expected = assigned.get(name);
    // init leaves some out; here they stay, as what the next rule says.
    if (expected !== undefined) expect(componentByName(name, 1), name).toBe(expected);
  }
});

test('componentByName() takes large files that no rule knows for weights', () => {
  expect(componentByName('blob', 16 * 1024 * 1024)).toBe('weights');
  expect(componentByName('blob', 1)).toBe('code');
});
