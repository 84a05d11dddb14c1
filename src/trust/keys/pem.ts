/** PEM (RFC 7468): labelled base64 between dashes. Text around the blocks is allowed, as openssl and certtool write it. */
import { WaybillError } from '../../base/errors.ts';

export interface PemBlock {
  readonly label: string;
  readonly der: Buffer;
}

/** A chain of twenty certificates with the text that openssl writes beside them has about this; keys have 8 KiB. */
export const MAX_PEM_SIZE = 256 * 1024;

/**
 * Every block of a text, in order; headers inside a block (RFC 1421) are no RFC 7468.
 * @param name the file in the reader's words
 * @throws WaybillError KEY_INVALID
 */
export function readPem(text: string, name: string): PemBlock[] {
  const refuse = (found: string) => new WaybillError('KEY_INVALID', `Cannot read ${name}: ${found}`);
  if (text.length > MAX_PEM_SIZE) throw refuse(`it is larger than ${MAX_PEM_SIZE} bytes`);
  const blocks: PemBlock[] = [];
  const lines = text.split(/\r\n|\n|\r/);
  let last = -1;
  for (const [at, first] of lines.entries()) {
    const label = labelOf('BEGIN', first);
    if (at <= last || label === undefined) continue;
    const end = lines.findIndex((line, index) => index > at && labelOf('END', line) === label);
    if (end === -1) throw refuse(`its block ${label} has no end`);
    blocks.push({ label, der: decode(lines.slice(at + 1, end), () => refuse(`its block ${label} is not base64`)) });
    last = end;
  }
  return blocks;
}

/** One block, with lines of 64 characters. */
export function toPem(label: string, der: Uint8Array): string {
  const lines = Buffer.from(der)
    .toString('base64')
    .replace(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}

function labelOf(edge: 'BEGIN' | 'END', line: string): string | undefined {
  return new RegExp(`^-----${edge} ([A-Z0-9][A-Z0-9 ]{0,62}[A-Z0-9])-----[ \\t]*$`).exec(line)?.[1];
}

/** What is not the base64 that we would write of it could be read as two things. */
function decode(lines: readonly string[], refuse: () => WaybillError): Buffer {
  const text = lines.map((line) => line.trim()).join('');
  const der = Buffer.from(text, 'base64');
  if (der.length === 0 || der.toString('base64') !== text) throw refuse();
  return der;
}
