/** `preprocessor_config.json`: what is done to an image or a sound before a model gets it. */
import type { Finding } from '../../base/finding.ts';
import { Fields } from '../json/fields.ts';
import { isObject, type JsonFile, readObject } from '../json/read-object.ts';

/** Real ones have below 10 KB; with filters of sounds written out up to 1 MB. */
const MAX_PREPROCESSOR_CONFIG_SIZE = 16 * 1024 * 1024;

export interface PreprocessorConfig {
  /** Of the program that reads it. */
  readonly type?: string;
  readonly processor?: string;
  /** Pixels: `{ height: 224, width: 224 }`, `{ shortest_edge: 224 }`. */
  readonly size?: Readonly<Record<string, number>>;
  /** By channel. */
  readonly mean?: readonly number[];
  readonly deviation?: readonly number[];
  readonly rescaleFactor?: number;
  /** Samples in a second. */
  readonly samplingRate?: number;
  readonly features?: number;
  readonly findings: readonly Finding[];
}

/** @throws WaybillError FORMAT_INVALID, LIMIT_EXCEEDED */
export function readPreprocessorConfig(file: JsonFile): PreprocessorConfig {
  const findings: Finding[] = [];
  const fields = new Fields(readObject(file, MAX_PREPROCESSOR_CONFIG_SIZE), { file: file.name, findings });
  const known = {
    type: fields.text('image_processor_type') ?? fields.text('feature_extractor_type'),
    processor: fields.text('processor_class'),
    size: readSize(fields),
    mean: numbersOf(fields, 'image_mean'),
    deviation: numbersOf(fields, 'image_std'),
    rescaleFactor: fields.number('rescale_factor'),
    samplingRate: fields.count('sampling_rate'),
    features: fields.count('feature_size'),
  };
  return { ...Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)), findings };
}

/** One number, or numbers by what they measure. */
function readSize(fields: Fields): Readonly<Record<string, number>> | undefined {
  const value = fields.raw('size');
  if (typeof value === 'number') return { height: value, width: value };
  if (!isObject(value)) return undefined;
  const numbers = Object.entries(value).filter((entry): entry is [string, number] => typeof entry[1] === 'number');
  return Object.fromEntries(numbers);
}

function numbersOf(fields: Fields, key: string): readonly number[] | undefined {
  const value = fields.raw(key);
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every((each) => typeof each === 'number')) return value;
  if (typeof value === 'number') return [value];
  fields.refuse(key, 'a list of numbers');
  return undefined;
}
