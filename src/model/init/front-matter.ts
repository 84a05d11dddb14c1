/** What the README of a model hub says in its YAML front matter. */
import { parseDocument } from 'yaml';

export interface FrontMatter {
  readonly license?: string;
  readonly task?: string;
  readonly languages: readonly string[];
  readonly baseModels: readonly string[];
}

/** Those of model hubs have a few KiB; one that is never closed would be the whole README. */
const MAX_FRONT_MATTER = 64 * 1024;

/** Nothing is required and nothing is an error: it is somebody's README. */
export function readFrontMatter(readme: string): FrontMatter {
  const text = /^\uFEFF?---\r?\n([\s\S]*?)\r?\n---/.exec(readme.slice(0, MAX_FRONT_MATTER))?.[1];
  const document = text === undefined ? undefined : parseDocument(text, { prettyErrors: false });
  const value: unknown =
    document === undefined || document.errors.length > 0 ? {} : document.toJS({ maxAliasCount: 0 });
  const fields: Record<string, unknown> = typeof value === 'object' && value !== null ? { ...value } : {};
  const { license, pipeline_tag: task, language, base_model: base } = fields;
  return {
    ...(typeof license === 'string' ? { license } : {}),
    ...(typeof task === 'string' ? { task } : {}),
    languages: textsOf(language).filter((code) => /^[a-z]{2}$/.test(code)),
    baseModels: textsOf(base),
  };
}

function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
