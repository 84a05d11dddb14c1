/** Writes DER (ITU-T X.690 §8 to §10): the few forms that an encrypted private key and a signature need. */
import { INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE } from './read.ts';

export function sequenceOf(...parts: readonly Uint8Array[]): Buffer {
  return derOf(SEQUENCE, Buffer.concat(parts));
}

export function octetString(bytes: Uint8Array): Buffer {
  return derOf(OCTET_STRING, bytes);
}

/** A whole number that is not negative, by its bytes with the highest first. */
export function unsignedInteger(bytes: Uint8Array): Buffer {
  const start = bytes.findIndex((octet) => octet !== 0);
  const short = start === -1 ? Buffer.of(0) : Buffer.from(bytes.subarray(start));
  return derOf(INTEGER, short.readUInt8() < 0x80 ? short : Buffer.concat([Buffer.of(0), short]));
}

/** A number below 2^48. */
export function count(value: number): Buffer {
  const bytes = Buffer.alloc(6);
  bytes.writeUIntBE(value, 0, 6);
  return unsignedInteger(bytes);
}

/** @param dotted as `1.2.840.113549.1.5.13` */
export function objectIdentifier(dotted: string): Buffer {
  const arcs = dotted.split('.').map(Number);
  // The first two arcs are one number.
  const joined = arcs.slice(0, 2).reduce((first, second) => first * 40 + second);
  return derOf(OBJECT_IDENTIFIER, Buffer.from([joined, ...arcs.slice(2)].flatMap(toBase128)));
}

function toBase128(arc: number): number[] {
  const octets = [arc % 128];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) octets.unshift((rest % 128) | 0x80);
  return octets;
}

export function derOf(tag: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(tag), lengthOf(content.length), content]);
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length);
  const octets = Math.ceil(length.toString(16).length / 2);
  const bytes = Buffer.alloc(1 + octets, 0x80 + octets);
  bytes.writeUIntBE(length, 1, octets);
  return bytes;
}
