/** What contradicts itself in a declared interface, beyond the form of its keys: names, bounds, values, meanings. */
import type { InputTensor, ModelInterface, OutputTensor } from '../waybill-file/interface.ts';
import { kindOf, refusalOfValue } from './datatypes.ts';
import { disagreementsOf } from './meanings.ts';

export interface Contradiction {
  /** Keys of waybill.yaml that lead to it. */
  readonly at: readonly (string | number)[];
  readonly message: string;
}

export function contradictionsOf(declared: ModelInterface): readonly Contradiction[] {
  return (['inputs', 'outputs'] as const).flatMap((side) => {
    const names = new Map<string, number>();
    return declared[side].flatMap((tensor, index) => {
      const at = ['interface', side, index];
      const first = names.get(tensor.name);
      names.set(tensor.name, first ?? index);
      return [
        ...(first === undefined
          ? []
          : [{ at: [...at, 'name'], message: `${JSON.stringify(tensor.name)} is the name of ${side}.${first} too` }]),
        ...contradictionsIn(tensor).map((found) => ({ ...found, at: [...at, ...found.at] })),
      ];
    });
  });
}

function contradictionsIn(tensor: InputTensor | OutputTensor): readonly Contradiction[] {
  const { datatype, shape, semantic } = tensor;
  return [
    ...boundsOf(tensor),
    ...enumOf(tensor),
    ...(semantic === undefined
      ? []
      : disagreementsOf(semantic, { datatype, shape }).map(({ at, message }) => ({
          at: ['semantic', ...at],
          message,
        }))),
  ];
}

function boundsOf({ datatype, minimum, maximum }: InputTensor | OutputTensor): Contradiction[] {
  const kind = kindOf(datatype);
  const found = Object.entries({ minimum, maximum }).flatMap(([key, value]): Contradiction[] => {
    if (value === undefined) return [];
    const refusal = kind === 'bool' || kind === 'bytes' ? undefined : refusalOfValue(datatype, value);
    if (kind === 'bool' || kind === 'bytes')
      return [{ at: [key], message: `${datatype} has no order; leave ${key} out` }];
    return refusal === undefined ? [] : [{ at: [key], message: `${value} ${refusal}` }];
  });
  if (minimum !== undefined && maximum !== undefined && minimum > maximum)
    found.push({ at: ['minimum'], message: `${minimum} is above the maximum, ${maximum}` });
  return found;
}

function enumOf({ datatype, enum: values, minimum, maximum }: InputTensor | OutputTensor): Contradiction[] {
  if (values === undefined) return [];
  if (values.length === 0) return [{ at: ['enum'], message: 'with no value in it nothing is ever accepted' }];
  const seen = new Set<unknown>();
  return values.flatMap((value, index): Contradiction[] => {
    const at = ['enum', index];
    const shown = JSON.stringify(value);
    if (seen.has(value)) return [{ at, message: `${shown} stands there twice` }];
    seen.add(value);
    const refusal = refusalOfValue(datatype, value);
    if (refusal !== undefined) return [{ at, message: `${shown} ${refusal}` }];
    if (typeof value !== 'number') return [];
    if (minimum !== undefined && value < minimum) return [{ at, message: `${shown} is below the minimum, ${minimum}` }];
    return maximum !== undefined && value > maximum
      ? [{ at, message: `${shown} is above the maximum, ${maximum}` }]
      : [];
  });
}
