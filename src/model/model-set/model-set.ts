/** One model as its files have it together: a single file, or the shards that are loaded as one. */
import type { WaybillError } from '../../base/errors.ts';
import type { Finding } from '../../base/finding.ts';
import type { Format, ModelFile } from '../model-file/format.ts';
import type { Opaque } from '../model-file/opaque/opaque.ts';
import type { Tensor } from '../model-file/tensor.ts';

export interface ModelSet extends ModelFile {
  /** In messages: the file, or the index of the shards, or the first of them. */
  readonly name: string;
  readonly format: Format;
  /** Paths in the package, in the order of the shards. */
  readonly files: readonly string[];
  readonly tensors: readonly SetTensor[];
  readonly findings: readonly Finding[];
}

export interface SetTensor extends Tensor {
  /** Path of the file that holds it. */
  readonly file: string;
}

/** Files that are known by name or content as a model, and cannot be read as one. */
export interface UnreadModel {
  /** By its name; undefined for one that is known by its content alone. */
  readonly format: Format | undefined;
  readonly files: readonly string[];
  readonly error: WaybillError;
}

/** A file that is recognised and not read. */
export interface OpaqueModel {
  readonly file: string;
  readonly opaque: Opaque;
}
