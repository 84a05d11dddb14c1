/**
 * Base64 as RFC 4648 §4 writes it, and nothing else. `Buffer.from` skips what it does not know, so
 * that many texts would mean one value and two readers could disagree about which bytes were signed.
 */
import { type ErrorCode, WaybillError } from './errors.ts';

/**
 * @param what the value in the reader's words, for the message
 * @throws WaybillError `code` unless the text is the one text for its bytes: padded, no other sign, no stray bits
 */
export function decodeBase64(text: string, what: string, code: ErrorCode): Buffer {
  // Writing it anew is the whole test, in constant stack: an expression with a repeated group overflows on some MiB.
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') === text) return bytes;
  throw new WaybillError(
    code,
    `Cannot read ${what}: it is not base64 with the standard alphabet, padding and no stray bits (RFC 4648 §4)`,
  );
}
