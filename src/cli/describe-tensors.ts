/** Tensors of a model as `waybill inspect` tells them: together, by type, those of all layers as one, and one by one. */
import { repeatedOf } from '../model/model-file/repeated.ts';
import { dtypeShares, type Tensor } from '../model/model-file/tensor.ts';
import type { TensorsOutput } from './outputs/tensors.ts';

export function describeTensors(tensors: readonly Tensor[], withTensors: boolean): TensorsOutput {
  const shares = dtypeShares(tensors);
  return {
    // At most four elements share a byte, and files have limits: far below 2^53.
    parameters: Number([...shares.values()].reduce((sum, share) => sum + share.parameters, 0n)),
    dtypes: Object.fromEntries(
      [...shares].map(([dtype, share]) => [dtype, { ...share, parameters: Number(share.parameters) }]),
    ),
    tensorCount: tensors.length,
    groups: repeatedOf(tensors).map((group) => ({ ...group, shape: [...group.shape] })),
    ...(withTensors ? { tensors: tensors.map(tensorOf) } : {}),
  };
}

function tensorOf({
  name,
  dtype,
  shape,
  start,
  end,
  file,
  isCompressed,
}: Tensor): NonNullable<TensorsOutput['tensors']>[number] {
  return {
    name,
    dtype,
    shape: [...shape],
    start,
    size: end - start,
    ...(file === undefined ? {} : { file }),
    ...(isCompressed === true ? { compressed: true as const } : {}),
  };
}
