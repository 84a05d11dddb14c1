/** `adapter_config.json` of PEFT: which modules of which base an adapter changes, and with what rank. https://huggingface.co/docs/peft/package_reference/lora */
import type { Finding } from '../../base/finding.ts';
import { Fields, isCount, isTexts } from '../json/fields.ts';
import { isObject, type JsonFile, readObject } from '../json/read-object.ts';

/** Real ones have some KB; with a pattern for each module of a large model up to 1 MB. */
const MAX_ADAPTER_CONFIG_SIZE = 8 * 1024 * 1024;

export interface AdapterConfig {
  readonly file: string;
  /** `LORA`, `ADALORA`, `IA3`, …: the file's word, in upper case. */
  readonly type: string;
  readonly rank?: number;
  readonly alpha?: number;
  /** Names or ends of names of modules; a text is a regular expression over whole names, or `all-linear`. */
  readonly targetModules?: readonly string[] | string;
  /** Ranks of single modules, by name or pattern. */
  readonly rankPattern: ReadonlyMap<string, number>;
  /** Modules that are in the adapter as a whole. */
  readonly savedModules: readonly string[];
  readonly baseModel?: string;
  readonly baseRevision?: string;
  readonly taskType?: string;
  readonly usesDora: boolean;
  readonly findings: readonly Finding[];
}

/** @throws WaybillError FORMAT_INVALID, LIMIT_EXCEEDED */
export function readAdapterConfig(file: JsonFile): AdapterConfig {
  const findings: Finding[] = [];
  const fields = new Fields(readObject(file, MAX_ADAPTER_CONFIG_SIZE), { file: file.name, findings });
  const known = {
    rank: fields.count('r'),
    alpha: fields.number('lora_alpha'),
    targetModules: targetModules(fields),
    baseModel: fields.text('base_model_name_or_path'),
    baseRevision: fields.text('revision'),
    taskType: fields.text('task_type'),
  };
  return {
    file: file.name,
    type: (fields.text('peft_type') ?? '').toUpperCase(),
    ...Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)),
    rankPattern: rankPattern(fields),
    savedModules: fields.texts('modules_to_save') ?? [],
    usesDora: fields.flag('use_dora') ?? false,
    findings,
  };
}

function targetModules(fields: Fields): readonly string[] | string | undefined {
  const value = fields.raw('target_modules');
  if (value === undefined || typeof value === 'string' || isTexts(value)) return value;
  fields.refuse('target_modules', 'a text or a list of texts');
  return undefined;
}

function rankPattern(fields: Fields): ReadonlyMap<string, number> {
  const value = fields.raw('rank_pattern');
  if (value === undefined || !isObject(value)) return new Map();
  const entries = Object.entries(value).filter((entry): entry is [string, number] => isCount(entry[1]));
  return new Map(entries);
}
