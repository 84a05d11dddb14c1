/** Certificates that no tool would make, beside those that one would: written byte by byte, signed for real. */
import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { count, derOf, objectIdentifier, octetString, sequenceOf, unsignedInteger } from '../../src/trust/der/write.ts';

export interface Issued {
  readonly der: Buffer;
  readonly key: KeyObject;
  readonly subject: string;
}

export interface CertificateRequest {
  readonly subject: string;
  /** Itself if absent. */
  readonly issuer?: Pick<Issued, 'key' | 'subject'>;
  /** A private key; a new one on P-256 if absent. */
  readonly key?: KeyObject;
  readonly extensions?: readonly Buffer[];
  readonly notBefore?: string;
  readonly notAfter?: string;
  readonly serial?: Buffer;
  /** Object identifier of the signature; the hash that it is made with. */
  readonly signature?: { readonly id: string; readonly hash: string | null };
  /** Other fields of TBSCertificate than usual, by their place. */
  readonly fields?: (usual: readonly Buffer[]) => readonly Buffer[];
}

const ECDSA_SHA256 = { id: '1.2.840.10045.4.3.2', hash: 'sha256' };

export const newKey = (namedCurve = 'P-256'): KeyObject => generateKeyPairSync('ec', { namedCurve }).privateKey;

export function issue(request: CertificateRequest): Issued {
  const { subject, key = newKey(), signature = ECDSA_SHA256 } = request;
  const issuer = request.issuer ?? { key, subject };
  const algorithm = sequenceOf(objectIdentifier(signature.id));
  const usual = [
    derOf(0xa0, count(2)),
    request.serial ?? unsignedInteger(Buffer.from([1, ...Buffer.from(subject).subarray(0, 8)])),
    algorithm,
    nameOf(issuer.subject),
    sequenceOf(timeOf(request.notBefore ?? '20200101000000Z'), timeOf(request.notAfter ?? '20400101000000Z')),
    nameOf(subject),
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
    derOf(0xa3, sequenceOf(...(request.extensions ?? []))),
  ];
  const signed = sequenceOf(...(request.fields?.(usual) ?? usual));
  const bits = Buffer.concat([Buffer.of(0), sign(signature.hash, signed, issuer.key)]);
  return { der: sequenceOf(signed, algorithm, derOf(0x03, bits)), key, subject };
}

/** A critical extension by its dotted id; `value` is DER. */
export function extension(id: string, value: Buffer, isCritical = true): Buffer {
  return sequenceOf(objectIdentifier(id), ...(isCritical ? [derOf(0x01, Buffer.of(0xff))] : []), octetString(value));
}

export function authority(pathLength?: number): Buffer {
  const length = pathLength === undefined ? [] : [count(pathLength)];
  return extension('2.5.29.19', sequenceOf(derOf(0x01, Buffer.of(0xff)), ...length));
}

/** The content of its BIT STRING: how many bits are unused, and the bits. */
export function keyUsage(...octets: readonly number[]): Buffer {
  return extension('2.5.29.15', derOf(0x03, Buffer.from(octets)));
}

export const DIGITAL_SIGNATURE: Buffer = keyUsage(7, 0x80);
export const KEY_CERT_SIGN: Buffer = keyUsage(2, 0x04);

export function extendedKeyUsage(...ids: readonly string[]): Buffer {
  return extension('2.5.29.37', sequenceOf(...ids.map(objectIdentifier)), false);
}

export const FOR_CODE: Buffer = extendedKeyUsage('1.3.6.1.5.5.7.3.3');

const tags = { email: 0x81, DNS: 0x82, URI: 0x86, address: 0x87 } as const;

export function alternativeNames(...names: readonly (readonly [keyof typeof tags, string])[]): Buffer {
  return extension(
    '2.5.29.17',
    sequenceOf(...names.map(([kind, value]) => derOf(tags[kind], Buffer.from(value, 'latin1')))),
    false,
  );
}

/** An authority that anybody would make. */
export function issueRoot(subject = 'root', request: Partial<CertificateRequest> = {}): Issued {
  return issue({ subject, extensions: [authority(), KEY_CERT_SIGN], ...request });
}

/** A certificate for signing code, for the identity `URI:https://acme.example/release`. */
export function issueLeaf(issuer: Issued, request: Partial<CertificateRequest> = {}): Issued {
  return issue({
    subject: 'signer',
    issuer,
    extensions: [DIGITAL_SIGNATURE, FOR_CODE, alternativeNames(['URI', 'https://acme.example/release'])],
    ...request,
  });
}

export function toPemText(...certificates: readonly Issued[]): string {
  return certificates
    .map(({ der }) => `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`)
    .join('');
}

/** One common name, as UTF8String. */
function nameOf(text: string): Buffer {
  const attribute = sequenceOf(objectIdentifier('2.5.4.3'), derOf(0x0c, Buffer.from(text)));
  return sequenceOf(derOf(0x31, attribute));
}

function timeOf(text: string): Buffer {
  return derOf(text.length === 13 ? 0x17 : 0x18, Buffer.from(text));
}
