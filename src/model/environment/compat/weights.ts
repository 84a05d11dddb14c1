/** What of the weights matters to whatever loads them: format, element types, opsets, and how many bytes they are. */
import path from 'node:path';
import { WaybillError } from '../../../base/errors.ts';
import type { ByteSource } from '../../model-file/byte-source.ts';
import { readModelFile } from '../../model-file/identify.ts';
import { dtypeShares } from '../../model-file/tensor.ts';
import type { PackageView, ViewedFile } from './package-view.ts';

/** The id of a format that is read, or of one that is only known by its first bytes. */
export type WeightsKind =
  | 'gguf'
  | 'npy'
  | 'onnx'
  | 'safetensors'
  | 'torch'
  | 'keras'
  | 'hdf5'
  | 'pickle'
  | 'numpy-objects'
  | 'other';

export interface Weights {
  readonly path: string;
  readonly kind: string;
  /** Bytes of the tensors, or of the file where they are not read. */
  readonly bytes: number;
  readonly isRead: boolean;
  readonly dtypes: ReadonlySet<string>;
  /** Of ONNX: the set of operators, and the version of the format. */
  readonly opset?: number;
  readonly irVersion?: number;
  readonly hasExternalData: boolean;
  readonly hasChatTemplate: boolean;
}

/** Checkpoints of the largest models have some hundred parts. */
const MAX_WEIGHTS_FILES = 2000;
const HEAD_SIZE = 512;

/** @throws WaybillError for what cannot be read at all; a file of another form is told, not refused */
export async function lookAtWeights(view: PackageView): Promise<readonly Weights[]> {
  const files = view.files.filter(({ component, size }) => component === 'weights' && size > 0);
  if (files.length > MAX_WEIGHTS_FILES)
    throw new WaybillError(
      'LIMIT_EXCEEDED',
      `Cannot look at the weights: they are more than ${MAX_WEIGHTS_FILES} files`,
    );
  const found: Weights[] = [];
  for (const file of files) {
    await using source = await view.open(file.path);
    found.push(await lookAt(source, file));
  }
  return found;
}

async function lookAt(source: ByteSource, { path, size }: ViewedFile): Promise<Weights> {
  try {
    const { format, tensors, metadata, version, externalFiles, ...rest } = await readModelFile({
      ...source,
      name: path,
    });
    const { opsets } = rest as object as { readonly opsets?: ReadonlyMap<string, number> };
    const irVersion = Number(version);
    const opset = opsets?.get('') ?? opsets?.get('ai.onnx');
    const shares = dtypeShares(tensors);
    return {
      path,
      kind: format.id,
      bytes: [...shares.values()].reduce((sum, share) => sum + share.size, 0),
      isRead: true,
      dtypes: new Set(shares.keys()),
      ...(opset === undefined ? {} : { opset }),
      ...(format.id === 'onnx' && Number.isInteger(irVersion) ? { irVersion } : {}),
      hasExternalData: (externalFiles ?? []).length > 0,
      hasChatTemplate: metadata.has('tokenizer.chat_template'),
    };
  } catch (error) {
    if (!(error instanceof WaybillError) || !['UNSUPPORTED', 'FORMAT_INVALID', 'LIMIT_EXCEEDED'].includes(error.code))
      throw error;
    const head = Buffer.from(await source.read(0, Math.min(HEAD_SIZE, source.size)));
    return {
      path,
      kind: kindOf(head, path),
      bytes: size,
      isRead: false,
      dtypes: new Set(),
      hasExternalData: false,
      hasChatTemplate: false,
    };
  }
}

const TORCH_MAGIC = Buffer.from('80028a0a6cfc9c46f9206aa850192e', 'hex');
const TORCH_EXTENSIONS: readonly string[] = ['.pt', '.pth', '.bin', '.ckpt'];
const HDF5_MAGIC = Buffer.from('894844460d0a1a0a', 'hex');

/** By the first bytes, then by the name: these formats are not read here, since to read them runs code. */
function kindOf(head: Buffer, name: string): WeightsKind {
  const extension = path.posix.extname(name).toLowerCase();
  const starts = (magic: Buffer) => head.subarray(0, magic.length).equals(magic);
  if (starts(TORCH_MAGIC)) return 'torch';
  if (starts(HDF5_MAGIC)) return 'hdf5';
  if (starts(Buffer.from('PK\x03\x04', 'latin1'))) {
    if (extension === '.keras') return 'keras';
    // torch.save() writes `NAME/data.pkl` as the first member.
    const length = head.length < 30 ? 0 : head.readUInt16LE(26);
    const member = head.toString('latin1', 30, 30 + length);
    return member.endsWith('/data.pkl') || TORCH_EXTENSIONS.includes(extension) ? 'torch' : 'other';
  }
  if (starts(Buffer.from('\x93NUMPY', 'latin1')) && /'descr': *(?:'\|O'|\[.*'\|O')/.test(head.toString('latin1')))
    return 'numpy-objects';
  const isPickle = head[0] === 0x80 && (head[1] ?? 0) >= 2 && (head[1] ?? 0) <= 5;
  if (isPickle && TORCH_EXTENSIONS.includes(extension)) return 'torch';
  return isPickle || ['.joblib', '.pkl', '.pickle'].includes(extension) ? 'pickle' : 'other';
}
