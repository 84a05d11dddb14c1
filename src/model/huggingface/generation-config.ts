/** `generation_config.json`: how text is drawn from a model unless who asks says otherwise. */
import type { Finding } from '../../base/finding.ts';
import { Fields, isCount } from '../json/fields.ts';
import { type JsonFile, readObject } from '../json/read-object.ts';

/** Real ones have below 10 KB, those of Whisper with its tables of languages below 100 KB. */
const MAX_GENERATION_CONFIG_SIZE = 4 * 1024 * 1024;

export interface GenerationConfig {
  readonly isSampling?: boolean;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly repetitionPenalty?: number;
  readonly maxLength?: number;
  readonly maxNewTokens?: number;
  readonly beams?: number;
  /** Ids of tokens. */
  readonly beginToken?: number;
  readonly endTokens: readonly number[];
  readonly paddingToken?: number;
  readonly findings: readonly Finding[];
}

/** @throws WaybillError FORMAT_INVALID, LIMIT_EXCEEDED */
export function readGenerationConfig(file: JsonFile): GenerationConfig {
  const findings: Finding[] = [];
  const fields = new Fields(readObject(file, MAX_GENERATION_CONFIG_SIZE), { file: file.name, findings });
  const known = {
    isSampling: fields.flag('do_sample'),
    temperature: fields.number('temperature'),
    topP: fields.number('top_p'),
    topK: fields.count('top_k'),
    repetitionPenalty: fields.number('repetition_penalty'),
    maxLength: fields.count('max_length'),
    maxNewTokens: fields.count('max_new_tokens'),
    beams: fields.count('num_beams'),
    beginToken: fields.count('bos_token_id'),
    paddingToken: paddingToken(fields),
  };
  return {
    ...Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)),
    endTokens: endTokens(fields),
    findings,
  };
}

/** -1 stands for none. */
function paddingToken(fields: Fields): number | undefined {
  return fields.raw('pad_token_id') === -1 ? undefined : fields.count('pad_token_id');
}

function endTokens(fields: Fields): readonly number[] {
  const value = fields.raw('eos_token_id');
  if (value === undefined || value === -1) return [];
  if (Array.isArray(value) && value.every(isCount)) return value;
  const token = fields.count('eos_token_id');
  return token === undefined ? [] : [token];
}
