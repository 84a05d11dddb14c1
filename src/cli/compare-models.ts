/** `inspect --against`: the layouts of two models, tensor by tensor. */
import { WaybillError } from '../base/errors.ts';
import { compareLayouts } from '../model/architecture/compare.ts';
import type { ModelSet } from '../model/model-set/model-set.ts';
import type { Context } from './context.ts';
import { deriveAt } from './derive-at.ts';
import type { ComparisonOutput } from './outputs/comparison.ts';

/** @throws WaybillError UNSUPPORTED where the tensors of one of them cannot be told; what reading them throws */
export async function compareModels(context: Context, mine: string, reference: string): Promise<ComparisonOutput> {
  const [own, other] = [await modelAt(context, mine), await modelAt(context, reference)];
  const { missing, extra, different, ...rest } = compareLayouts(own.tensors, other.tensors);
  return {
    against: reference,
    ...rest,
    missing: [...missing],
    extra: [...extra],
    different: different.map(({ name, mine, reference }) => ({ name, mine: plain(mine), reference: plain(reference) })),
  };
}

async function modelAt(context: Context, text: string): Promise<ModelSet> {
  const { main, sets, unread } = await deriveAt(context, text);
  const refuse = (found: string, hint: string) =>
    new WaybillError('UNSUPPORTED', `Cannot compare ${text}: ${found}`, { hint });
  if (unread[0] !== undefined && main === undefined) throw unread[0].error;
  if (main === undefined)
    throw sets.length === 0
      ? refuse('it has no model file whose tensors are read', 'waybill inspect shows what it has')
      : refuse(`it has ${sets.length} models, and which of them is meant cannot be told`, 'Name the file, as ./FILE');
  if (main.set.tensors.length === 0) throw refuse(`${main.set.name} has no tensors`, 'Name another file');
  return main.set;
}

function plain({ dtype, shape }: { dtype: string; shape: readonly number[] }): { dtype: string; shape: number[] } {
  return { dtype, shape: [...shape] };
}
