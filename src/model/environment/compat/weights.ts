/** What of the weights matters to whatever loads them: format, element types, opsets, and how many bytes they are. */
import path from 'node:path';
import { WaybillError } from '../../../base/errors.ts';
import type { ByteSource } from '../../model-file/byte-source.ts';
import { identify, readModelFile } from '../../model-file/identify.ts';
import { dtypeShares } from '../../model-file/tensor.ts';
import type { PackageView, ViewedFile } from './package-view.ts';

export interface Weights {
  readonly path: string;
  /** The id of its format, of one that is read or only named; `numpy-objects` for pickles in NPY; `other`. */
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
/** The header of an NPY file of one array has some 128 bytes. */
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
  const beside = new Set<string>();
  for (const file of files) {
    const { externalFiles, ...weights } = await lookInto(view, file);
    found.push(weights);
    for (const name of externalFiles) beside.add(path.posix.join(path.posix.dirname(file.path), name));
  }
  // Their tensors were counted where they are described.
  return found.filter(({ path }) => !beside.has(path));
}

async function lookInto(view: PackageView, file: ViewedFile): ReturnType<typeof lookAt> {
  try {
    await using source = await view.open(file.path);
    return await lookAt(source, file);
  } catch (error) {
    if (!isAboutForm(error)) throw error;
    return unread(file, 'other');
  }
}

function unread({ path, size }: Pick<ViewedFile, 'path' | 'size'>, kind: string): Awaited<ReturnType<typeof lookAt>> {
  return {
    path,
    kind,
    bytes: size,
    isRead: false,
    dtypes: new Set(),
    hasExternalData: false,
    hasChatTemplate: false,
    externalFiles: [],
  };
}

async function lookAt(
  source: ByteSource,
  { path, size }: Pick<ViewedFile, 'path' | 'size'>,
): Promise<Weights & { readonly externalFiles: readonly string[] }> {
  try {
    const named = { ...source, name: path };
    const { format, tensors, metadata, version, opsets, externalFiles = [] } = await readModelFile(named);
    const opset = opsets?.get('ai.onnx');
    const shares = dtypeShares(tensors);
    return {
      path,
      kind: format.id,
      bytes: [...shares.values()].reduce((sum, share) => sum + share.size, 0),
      isRead: true,
      dtypes: new Set(shares.keys()),
      ...(opset === undefined ? {} : { opset }),
      ...(format.id === 'onnx' ? { irVersion: Number(version) } : {}),
      hasExternalData: externalFiles.length > 0,
      hasChatTemplate: metadata.has('tokenizer.chat_template'),
      externalFiles,
    };
  } catch (error) {
    if (!isAboutForm(error)) throw error;
    return unread({ path, size }, await kindOf({ ...source, name: path }));
  }
}

function isAboutForm(error: unknown): boolean {
  return error instanceof WaybillError && ['UNSUPPORTED', 'FORMAT_INVALID', 'LIMIT_EXCEEDED'].includes(error.code);
}

/** What a file is that is not read: mostly because to load it runs code. */
async function kindOf(source: ByteSource): Promise<string> {
  const head = Buffer.from(await source.read(0, Math.min(HEAD_SIZE, source.size))).toString('latin1');
  if (head.startsWith('\x93NUMPY') && /'descr': *(?:'\|O'|\[.*'\|O')/.test(head)) return 'numpy-objects';
  try {
    const { opaque } = await identify(source);
    return opaque?.id ?? 'other';
  } catch (error) {
    if (!isAboutForm(error)) throw error;
    return 'other';
  }
}
