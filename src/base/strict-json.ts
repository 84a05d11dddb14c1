/**
 * Reads JSON that strangers wrote. Two readers of one document must not see two things:
 * duplicate keys, invalid UTF-8, a byte order mark, excessive depth and `__proto__` are refused
 * (RFC 8259 leaves them open; parsers differ: CVE-2021-41190 and its kind).
 */
import { type ErrorCode, WaybillError } from './errors.ts';

/** Manifests and configurations nest about 6 deep; a crafted document nests until the stack ends. */
const MAX_JSON_DEPTH = 64;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export interface StrictJsonOptions {
  /** The code of what is thrown; MANIFEST_INVALID if absent. */
  readonly code?: ErrorCode;
  /** Whether whole numbers beyond 2^53 become bigint, and are not rounded. */
  readonly isExact?: boolean;
}

/**
 * Parses a whole document.
 * @param what the document in the reader's words, for the message
 * @throws WaybillError when it is not JSON or could be read in two ways
 */
export function parseStrictJson(
  bytes: Uint8Array,
  what: string,
  { code = 'MANIFEST_INVALID', isExact = false }: StrictJsonOptions = {},
): unknown {
  const refuse = (found: string, cause?: unknown) => new WaybillError(code, `Cannot read ${what}: ${found}`, { cause });
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch (cause) {
    throw refuse('it is not valid UTF-8', cause);
  }
  let value: unknown;
  try {
    value = isExact ? JSON.parse(text, exactly) : JSON.parse(text);
  } catch (cause) {
    throw refuse('it is not JSON', cause);
  }
  const ambiguity = findAmbiguity(text);
  if (ambiguity !== undefined) throw refuse(ambiguity);
  return value;
}

/** ECMAScript "JSON.parse source text access": the number as it was written. */
function exactly(_key: string, value: unknown, { source = '' }: { source?: string } = {}): unknown {
  const isRounded = typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(source);
  return isRounded ? BigInt(source) : value;
}

/** Walks the tokens of a text that is known to be JSON and says what two parsers may read differently. */
function findAmbiguity(text: string): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  let expectKey = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (sign === '{' || sign === '[') {
      open.push(sign === '{' ? new Set() : undefined);
      expectKey = sign === '{';
      if (open.length > MAX_JSON_DEPTH) return `it nests deeper than ${MAX_JSON_DEPTH} levels`;
    } else if (sign === '}' || sign === ']') {
      open.pop();
      expectKey = false;
    } else if (sign === ',') {
      expectKey = open.at(-1) !== undefined;
    } else if (sign === '"') {
      const end = endOfString(text, at);
      if (expectKey) {
        const key: string = JSON.parse(text.slice(at, end));
        const keys = open.at(-1);
        if (keys?.has(key)) return `the key ${JSON.stringify(key)} stands twice in one object`;
        if (key === '__proto__') return 'it has a key "__proto__"';
        keys?.add(key);
        expectKey = false;
      }
      at = end - 1;
    }
  }
  return undefined;
}

/** The index behind the closing quote of the string that opens at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}
