/** Heads of HTTP/1.1 messages, and how long what follows them is: RFC 9112 §2 to §6. */

export interface Head {
  readonly status: number;
  /** By lower-case name; values of one name joined by `, `. */
  readonly headers: ReadonlyMap<string, string>;
  /** Whether another request may follow on the same connection. */
  readonly isPersistent: boolean;
}

/** A body's length in bytes, or how its end is found. */
export type Framing = number | 'chunked' | 'until closed';

/** Addresses of storage with their signatures have some KiB; nginx sends at most 8 KiB a line. */
export const MAX_HEAD_SIZE: number = 64 * 1024;

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/**
 * The head of a request.
 * @param target what stands after the method: a path, or an address for a proxy
 * @throws TypeError for what would end a line early: whoever calls has to refuse such input before
 */
export function formatHead(method: string, target: string, headers: Readonly<Record<string, string>>): string {
  if (!/^[\x21-\x7e]+$/.test(target)) throw new TypeError('the target of a request holds other than visible ASCII');
  const lines = Object.entries(headers).map(([name, value]) => {
    if (!TOKEN.test(name) || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) throw new TypeError(`bad header ${name}`);
    return `${name}: ${value}\r\n`;
  });
  return `${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

/** @returns undefined for what is no head of an HTTP/1 answer */
export function parseHead(text: string): Head | undefined {
  const [first = '', ...lines] = text.split('\r\n');
  const [, minor, status] = /^HTTP\/1\.([01]) (\d{3})(?: [^\r\n]*)?$/.exec(first) ?? [];
  if (status === undefined) return undefined;
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).toLowerCase();
    // Folded lines and blanks before the colon are two readings of one head: RFC 9112 §5.1, §5.2.
    if (!TOKEN.test(name) || /[\r\n\0]/.test(line)) return undefined;
    const value = line.slice(colon + 1).trim();
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  const connection = (headers.get('connection') ?? '').toLowerCase().split(/\s*,\s*/);
  const isPersistent = minor === '1' ? !connection.includes('close') : connection.includes('keep-alive');
  return { status: Number(status), headers, isPersistent };
}

/** @returns undefined where the head contradicts itself: what would follow could be read in two ways */
export function framingOf(method: string, { status, headers }: Head): Framing | undefined {
  if (method === 'HEAD' || status === 204 || status === 304) return 0;
  const coding = headers.get('transfer-encoding');
  const length = headers.get('content-length');
  if (coding !== undefined) return coding.toLowerCase() === 'chunked' && length === undefined ? 'chunked' : undefined;
  if (length === undefined) return 'until closed';
  const size = /^\d+$/.test(length) ? Number(length) : Number.NaN;
  return Number.isSafeInteger(size) ? size : undefined;
}
