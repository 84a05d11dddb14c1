/** What the README of a model hub says in its YAML front matter. */
import { parseDocument } from 'yaml';

export interface BaseModel {
  readonly ref: string;
  readonly relation?: (typeof RELATIONS)[number];
}

export interface FrontMatter {
  readonly license?: string;
  readonly task?: string;
  readonly languages: readonly string[];
  readonly baseModels: readonly BaseModel[];
  /** Languages that waybill.yaml has no code of two letters for. */
  readonly otherLanguages: readonly string[];
  readonly datasets: readonly string[];
  readonly metrics: readonly string[];
  readonly hasResults: boolean;
}

/** Those of the hub, in the words of waybill.yaml. */
const RELATIONS = ['finetune', 'adapter', 'merge', 'quantized'] as const;

/** Those of model hubs have a few KiB; one that is never closed would be the whole README. */
const MAX_FRONT_MATTER = 64 * 1024;

/** Nothing is required and nothing is an error: it is somebody's README. */
export function readFrontMatter(readme: string): FrontMatter {
  const text = /^\uFEFF?---\r?\n([\s\S]*?)\r?\n---/.exec(readme.slice(0, MAX_FRONT_MATTER))?.[1];
  const document = text === undefined ? undefined : parseDocument(text, { prettyErrors: false });
  const value: unknown =
    document === undefined || document.errors.length > 0 ? {} : document.toJS({ maxAliasCount: 0 });
  const fields: Record<string, unknown> = typeof value === 'object' && value !== null ? { ...value } : {};
  const { license, license_name: named, pipeline_tag: task, language, base_model: base } = fields;
  const relation = RELATIONS.find((known) => known === fields['base_model_relation']);
  const languages = textsOf(language);
  // "other" has its name beside it.
  const licence = license === 'other' && typeof named === 'string' ? named : license;
  return {
    ...(typeof licence === 'string' ? { license: licence } : {}),
    ...(typeof task === 'string' ? { task } : {}),
    languages: languages.filter(isTwoLetters),
    otherLanguages: languages.filter((code) => !isTwoLetters(code)),
    baseModels: textsOf(base).map((ref) => ({ ref, ...(relation === undefined ? {} : { relation }) })),
    datasets: textsOf(fields['datasets']),
    metrics: textsOf(fields['metrics']),
    hasResults: fields['model-index'] !== undefined,
  };
}

/** What it says and waybill.yaml has no place for, or another one. */
export function unplacedIn({ otherLanguages, datasets, metrics, hasResults }: FrontMatter, file: string): string[] {
  const list = (names: readonly string[]) => names.slice(0, 10).join(', ');
  return [
    ...(otherLanguages.length === 0
      ? []
      : [`${file}: languages without a code of two letters: ${list(otherLanguages)}`]),
    ...(datasets.length === 0 ? [] : [`${file}: data sets (${list(datasets)}): record them under provenance.datasets`]),
    ...(metrics.length === 0 && !hasResults
      ? []
      : [
          `${file}: results${metrics.length === 0 ? '' : ` (${list(metrics)})`} are not taken over, only what is recorded is`,
        ]),
  ];
}

function isTwoLetters(code: string): boolean {
  return /^[a-z]{2}$/.test(code);
}

function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
