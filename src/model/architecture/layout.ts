/**
 * Digests of a model's layout: which tensors it has, of which type and shape, whatever is in them. RFC 8785 of
 * `[[name, dtype, shape], …]`, sorted by the bytes of the names.
 */
import { createHash } from 'node:crypto';
import { WaybillError } from '../../base/errors.ts';
import { type Digest, sha256Digest } from '../../oci/digest.ts';
import type { Tensor } from '../model-file/tensor.ts';

/** What a layout says of a tensor. */
export type LayoutTensor = Pick<Tensor, 'name' | 'dtype' | 'shape'>;

export interface LayoutDigests {
  /** Of names, element types and shapes. */
  readonly layoutDigest: Digest;
  /** Of names and shapes: the same after a cast to another element type. */
  readonly shapeDigest: Digest;
}

/** Characters that are hashed in one go. */
const PIECE_LENGTH = 64 * 1024;

/**
 * Both digests of the tensors of all files of a model, in whatever order they come.
 * @throws WaybillError FORMAT_INVALID for two tensors of one name, and for a name or type that is no Unicode text,
 * which canonical JSON cannot say
 */
export function digestLayout(tensors: readonly LayoutTensor[]): LayoutDigests {
  const layout = new CanonicalList();
  const shapes = new CanonicalList();
  for (const tensor of sortLayout(tensors)) {
    const name = quote(tensor.name, tensor.name);
    const shape = `[${tensor.shape.join(',')}]`;
    layout.add(`[${name},${quote(tensor.dtype, tensor.name)},${shape}]`);
    shapes.add(`[${name},${shape}]`);
  }
  return { layoutDigest: layout.digest(), shapeDigest: shapes.digest() };
}

/**
 * By the UTF-8 bytes of the names.
 * @throws WaybillError FORMAT_INVALID for two tensors of one name, which readers would choose between
 */
export function sortLayout<Kind extends LayoutTensor>(tensors: readonly Kind[]): readonly Kind[] {
  const sorted = tensors.toSorted((a, b) => compareBytes(a.name, b.name));
  const twice = sorted.find(({ name }, index) => name === sorted[index + 1]?.name);
  if (twice !== undefined)
    throw new WaybillError(
      'FORMAT_INVALID',
      `Cannot tell the layout of the model: it has two tensors with the name ${JSON.stringify(twice.name)}`,
    );
  return sorted;
}

const SURROGATE = /[\ud800-\udfff]/;

/** UTF-16 sorts as UTF-8 does where no sign needs two units. */
function compareBytes(a: string, b: string): number {
  if (a === b) return 0;
  if (SURROGATE.test(a) || SURROGATE.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : 1;
}

function quote(text: string, tensor: string): string {
  if (!text.isWellFormed())
    throw new WaybillError(
      'FORMAT_INVALID',
      `Cannot tell the layout of the model: the tensor ${JSON.stringify(tensor)} has half of a sign in its name or type`,
    );
  return JSON.stringify(text);
}

/** A list of canonical JSON that is hashed while it grows. */
class CanonicalList {
  readonly #hash = createHash('sha256');
  #piece = '[';
  #isEmpty = true;

  add(item: string): void {
    this.#piece += this.#isEmpty ? item : `,${item}`;
    this.#isEmpty = false;
    if (this.#piece.length < PIECE_LENGTH) return;
    this.#hash.update(this.#piece);
    this.#piece = '';
  }

  digest(): Digest {
    return sha256Digest(this.#hash.update(`${this.#piece}]`).digest('hex'));
  }
}
