/** What Waybill reads of a model file without running any of it: one file of this folder for each format. */
import { WaybillError } from '../../base/errors.ts';
import type { Finding } from '../../base/finding.ts';
import type { ByteSource } from './byte-source.ts';
import type { Tensor } from './tensor.ts';

/** A value of a file's own description of itself. Long lists are told by their length alone. */
export type MetadataValue =
  | string
  | number
  | bigint
  | boolean
  | readonly MetadataValue[]
  | { readonly type: string; readonly count: number };

/** A tensor that goes in or comes out of a model, as the file declares it. */
export interface Port {
  readonly name: string;
  /** As for tensors; `STRING` for text, the format's own word for what is no tensor. */
  readonly dtype: string;
  /** Row-major; a name, or -1, for a dimension that varies. Absent where the file does not say it. */
  readonly shape?: readonly (number | string)[];
}

export interface ModelFile {
  /** As the format counts them. */
  readonly version?: string;
  readonly tensors: readonly Tensor[];
  readonly metadata: ReadonlyMap<string, MetadataValue>;
  /** What kind of network it says that it is. */
  readonly architecture?: string;
  /** What it is for, in the format's words: a model, an adapter, a projector of images. */
  readonly kind?: string;
  readonly tokenizer?: {
    /** In the format's words. */
    readonly kind: string;
    readonly tokens?: number;
  };
  /** How a conversation becomes text. */
  readonly chatTemplates?: readonly { readonly name: string; readonly text: string }[];
  /** Which one of several files that make a model together; `number` counts from 1. */
  readonly part?: {
    readonly number: number;
    readonly count: number;
    /** Of all parts. */
    readonly tensors?: number;
  };
  /** How its weights are stored, where they are not plain numbers. */
  readonly quantisation?: string;
  /** Tokens, where it says. */
  readonly contextLength?: number;
  /** What goes in and comes out, where the format says it. */
  readonly inputs?: readonly Port[];
  readonly outputs?: readonly Port[];
  /** Files beside it that hold bytes of its tensors: paths relative to its own folder. */
  readonly externalFiles?: readonly string[];
  /** The program that wrote it, with its version. */
  readonly producer?: string;
  /** How often it uses each operator, by the domain, or kind, of operators. */
  readonly operators?: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Versions of the sets of operators, by domain. */
  readonly opsets?: ReadonlyMap<string, number>;
  /** Operators that it brings itself, made of others. */
  readonly functions?: readonly string[];
  /** What goes in and comes out by name of a use, where the format has several. */
  readonly signatures?: readonly {
    readonly name: string;
    readonly inputs: readonly Port[];
    readonly outputs: readonly Port[];
  }[];
  /** Bytes that belong to nothing that is read; absent where a format leaves none. */
  readonly unaccounted?: number;
  /** What is odd about it, though it can be read. */
  readonly findings?: readonly Finding[];
}

/** Bytes that formats are told apart by: the longest wants the name of the first member of an archive. */
export const HEAD_SIZE = 512;

export interface Format {
  /** In commands, JSON and documentation. */
  readonly id: string;
  readonly title: string;
  /** Where it is described. */
  readonly specification: string;
  /** What `read` tells, in a few words. */
  readonly tells: string;
  /** In lower case, with the dot. */
  readonly extensions: readonly string[];
  /** Whether the first bytes of a file are those of this format; `HEAD_SIZE` are given, if there are so many. */
  detects(head: Uint8Array, size: number): boolean;
  /**
   * Reads the description and the table of tensors, never the weights; every byte of the file is accounted for.
   * @throws WaybillError FORMAT_INVALID, LIMIT_EXCEEDED; FILE_UNREADABLE, FILE_CHANGED
   */
  read(source: ByteSource): Promise<ModelFile>;
}

export function invalid({ name }: ByteSource, format: string, found: string): WaybillError {
  return new WaybillError('FORMAT_INVALID', `Cannot read ${name} as ${format}: ${found}`);
}

export function tooLarge({ name }: ByteSource, format: string, found: string): WaybillError {
  return new WaybillError('LIMIT_EXCEEDED', `Cannot read ${name} as ${format}: ${found}`);
}
