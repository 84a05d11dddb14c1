/** Every version of waybill.yaml that was ever published is read, whole, for ever. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { keysOf } from '../../scripts/generate/schema-keys.ts';
import { WaybillError } from '../../src/base/errors.ts';
import { contradictionsOf } from '../../src/model/interface/contradictions.ts';
import { parseWaybillFile } from '../../src/model/waybill-file/parse.ts';
import { waybillFileSchema } from '../../src/model/waybill-file/schema.ts';
import { upgradeWaybillFile } from '../../src/model/waybill-file/upgrade.ts';
import { FILE_VERSION, keysSince } from '../../src/model/waybill-file/versions.ts';

const read = (name: string) => fs.readFileSync(`test/compat/${name}`, 'utf8');
const json = (name: string) => JSON.parse(read(name));
const versions = fs
  .readdirSync('test/compat')
  .flatMap((name) => /^waybill-(\d\.\d)\.yaml$/.exec(name)?.[1] ?? [])
  .sort();

test('there is a fixture for each version', () => {
  expect(versions).toEqual(['1.0', ...keysSince.map(({ version }) => version.toFixed(1))]);
  expect(Number(versions.at(-1))).toBe(FILE_VERSION);
});

test.each(versions)('a file of version %s has the value that it always had', (version) => {
  const { file, findings } = parseWaybillFile(read(`waybill-${version}.yaml`));
  expect(file).toEqual(json(`waybill-${version}.json`));
  expect(findings.filter(({ rule }) => rule !== 'deprecated-key')).toEqual([]);
  expect(file.interface === undefined ? [] : contradictionsOf(file.interface)).toEqual([]);
});

test.each(versions)('a file of version %s is upgraded to one that says the same', (version) => {
  const { text, from } = upgradeWaybillFile(read(`waybill-${version}.yaml`));
  const { file, findings } = parseWaybillFile(text);
  expect(from).toBe(Number(version));
  expect(file.waybill).toBe(FILE_VERSION);
  expect(findings).toEqual([]);
  expect(upgradeWaybillFile(text)).toMatchObject({ text, changes: [] });
});

test('a fixture uses every key that its version brought', () => {
  for (const { version, keys } of keysSince) {
    const used = new Set(pathsIn(json(`waybill-${version.toFixed(1)}.json`)));
    expect(keys.filter((key) => !used.has(key))).toEqual([]);
  }
  const used = new Set(pathsIn(json('waybill-1.0.json')));
  const inside = (key: string) => !key.startsWith('runtime.python');
  expect(json('waybill-1.0.keys.json').filter((key: string) => inside(key) && !used.has(key))).toEqual([]);
});

test('a key is one of version 1.0, or stands in versions.ts with its version (see README.md here)', () => {
  const known = new Set<string>([...json('waybill-1.0.keys.json'), ...keysSince.flatMap(({ keys }) => keys)]);
  const present = [...new Set(keysOf(waybillFileSchema()).map(({ path }) => path))];
  const isBelowNew = (path: string) =>
    keysSince.some(({ keys }) => keys.some((key) => path.startsWith(`${key}.`) || path.startsWith(`${key}[`)));
  expect(present.filter((path) => !known.has(path) && !isBelowNew(path))).toEqual([]);
  expect([...known].filter((path) => !present.includes(path))).toEqual([]);
});

test('a file of a newer minor version is read with a warning for each thing that is not understood', () => {
  const { file, findings } = parseWaybillFile(read('newer-minor.yaml'));
  expect(file).toMatchObject({ waybill: 1.9, sparkle: { level: 3 }, 'x-ticket': 'ML-142' });
  expect(findings.map(({ rule, level, line, message }) => [rule, level, line, message.split(' ')[0]])).toEqual([
    ['newer-file-version', 'warning', 9, 'interface.inputs.0.semantic.meaning'],
    ['newer-file-version', 'warning', 9, 'interface.inputs.0.smoothness'],
    ['newer-file-version', 'warning', 4, 'sparkle'],
  ]);
  expect(contradictionsOf(file.interface ?? { inputs: [], outputs: [] })).toEqual([]);
  expect(upgradeWaybillFile(read('newer-minor.yaml'))).toMatchObject({ from: 1.9, changes: [] });
});

test('a file of a newer major version is refused with the version that reads it', () => {
  try {
    parseWaybillFile(read('newer-minor.yaml').replace('1.9', '2.3'));
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ code: 'UNSUPPORTED', hint: expect.stringContaining('a Waybill that reads version 2') });
    expect((error as WaybillError).message).toContain('it is of version 2.3, this Waybill reads version 1.1');
  }
});

/** Every path of keys in a value, as the reference page writes them. */
function pathsIn(value: unknown, prefix = ''): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => pathsIn(item, `${prefix}[]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    return [path, ...pathsIn(inner, path)];
  });
}
