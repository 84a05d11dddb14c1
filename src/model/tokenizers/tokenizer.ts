/** What Waybill reads of a tokenizer: how it is made and how many tokens it has, whatever file describes it. */
import { WaybillError } from '../../base/errors.ts';
import type { Digest } from '../../oci/digest.ts';

export interface ChatTemplate {
  /** The file, or the key in it, that holds it. */
  readonly source: string;
  /** Where there are several. */
  readonly name?: string;
  /** Of its text in UTF-8. */
  readonly sha256: Digest;
  /** Bytes of that text. */
  readonly size: number;
}

export interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly isSpecial: boolean;
}

export interface Tokenizer {
  /** What it was read from. */
  readonly source: string;
  /** How text becomes tokens: `BPE`, `WordPiece`, `Unigram`, `WordLevel`, or the file's word. */
  readonly kind: string;
  /** Tokens without those that were added later. */
  readonly vocabularySize: number;
  readonly addedTokens: readonly AddedToken[];
  /** Behind the highest id of any token: as many rows as an embedding needs. */
  readonly idEnd: number;
  /** Behind the highest id without those that were added later. */
  readonly vocabularyIdEnd: number;
  /** Steps before, between and after, in order, where the file says them. */
  readonly normalizer?: readonly string[];
  readonly preTokenizer?: readonly string[];
  readonly decoder?: readonly string[];
  readonly postProcessor?: readonly string[];
  /** Whether a token stands for each byte that has no other. */
  readonly usesBytes?: boolean;
  readonly chatTemplates?: readonly ChatTemplate[];
  /** What could not be judged, in words. */
  readonly remarks?: readonly string[];
}

export type Refuse = (found: string) => WaybillError;

export function refusalOf(name: string, kind: string): Refuse {
  return (found) => new WaybillError('FORMAT_INVALID', `Cannot read ${name} as ${kind}: ${found}`);
}
