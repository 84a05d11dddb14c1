/** What the files of a package say of its model, each fact with the file that says it. */
import type { Digest } from '../../oci/digest.ts';
import type { Port } from '../model-file/format.ts';

export interface Fact<Value> {
  readonly value: Value;
  /** In the reader's words: the file, and what in it. */
  readonly from: string;
}

export interface TokenizerFact {
  /** As its own library calls it: `BPE`, `Unigram`, `WordPiece`. */
  readonly kind: string;
  /** Tokens, with those that were added. */
  readonly vocabulary: number;
}

export interface InterfaceFact {
  /** The model file whose interface this is. */
  readonly file: string;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

export interface BaseModelFact {
  /** As a hub of models has it: `org/name`. */
  readonly ref: string;
  readonly relation?: 'adapter';
  /** Whether it may as well be the name of the model itself. */
  readonly isHint: boolean;
}

export interface ModelFacts {
  /** Paths of the model that the facts are about; empty where no single one can be told. */
  readonly files: readonly string[];
  readonly format?: Fact<string>;
  /** All the names that it goes by; the first is the one to write. */
  readonly architecture?: Fact<readonly string[]>;
  /** Elements of all tensors, or what they stand for where several numbers share one. */
  readonly parameters?: Fact<bigint>;
  /** In ModelPack's words, by their share of the parameters, the largest first. */
  readonly precision?: Fact<readonly string[]>;
  readonly quantization?: Fact<string>;
  /** Tokens. */
  readonly contextLength?: Fact<number>;
  readonly tokenizer?: Fact<TokenizerFact>;
  /** Of its text in UTF-8. */
  readonly chatTemplate?: Fact<Digest>;
  readonly baseModels: readonly Fact<BaseModelFact>[];
  readonly licence?: Fact<string>;
  readonly interface?: Fact<InterfaceFact>;
  readonly layoutDigest?: Fact<Digest>;
  readonly shapeDigest?: Fact<Digest>;
}
