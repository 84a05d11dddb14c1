/** The ModelPack configuration: CNCF ModelPack 0.0.7, docs/config.md and schema/config-schema.json. */
import type { JsonValue } from '../../base/canonical-json.ts';
import type { Digest } from '../../oci/digest.ts';
import type { WaybillFile } from '../waybill-file/schema.ts';

/** The configuration says what waybill.yaml says; diffIds are in the order of the layers. */
export function buildConfig(file: WaybillFile, diffIds: readonly Digest[]): JsonValue {
  const { model = {}, licenses = {} } = file;
  const all = licencesOf(licenses);
  return {
    descriptor: {
      name: file.name,
      version: file.version,
      description: file.summary,
      family: model.family,
      vendor: file.owner?.team,
      licenses: all.length === 0 ? undefined : all,
    },
    config: {
      architecture: model.architecture,
      format: model.format,
      paramSize: model.parameters,
      precision: model.precision,
      quantization: model.quantization,
      capabilities: model.languages === undefined ? undefined : { languages: model.languages },
    },
    modelfs: { type: 'layers', diffIds },
  };
}

/** The distinct licences of a package, weights first. */
export function licencesOf({ weights, code, data, docs }: NonNullable<WaybillFile['licenses']>): readonly string[] {
  return [...new Set([weights, code, data, docs].filter((licence) => licence !== undefined))];
}

type Check = (value: unknown) => string | undefined;

const text: Check = (value) => (typeof value === 'string' ? undefined : 'is not text');
const bool: Check = (value) => (typeof value === 'boolean' ? undefined : 'is not true or false');
const named: Check = (value) => text(value) ?? (value === '' ? 'is empty' : undefined);
const listOf =
  (item: Check): Check =>
  (value) =>
    Array.isArray(value) ? value.map(item).find((found) => found !== undefined) : 'is not a list';
const matching =
  (expression: RegExp, words: string): Check =>
  (value) =>
    text(value) ?? (expression.test(value as string) ? undefined : words);
const dateTime: Check = (value) => {
  const match =
    typeof value === 'string'
      ? /^(\d{4}-\d{2}-\d{2})[Tt]\d{2}:\d{2}:(?:[0-5]\d|60)(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/.exec(value)
      : null;
  return match !== null && !Number.isNaN(Date.parse(`${match[1]}T00:00:00Z`))
    ? undefined
    : 'is not a date and time as RFC 3339 has it';
};
const media = matching(
  /^(?:text|image|audio|video|embedding|other)$/,
  'is not text, image, audio, video, embedding or other',
);

const members: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  descriptor: {
    createdAt: dateTime,
    authors: listOf(text),
    family: text,
    name: named,
    docURL: text,
    sourceURL: text,
    datasetsURL: listOf(text),
    version: text,
    revision: text,
    vendor: text,
    licenses: listOf(text),
    title: text,
    description: text,
  },
  config: {
    architecture: text,
    format: text,
    paramSize: text,
    precision: text,
    quantization: text,
    capabilities: (value) => checkMembers(value, capabilities),
  },
  modelfs: { type: matching(/^layers$/, 'is not "layers"'), diffIds: listOf(text) },
};

const capabilities: Readonly<Record<string, Check>> = {
  inputTypes: listOf(media),
  outputTypes: listOf(media),
  knowledgeCutoff: dateTime,
  reasoning: bool,
  toolUsage: bool,
  reward: bool,
  languages: listOf(matching(/^[a-z]{2}$/, 'is not a language of two letters')),
};

/**
 * Whether a value is a valid configuration, by the rules of the specification's own schema with
 * its formats asserted.
 * @returns the first thing that is wrong, or undefined
 */
export function problemOfConfig(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'it is not an object';
  for (const name of Object.keys(value)) if (!Object.hasOwn(members, name)) return `${name} is not a member`;
  const config: Record<string, unknown> = { ...value };
  for (const [name, checks] of Object.entries(members)) {
    if (!(name in config)) return `${name} is missing`;
    const found = checkMembers(config[name], checks);
    if (found !== undefined) return `${name} ${found}`;
  }
  const { type, diffIds } = config['modelfs'] as { type?: unknown; diffIds?: unknown };
  if (type === undefined || !Array.isArray(diffIds) || diffIds.length === 0)
    return 'modelfs needs a type and at least one diffId';
  return undefined;
}

function checkMembers(value: unknown, checks: Readonly<Record<string, Check>>): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'is not an object';
  for (const [name, member] of Object.entries(value)) {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    if (check === undefined) return `has a member ${JSON.stringify(name)} that the specification does not know`;
    const found = check(member);
    if (found !== undefined) return `(${name}) ${found}`;
  }
  return undefined;
}
