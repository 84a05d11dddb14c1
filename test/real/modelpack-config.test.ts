/** The configuration against the specification's own schema, CNCF ModelPack 0.0.7, formats asserted. */
import fs from 'node:fs';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { problemOfConfig } from '../../src/model/artifact/config.ts';
import { openCli, type PackedJson } from './_cli.ts';
import { blobOf, CONFIG_TYPE, manifestOf } from './_layouts.ts';
import {
  bundledFiles,
  bundledWaybillFile,
  type Files,
  rawFiles,
  rawWaybillFile,
  tinyFiles,
  tinyWaybillFile,
  writePackage,
} from './_packages.ts';
import { temporaryFolder } from './_run.ts';
import { withVectors } from './_vectors.ts';

/** Everything that waybill.yaml can say and that goes into the configuration. */
const fullWaybillFile = `${tinyWaybillFile}${[
  'summary: Recognises nothing',
  'owner: { team: vision, contact: vision@acme.example }',
  'model:',
  '  task: other',
  '  architecture: transformer',
  '  family: tiny',
  '  format: safetensors',
  '  parameters: "4"',
  '  precision: float32',
  '  quantization: none',
  '  languages: [en, de]',
  '',
].join('\n')}`.replace('{ weights: Apache-2.0 }', '{ weights: Apache-2.0, code: MIT, data: CC-BY-4.0 }');

const packages: readonly [string, Files, string][] = [
  ['the least that a package can say', tinyFiles, tinyWaybillFile],
  ['all that a package can say', tinyFiles, fullWaybillFile],
  ['every component', rawFiles, rawWaybillFile],
  ['bundles', bundledFiles, bundledWaybillFile],
];

withVectors('modelpack', (folder) => {
  const read = (name: string) => JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8'));
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const validate = ajv.compile(read('config-schema.json'));
  const cases: readonly { name: string; valid: boolean; config: unknown }[] = read('config-cases.json');

  test('G15 the cases are the published ones and three with a section missing: 26 must fail, 3 must pass', () => {
    const valid = cases.filter((one) => one.valid).length;
    expect([cases.length - valid, valid]).toEqual([26, 3]);
  });

  test.each(cases)('G15 problemOfConfig() and the schema agree with the verdict: $name', ({ valid, config }) => {
    expect(validate(config)).toBe(valid);
    expect(problemOfConfig(config) === undefined).toBe(valid);
  });

  describe('what pack writes is valid', () => {
    const place = temporaryFolder();
    const cli = openCli(place);

    test.each(packages)('%s', (name, files, text) => {
      const source = path.join(place, name);
      writePackage(source, files, text);
      const { digest } = cli.json<PackedJson>('pack', source);
      const { config, layers } = manifestOf(cli.store, digest);
      expect(config.mediaType).toBe(CONFIG_TYPE);
      const value = JSON.parse(blobOf(cli.store, config.digest).toString('utf8'));

      expect(validate(value), ajv.errorsText(validate.errors)).toBe(true);
      expect(problemOfConfig(value)).toBeUndefined();
      expect(value.modelfs.diffIds).toEqual(layers.map((layer) => layer.digest));
    });
  });

  test('problemOfConfig() agrees with the schema on every change of one member of the fullest case', () => {
    const full = cases.find(({ name }) => name === 'full')?.config;
    const disagreements = changesOf(full)
      .filter((config) => validate(config) !== (problemOfConfig(config) === undefined))
      .map((config) => JSON.stringify(config));
    expect(disagreements).toEqual([]);
  });
});

/** The value with, at each place in turn, something else or nothing. */
function changesOf(value: unknown): unknown[] {
  const others = [null, 1, '', 'x', true, [], ['x'], [1], {}, { x: 1 }, '2025-01-01T00:00:00Z', ['text'], ['en']];
  if (typeof value !== 'object' || value === null) return others;
  const inner = Object.entries(value).flatMap(([key, member]) =>
    changesOf(member).map((changed) => {
      const copy = Array.isArray(value) ? [...value] : { ...value };
      return Object.assign(copy, { [key]: changed });
    }),
  );
  const without = Array.isArray(value)
    ? []
    : Object.keys(value).map((key) => Object.fromEntries(Object.entries(value).filter(([name]) => name !== key)));
  return [...others, ...inner, ...without];
}
