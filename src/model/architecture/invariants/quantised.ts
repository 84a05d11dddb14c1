import type { Finding } from '../../../base/finding.ts';
import type { Invariant, Subject } from '../invariant.ts';
import type { LayoutTensor } from '../layout.ts';

/** As many as somebody reads. */
const SHOWN = 20;

/** Weights of GPTQ and AWQ come with the scales and zero points of their groups. */
export const quantised: Invariant = {
  id: 'quantised',
  title: 'Packed weights of GPTQ and AWQ have scales and zero points of the shapes that bits and group size make.',
  needs: 'a quantisation of 2, 4 or 8 bits by one of the two, in the layout that both write by default',
  rules: ['model-quantisation'],
  check: ({ tensors, record }) => {
    const form = formOf(record.quantisation);
    if (form === undefined) return [];
    const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
    const findings = tensors.flatMap((tensor) =>
      tensor.name.endsWith('.qweight') && tensor.dtype === 'I32' ? checkWeight(tensor, { byName, form }) : [],
    );
    return findings.slice(0, SHOWN);
  },
};

interface PackedForm {
  readonly method: 'gptq' | 'awq';
  /** Weights in a number of 32 bits. */
  readonly each: number;
  readonly groupSize: number | undefined;
}

function formOf(quantisation: Subject['record']['quantisation']): PackedForm | undefined {
  const { method, bits = 0, groupSize, variant } = quantisation ?? {};
  if (![2, 4, 8].includes(bits)) return undefined;
  const each = 32 / bits;
  if (method === 'gptq' && (variant === undefined || variant.startsWith('gptq'))) return { method, each, groupSize };
  if (method === 'awq' && (variant === undefined || variant === 'gemm')) return { method, each, groupSize };
  return undefined;
}

/** `qweight` is [inputs / each, outputs] of GPTQ, [inputs, outputs / each] of AWQ; the others are a row for each group. */
function checkWeight(
  { name, shape: [rows = 0, columns = 0, ...more] }: LayoutTensor,
  { byName, form: { method, each, groupSize } }: { byName: ReadonlyMap<string, LayoutTensor>; form: PackedForm },
): readonly Finding[] {
  if (more.length > 0) return [];
  const inputs = method === 'gptq' ? rows * each : rows;
  const outputs = method === 'gptq' ? columns : columns * each;
  const groups = groupSize === undefined ? 1 : Math.ceil(inputs / groupSize);
  const module = name.slice(0, -'qweight'.length);
  const expected: readonly (readonly [string, readonly number[]])[] = [
    ['scales', [groups, outputs]],
    ['qzeros', [groups, outputs / each]],
    ...(method === 'gptq' ? [['g_idx', [inputs]] as const] : []),
  ];
  return expected.flatMap(([part, shape]): readonly Finding[] => {
    const found = byName.get(module + part);
    // Symmetric forms leave out what says nothing.
    if (found === undefined && part !== 'scales') return [];
    if (found !== undefined && String(found.shape) === String(shape)) return [];
    const is = found === undefined ? 'is missing' : `is [${found.shape.join(', ')}]`;
    const makes = `${name} with groups of ${groupSize ?? 'all inputs'} makes it [${shape.join(', ')}]`;
    return [{ rule: 'model-quantisation', level: 'error', message: `${module}${part} ${is}, and ${makes}` }];
  });
}
