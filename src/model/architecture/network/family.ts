/** How the tensors of a family of networks are called, and which shapes follow from its sizes. */

/**
 * A length of a tensor, as a word: H hidden size, V vocabulary, F intermediate size, Q heads × head size, K key-value
 * heads × head size, M intermediate size of an expert, E experts, D head size, S width of the embedding, P positions.
 * `QKV` is Q + 2K; a digit before a word multiplies it.
 */
export type Length = 'H' | 'V' | 'F' | '2F' | '4H' | '3H' | 'Q' | 'K' | 'QKV' | 'M' | '2M' | 'E' | 'D' | 'S' | 'P';

export type Shape = readonly Length[];

/** By the name of a tensor within a layer, or behind the prefix; `*` stands for the number of an expert. */
export type Parts = Readonly<Record<string, Shape>>;

/** What the invariants look at, one kind each. */
export interface Named {
  readonly embedding?: Parts;
  readonly norm?: Parts;
  readonly attention?: Parts;
  readonly feedForward?: Parts;
  readonly experts?: Parts;
}

export interface Stack {
  /** Behind the prefix: `layers`. The number of a layer follows. */
  readonly path: string;
  /** The size that says how many layers there are. */
  readonly layers: 'layers' | 'decoderLayers';
}

export interface Family {
  readonly id: string;
  readonly form: 'huggingface' | 'gguf';
  /** Kinds of networks that are built so: a closed list, each tried with the program that defines it. */
  readonly modelTypes: readonly string[];
  /** What stands before all names: nothing, where only the inner network was saved. */
  readonly prefixes: readonly string[];
  readonly stacks: readonly Stack[];
  /** Outside of layers. */
  readonly outside: Named;
  /** Within a layer. */
  readonly layer: Named;
  /** The output layer, without prefix, and its shape. */
  readonly head?: readonly [name: string, shape: Shape];
  /** Kinds whose layers all have the same parts. */
  readonly uniform: readonly string[];
  /** Kinds of which `config.json` must say the head size, because it is not hidden size / heads. */
  readonly ownHeadDim?: readonly string[];
  /** Kinds in which as many key-value heads as heads are meant when nothing is said. */
  readonly ungrouped?: readonly string[];
  /** Kinds whose intermediate size is four times the hidden size when nothing is said. */
  readonly fourfold?: boolean;
}
