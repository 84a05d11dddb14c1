/** A request or a response in the JSON of the Open Inference Protocol v2 ("Inference Request JSON Object"). */
import { parseStrictJson } from '../../base/strict-json.ts';
import type { ActualTensor, Side } from './unify.ts';

export interface MessageTensor extends ActualTensor {
  /** Flat or nested; whole numbers beyond 2^53 as bigint. */
  readonly data: readonly unknown[];
}

export interface Message {
  readonly tensors: readonly MessageTensor[];
  /** Outputs that a request asks for; absent for all. */
  readonly requested?: readonly string[];
}

/**
 * @param side `inputs` for a request, `outputs` for a response
 * @returns the message, or what keeps the bytes from being one
 * @throws WaybillError FORMAT_INVALID when they are not JSON, or could be read in two ways
 */
export function readMessage(bytes: Uint8Array, side: Side, name: string): Message | { readonly problem: string } {
  const value = parseStrictJson(bytes, name, { code: 'FORMAT_INVALID', isExact: true });
  if (!isObject(value)) return { problem: 'it is not an object' };
  const list = value[side];
  if (!Array.isArray(list)) return { problem: `it has no list "${side}"` };
  const tensors: MessageTensor[] = [];
  for (const [index, tensor] of list.entries()) {
    const problem = problemOf(tensor);
    if (problem !== undefined) return { problem: `${side}[${index}] ${problem}` };
    tensors.push(tensor);
  }
  const requested = side === 'inputs' ? value['outputs'] : undefined;
  if (requested === undefined) return { tensors };
  if (!Array.isArray(requested) || !requested.every(isNamed)) return { problem: 'outputs is not a list of names' };
  // "If no outputs are requested, all are returned": an empty list asks for all, too.
  return requested.length === 0 ? { tensors } : { tensors, requested: requested.map(({ name }) => name) };
}

function problemOf(tensor: unknown): string | undefined {
  if (!isNamed(tensor)) return 'has no name';
  const { datatype, shape, data }: Record<string, unknown> = { ...tensor };
  if (typeof datatype !== 'string') return 'has no datatype';
  if (!Array.isArray(shape) || !shape.every((size) => Number.isSafeInteger(size) && size >= 0)) return 'has no shape';
  return Array.isArray(data) ? undefined : 'has no data (binary data cannot stand in a JSON file)';
}

function isNamed(value: unknown): value is { readonly name: string } & MessageTensor {
  return isObject(value) && typeof value['name'] === 'string';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
