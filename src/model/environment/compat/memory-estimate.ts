/**
 * The least memory that a model takes: its weights as they are stored, and the tensors that go in and come out at the
 * declared batch. What lies between, and what the runtime itself takes, nobody can tell from the files: a lower bound.
 */
import type { WaybillFile } from '../../waybill-file/schema.ts';
import type { Weights } from './weights.ts';

export interface MemoryEstimate {
  readonly weightsMiB: number;
  readonly interfaceMiB: number;
  /** Both together: less will not do. */
  readonly leastMiB: number;
  /** How it was computed. */
  readonly how: readonly string[];
}

/** Bytes of an element. "Tensor Data Types" of the Open Inference Protocol; BYTES have any length. */
const ELEMENT_BYTES: Readonly<Record<string, number>> = {
  BOOL: 1,
  UINT8: 1,
  INT8: 1,
  UINT16: 2,
  INT16: 2,
  FP16: 2,
  BF16: 2,
  UINT32: 4,
  INT32: 4,
  FP32: 4,
  UINT64: 8,
  INT64: 8,
  FP64: 8,
};

const MEBIBYTE = 1024 ** 2;

export function estimateMemory(file: WaybillFile | undefined, weights: readonly Weights[]): MemoryEstimate {
  const read = weights.filter(({ isRead }) => isRead);
  const unread = weights.filter(({ isRead }) => !isRead);
  const weightBytes = weights.reduce((sum, { bytes }) => sum + bytes, 0);
  const dtypes = [...new Set(read.flatMap((one) => [...one.dtypes]))].sort();
  const batch = file?.runtime?.batch?.max ?? 1;
  const tensors = [...(file?.interface?.inputs ?? []), ...(file?.interface?.outputs ?? [])];
  const counted = tensors.map((tensor) => bytesOf(tensor, batch));
  const how = [
    ...(read.length > 0
      ? [`tensors of ${read.length === 1 ? 'one file' : `${read.length} files`} as stored (${dtypes.join(', ')})`]
      : []),
    ...(unread.length > 0
      ? [`${unread.length === 1 ? 'one file' : `${unread.length} files`} of weights by size alone`]
      : []),
    ...(tensors.length > 0 ? [`inputs and outputs for a batch of ${batch}`] : []),
    ...(counted.some(({ isWhole }) => !isWhole) ? ['dimensions that vary, but for the first, counted as 1'] : []),
    'without what the runtime and the values in between take',
  ];
  const interfaceBytes = counted.reduce((sum, { bytes }) => sum + bytes, 0);
  return {
    weightsMiB: round(weightBytes),
    interfaceMiB: round(interfaceBytes),
    leastMiB: round(weightBytes + interfaceBytes),
    how,
  };
}

/** The first dimension that varies is the batch. */
function bytesOf(
  { datatype, shape }: { readonly datatype: string; readonly shape: readonly (number | string)[] },
  batch: number,
): { bytes: number; isWhole: boolean } {
  let isBatchCounted = false;
  let isWhole = true;
  let count = ELEMENT_BYTES[datatype] ?? 0;
  for (const [index, length] of shape.entries()) {
    if (typeof length === 'number' && length >= 0) count *= length;
    else if (index === 0 && !isBatchCounted) {
      count *= batch;
      isBatchCounted = true;
    } else isWhole = false;
  }
  return { bytes: count, isWhole };
}

function round(bytes: number): number {
  const mebibytes = bytes / MEBIBYTE;
  return mebibytes >= 100 ? Math.ceil(mebibytes) : Math.ceil(mebibytes * 100) / 100;
}
