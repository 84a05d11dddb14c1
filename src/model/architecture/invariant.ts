/** What must hold between the tensors of a model and what it says of itself: one file of `invariants/` for each. */
import type { Finding } from '../../base/finding.ts';
import type { MetadataValue } from '../model-file/format.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import type { LayoutTensor } from './layout.ts';
import type { Network } from './network/find.ts';
import type { ArchitectureRecord } from './record/record.ts';

/** All that is known of one model. */
export interface Subject {
  /** Of all its files. */
  readonly tensors: readonly LayoutTensor[];
  readonly record: ArchitectureRecord;
  /** Undefined for a network of no family that is known. */
  readonly network: Network | undefined;
  readonly tokenizer: Tokenizer | undefined;
  readonly metadata: ReadonlyMap<string, MetadataValue>;
}

export interface Invariant {
  readonly id: string;
  /** What holds, as a sentence. */
  readonly title: string;
  /** Without which it says nothing. */
  readonly needs: string;
  /** Rules of its findings. */
  readonly rules: readonly string[];
  /** Says nothing about what it cannot judge. */
  check(subject: Subject): readonly Finding[];
}
