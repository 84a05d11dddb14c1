/** Reads a JSON file that lies beside weights, as others wrote it. What could be read in two ways is refused. */
import { WaybillError } from '../../base/errors.ts';
import { parseStrictJson } from '../../base/strict-json.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export interface JsonFile {
  /** What it is called in messages. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * Reads a whole file. `NaN` and `Infinity`, which are no JSON but are what Python writes, become null.
 * @throws WaybillError FORMAT_INVALID, LIMIT_EXCEEDED above `limit` bytes
 */
export function readObject({ name, bytes }: JsonFile, limit: number): JsonObject {
  if (bytes.length > limit)
    throw new WaybillError(
      'LIMIT_EXCEEDED',
      `Cannot read ${name}: it has ${bytes.length} bytes, the limit is ${limit}`,
    );
  const value = parse({ name, bytes: withoutNonNumbers(bytes) });
  if (!isObject(value)) throw new WaybillError('FORMAT_INVALID', `Cannot read ${name}: it is no JSON object`);
  return value;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value in a message, shortened. */
export function showJson(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (isObject(value)) return 'an object';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

const NON_NUMBER = /"(?:[^"\\]|\\.)*"|-?Infinity|NaN/gs;

/** The same bytes where there are none of them. */
function withoutNonNumbers(bytes: Uint8Array): Uint8Array {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (!file.includes('NaN') && !file.includes('Infinity')) return bytes;
  // Byte by byte, so that what is not UTF-8 stays so.
  const text = file.toString('latin1').replace(NON_NUMBER, (found) => (found.startsWith('"') ? found : 'null'));
  return Buffer.from(text, 'latin1');
}

function parse({ name, bytes }: JsonFile): unknown {
  try {
    return parseStrictJson(bytes, name);
  } catch (error) {
    if (!(error instanceof WaybillError)) throw error;
    throw new WaybillError('FORMAT_INVALID', error.message, { cause: error.cause });
  }
}
