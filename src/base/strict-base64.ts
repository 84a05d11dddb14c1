/**
 * Base64 as RFC 4648 §4 writes it, and nothing else. `Buffer.from` skips what it does not know, so
 * that many texts would mean one value and two readers could disagree about which bytes were signed.
 */
import { type ErrorCode, WaybillError } from './errors.ts';

const SHAPE = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * @param what the value in the reader's words, for the message
 * @throws WaybillError `code` unless the text is the one text for its bytes: padded, no other sign, no stray bits
 */
export function decodeBase64(text: string, what: string, code: ErrorCode): Buffer {
  const refuse = (found: string) => new WaybillError(code, `Cannot read ${what}: ${found}`);
  if (!SHAPE.test(text)) throw refuse('it is not base64 with the standard alphabet and padding (RFC 4648 §4)');
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) throw refuse('its last base64 sign has bits that belong to no byte');
  return bytes;
}
