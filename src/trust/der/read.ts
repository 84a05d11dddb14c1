/**
 * Reads DER, the one encoding of ASN.1 in which a value has one form (ITU-T X.690 §8 to §11): lengths are definite and
 * as short as they can be, nothing is left over. Only what keys and certificates use: tags below 31.
 */
import type { WaybillError } from '../../base/errors.ts';

export interface Der {
  /** The identifier octet: class, whether constructed, tag number. */
  readonly tag: number;
  readonly content: Buffer;
  /** With identifier and length. */
  readonly bytes: Buffer;
}

/** Makes the error that says what is wrong, in the words of whoever reads. */
export type Refuse = (found: string) => WaybillError;

export const BOOLEAN = 0x01;
export const INTEGER = 0x02;
export const BIT_STRING = 0x03;
export const OCTET_STRING = 0x04;
export const OBJECT_IDENTIFIER = 0x06;
export const UTC_TIME = 0x17;
export const GENERALIZED_TIME = 0x18;
export const SEQUENCE = 0x30;

/** Content lengths above this need more octets than any key or certificate does. */
const MAX_LENGTH_OCTETS = 3;

/** The one value that the bytes are. @throws what `refuse` makes */
export function readDer(bytes: Uint8Array, refuse: Refuse): Der {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const value = readAt(all, 0, refuse);
  if (value.bytes.length !== all.length) throw refuse('something follows the end of its DER value');
  return value;
}

/** What a constructed value is made of, in order. @throws what `refuse` makes */
export function readParts({ content }: Der, refuse: Refuse): Der[] {
  const parts: Der[] = [];
  for (let at = 0; at < content.length; ) {
    const part = readAt(content, at, refuse);
    parts.push(part);
    at += part.bytes.length;
  }
  return parts;
}

/**
 * The parts of a sequence that has exactly these, by their tags.
 * @param what the sequence in the reader's words
 * @throws what `refuse` makes
 */
export function readTuple<const Tags extends readonly number[]>(
  value: Der,
  tags: Tags,
  { what, refuse }: { readonly what: string; readonly refuse: Refuse },
): { readonly [Place in keyof Tags]: Der } {
  const parts = value.tag === SEQUENCE ? readParts(value, refuse) : [];
  if (parts.map(({ tag }) => tag).join() !== tags.join()) throw refuse(`${what} is malformed`);
  return parts as { readonly [Place in keyof Tags]: Der };
}

/** The parts of the one value that the bytes are, which must have the tag. @throws what `refuse` makes */
export function readDerParts(bytes: Uint8Array, tag: number, refuse: Refuse): Der[] {
  const value = readDer(bytes, refuse);
  if (value.tag !== tag) throw refuse(`its DER value has the tag ${value.tag}, not ${tag}`);
  return readParts(value, refuse);
}

/** An object identifier with dots. @throws what `refuse` makes */
export function toObjectIdentifier({ tag, content }: Der, refuse: Refuse): string {
  if (tag !== OBJECT_IDENTIFIER || content.length === 0 || content.readUInt8(content.length - 1) >= 0x80)
    throw refuse('an object identifier in it is malformed');
  const arcs: number[] = [];
  let arc = 0;
  let isFirst = true;
  for (const octet of content) {
    if (isFirst && octet === 0x80) throw refuse('an object identifier in it is malformed');
    arc = arc * 128 + (octet & 0x7f);
    if (!Number.isSafeInteger(arc)) throw refuse('an object identifier in it is too large');
    isFirst = (octet & 0x80) === 0;
    if (!isFirst) continue;
    // The first two arcs are one number: 40 times the first, which is at most 2, and the second.
    const top = Math.min(Math.floor(arc / 40), 2);
    arcs.push(...(arcs.length === 0 ? [top, arc - 40 * top] : [arc]));
    arc = 0;
  }
  return arcs.join('.');
}

/** A number that fits a double exactly and is not negative. @throws what `refuse` makes */
export function toCount(value: Der | undefined, refuse: Refuse): number {
  const hex = toIntegerHex(value, refuse);
  if (hex.length > 12) throw refuse('a number in it is too large');
  return Number.parseInt(hex, 16);
}

/** A whole number that is not negative, in hex without leading zeros. @throws what `refuse` makes */
export function toIntegerHex(value: Der | undefined, refuse: Refuse): string {
  const [first, second] = value?.content ?? [];
  if (value?.tag !== INTEGER || first === undefined) throw refuse('a number in it is malformed');
  if (first >= 0x80) throw refuse('a number in it is negative');
  if (first === 0 && second !== undefined && second < 0x80)
    throw refuse('a number in it is longer than it needs to be');
  return value.content.toString('hex').replace(/^0+(?=.)/, '');
}

/** X.690 §11.1: true is 0xff. @throws what `refuse` makes */
export function toBoolean({ tag, content }: Der, refuse: Refuse): boolean {
  const [octet] = content;
  if (tag !== BOOLEAN || content.length !== 1 || (octet !== 0 && octet !== 0xff))
    throw refuse('a boolean in it is malformed');
  return octet === 0xff;
}

function readAt(bytes: Buffer, start: number, refuse: Refuse): Der {
  const tag = bytes[start];
  const first = bytes[start + 1];
  if (tag === undefined || first === undefined) throw refuse('its DER ends too early');
  if ((tag & 0x1f) === 0x1f) throw refuse('a DER tag in it has more than one octet');
  let length = first;
  let octets = 0;
  if (first >= 0x80) {
    octets = first - 0x80;
    if (octets === 0 || octets > MAX_LENGTH_OCTETS || start + 2 + octets > bytes.length)
      throw refuse('a DER length in it is malformed');
    length = bytes.readUIntBE(start + 2, octets);
    if (length < 0x80 || length < 2 ** (8 * (octets - 1)))
      throw refuse('a DER length in it is longer than it needs to be');
  }
  const from = start + 2 + octets;
  if (from + length > bytes.length) throw refuse('its DER ends too early');
  return { tag, content: bytes.subarray(from, from + length), bytes: bytes.subarray(start, from + length) };
}
