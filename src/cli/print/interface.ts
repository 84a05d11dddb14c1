/** What goes in and comes out of a model, a line for each tensor. */
import { safeText } from './safe-text.ts';

/**
 * @param declared the section `interface`; what is not of its form, in a file of a newer version, is left to --json
 * @returns lines of a table of facts, the side before its first tensor
 */
export function formatInterface(declared: Readonly<Record<string, unknown>> | undefined): [string, string][] {
  return (['inputs', 'outputs'] as const).flatMap((side) => {
    const tensors = declared?.[side];
    return (Array.isArray(tensors) ? tensors : [])
      .filter(isTensor)
      .map((tensor, index): [string, string] => [index === 0 ? side : '', safeText(formatTensor(tensor))]);
  });
}

interface Tensor extends Readonly<Record<string, unknown>> {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly unknown[];
}

/** As `image FP32[batch, 3, 224, 224]  image (layout NCHW, colour rgb), 0 to 1, no NaN, optional`. */
function formatTensor({ name, datatype, shape, semantic, minimum, maximum, nan, required, ...tensor }: Tensor): string {
  const { enum: values } = tensor;
  const facts = [
    ...(isSection(semantic) ? [formatSemantic(semantic)] : []),
    ...(minimum === undefined && maximum === undefined ? [] : [formatRange(minimum, maximum)]),
    ...(Array.isArray(values) ? [`one of ${shorten(values)}`] : []),
    ...(nan === 'reject' ? ['no NaN'] : nan === 'accept' ? ['NaN accepted'] : []),
    ...(required === false ? ['may be left out'] : []),
  ];
  const form = `${name} ${datatype}[${shape.join(', ')}]`;
  return facts.length === 0 ? form : `${form}  ${facts.join(', ')}`;
}

function formatSemantic({ meaning, ...facts }: Readonly<Record<string, unknown>>): string {
  const shown = Object.entries(facts).flatMap(([key, value]) => {
    if (key.startsWith('x-') || key === 'schema') return [];
    if (key === 'columns' && Array.isArray(value)) return [shorten(value.map((column) => column?.name))];
    if (Array.isArray(value)) return [`${key} ${shorten(value)}`];
    return value === true ? [key] : value === false ? [`not ${key}`] : [`${key} ${String(value)}`];
  });
  return shown.length === 0 ? String(meaning) : `${String(meaning)} (${shown.join('; ')})`;
}

function formatRange(minimum: unknown, maximum: unknown): string {
  if (maximum === undefined) return `at least ${String(minimum)}`;
  return minimum === undefined ? `at most ${String(maximum)}` : `${String(minimum)} to ${String(maximum)}`;
}

/** Some of a list, and how many there are. */
function shorten(values: readonly unknown[]): string {
  const shown = values.slice(0, 6).map(String).join(', ');
  return values.length > 6 ? `${shown}, … (${values.length})` : shown;
}

function isTensor(value: unknown): value is Tensor {
  if (!isSection(value)) return false;
  const { name, datatype, shape } = value;
  return typeof name === 'string' && typeof datatype === 'string' && Array.isArray(shape);
}

function isSection(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
