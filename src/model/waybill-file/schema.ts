/**
 * waybill.yaml, version 1: the one definition from which come its types, its validation, its JSON
 * Schema (schemas/waybill-1.schema.json) and its reference page.
 */
import { z } from 'zod';
import { section } from '../../base/yaml/section.ts';
import { componentNames } from '../media-types.ts';
import { environment } from './environment.ts';
import { modelInterface } from './interface.ts';
import * as sections from './sections.ts';
import { filePath, packageName, pattern, semver } from './texts.ts';
import { FILE_MAJOR, FILE_VERSION } from './versions.ts';

export const WAYBILL_FILE = 'waybill.yaml';

/** Base of the addresses of everything we publish. */
export const SCHEMA_BASE = 'https://waybill.dev/schemas/';
export const WAYBILL_SCHEMA_URL = `${SCHEMA_BASE}waybill-${FILE_MAJOR}.schema.json`;

const patterns = z.array(pattern).min(1, 'at least one path or pattern');

const componentLists = section({
  weights: patterns.optional().describe('The model itself: one layer for each file.'),
  config: patterns.optional().describe('Configuration that belongs to the weights: `config.json`, tokenizer files.'),
  code: patterns.optional().describe('Code that runs or trains the model.'),
  docs: patterns.optional().describe('README, licence, model card.'),
  data: patterns.optional().describe('Data that travels with the model.'),
})
  .refine((value) => componentNames.some((name) => value[name] !== undefined), 'at least one component')
  .meta({
    description:
      'Which files are packed, and as what: paths and patterns (`*`, `?`, `**`, `[ab]`, `{a,b}`). Every packed file belongs to exactly one component, and nothing else is packed.',
    anyOf: componentNames.map((name) => ({ required: [name] })),
  });

export const WaybillFile = section({
  waybill: z
    .number()
    .refine((version) => Math.trunc(version) === FILE_MAJOR, 'the version of this file: 1')
    .meta({
      description: `Version of the file format: ${FILE_VERSION}, or 1 for a file without newer keys.`,
      minimum: FILE_MAJOR,
      exclusiveMaximum: FILE_MAJOR + 1,
    }),
  name: packageName,
  version: semver,
  summary: z.string().min(1).max(1000).optional().describe('The package in one sentence.'),
  owner: sections.owner.optional(),
  licenses: sections.licenses.optional(),
  model: sections.model.optional(),
  components: componentLists,
  interface: modelInterface.optional(),
  runtime: sections.runtime.optional(),
  environment: environment.optional(),
  secrets: z
    .array(sections.secret)
    .optional()
    .describe('Names of the secrets that the model needs; never their values.'),
  documentation: sections.documentation.optional(),
  provenance: sections.provenance.optional(),
  tests: filePath.optional().describe("The file with the model's own tests."),
  lifecycle: sections.lifecycle.optional(),
});

export type WaybillFile = z.infer<typeof WaybillFile>;

/** The published schema: JSON Schema 2020-12. */
export function waybillFileSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(WaybillFile, { target: 'draft-2020-12' });
  return { ...schema, $id: WAYBILL_SCHEMA_URL, title: 'waybill.yaml, version 1' };
}

/** The section `interface` alone, for programs that speak of interfaces outside a waybill.yaml. */
export function interfaceSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(modelInterface, { target: 'draft-2020-12' });
  const $id = `${SCHEMA_BASE}interface-${FILE_MAJOR}.schema.json`;
  return { ...schema, $id, title: 'Interface of a model, as waybill.yaml, version 1, has it' };
}

/** Every path of a file that the sections name, with the place where they do. */
export function filesNamedIn(
  file: WaybillFile,
): readonly { readonly path: string; readonly at: readonly (string | number)[] }[] {
  const named: { path: string; at: (string | number)[] }[] = [];
  const add = (at: (string | number)[], path: string | undefined) => {
    if (path !== undefined) named.push({ path, at });
  };
  const addAll = (at: (string | number)[], paths: readonly string[] | undefined) => {
    for (const [index, path] of (paths ?? []).entries()) add([...at, index], path);
  };
  for (const side of ['inputs', 'outputs'] as const)
    for (const [index, { semantic }] of (file.interface?.[side] ?? []).entries())
      if (semantic?.meaning === 'tokens') add(['interface', side, index, 'semantic', 'tokenizer'], semantic.tokenizer);
  for (const [index, { request, response }] of (file.interface?.examples ?? []).entries()) {
    add(['interface', 'examples', index, 'request'], request);
    add(['interface', 'examples', index, 'response'], response);
  }
  add(['runtime', 'model'], file.runtime?.model);
  add(['runtime', 'python', 'entry'], file.runtime?.python?.entry.replace(/:[^:]*$/, ''));
  addAll(['environment', 'locks'], file.environment?.locks);
  add(['documentation', 'card'], file.documentation?.card);
  addAll(['documentation', 'evaluation', 'datasets'], file.documentation?.evaluation?.datasets);
  addAll(['documentation', 'evaluation', 'scripts'], file.documentation?.evaluation?.scripts);
  addAll(['provenance', 'runs'], file.provenance?.runs);
  addAll(['provenance', 'datasets'], file.provenance?.datasets);
  add(['tests'], file.tests);
  return named;
}
