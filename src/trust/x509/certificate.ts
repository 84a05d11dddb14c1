/**
 * Reads a certificate (RFC 5280 §4.1): strictly, and next to OpenSSL's reading, which makes keys and verifies signatures.
 * Where it says less than is needed, or accepts what is not DER, ours decides.
 */
import { createHash, type KeyObject, X509Certificate } from 'node:crypto';
import { WaybillError } from '../../base/errors.ts';
import {
  BIT_STRING,
  type Der,
  GENERALIZED_TIME,
  INTEGER,
  OBJECT_IDENTIFIER,
  type Refuse,
  readDer,
  readParts,
  readTuple,
  SEQUENCE,
  toCount,
  toIntegerHex,
  toObjectIdentifier,
  UTC_TIME,
} from '../der/read.ts';
import { type Extensions, readExtensions } from './extensions.ts';

export interface Certificate {
  readonly der: Buffer;
  /** OpenSSL's reading of the same bytes. */
  readonly x509: X509Certificate;
  readonly key: KeyObject;
  /** Of its key, as keys of signers are named: hex sha256 of the PEM text. */
  readonly keyId: string;
  /** Hex in lower case, without leading zeros. */
  readonly serial: string;
  /** DER of the names. */
  readonly issuer: Buffer;
  readonly subject: Buffer;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** With what its issuer signed it. */
  readonly signatureAlgorithm: string;
  readonly extensions: Extensions;
}

/** Certificates have one to four kilobytes; those with many names some more. */
const MAX_CERTIFICATE_SIZE = 64 * 1024;

/** RFC 5280 §4.1.2.2: 20 octets; some authorities write one more, a zero. */
const MAX_SERIAL_SIZE = 21;

const EC_PUBLIC_KEY = '1.2.840.10045.2.1';

/** Tags of TBSCertificate: version (wrapped), serial, algorithm, issuer, validity, subject, key, extensions (wrapped). */
const FIELDS = [0xa0, INTEGER, SEQUENCE, SEQUENCE, SEQUENCE, SEQUENCE, SEQUENCE, 0xa3] as const;

/** Counted from zero. */
const VERSION_3 = 2;

/**
 * @param name the certificate in the reader's words, as `the signer's certificate`
 * @throws WaybillError CERTIFICATE_INVALID
 */
export function readCertificate(der: Uint8Array, name: string): Certificate {
  const refuse: Refuse = (found) => new WaybillError('CERTIFICATE_INVALID', `Cannot accept ${name}: ${found}`);
  if (der.length > MAX_CERTIFICATE_SIZE)
    throw refuse(`it has ${der.length} bytes, the limit is ${MAX_CERTIFICATE_SIZE}`);
  const bytes = Buffer.from(der);
  const [signed, outerAlgorithm] = readTuple(readDer(bytes, refuse), [SEQUENCE, SEQUENCE, BIT_STRING], {
    what: 'its outermost part',
    refuse,
  });
  const fields = readTuple(signed, FIELDS, {
    what: 'what is signed in it, a certificate of version 3 with extensions,',
    refuse,
  });
  const [version, serial, algorithm, issuer, validity, subject, publicKey, extensions] = fields;
  if (toCount(readDer(version.content, refuse), refuse) !== VERSION_3) throw refuse('it is not of version 3');
  const signatureAlgorithm = identifierOf(algorithm, refuse);
  if (!algorithm.bytes.equals(outerAlgorithm.bytes)) throw refuse('it names two signature algorithms');
  if (serial.content.length > MAX_SERIAL_SIZE) throw refuse('its serial number is too long');
  checkCurve(publicKey, refuse);
  const own = {
    serial: toIntegerHex(serial, refuse),
    issuer: issuer.bytes,
    subject: subject.bytes,
    ...readValidity(validity, refuse),
    signatureAlgorithm,
    extensions: readExtensions(extensions.content, refuse),
  };
  const { x509, key } = readWithOpenSsl(bytes, refuse);
  return {
    ...own,
    der: bytes,
    x509,
    key,
    keyId: createHash('sha256')
      .update(key.export({ type: 'spki', format: 'pem' }))
      .digest('hex'),
  };
}

/** By its own key: names alone do not tell, a leaf may be called like its issuer. */
export function isSelfSigned({ issuer, subject, x509, key }: Certificate): boolean {
  return issuer.equals(subject) && x509.checkIssued(x509) && x509.verify(key);
}

function identifierOf(algorithm: Der, refuse: Refuse): string {
  const [id] = readParts(algorithm, refuse);
  if (id === undefined) throw refuse('its signature algorithm is malformed');
  return toObjectIdentifier(id, refuse);
}

function readWithOpenSsl(bytes: Buffer, refuse: Refuse): { readonly x509: X509Certificate; readonly key: KeyObject } {
  try {
    const x509 = new X509Certificate(bytes);
    return { x509, key: x509.publicKey };
  } catch {
    // What it throws speaks of PEM, which it tries last.
    throw refuse('OpenSSL cannot read it');
  }
}

/** A curve that is written out could be one of which the attacker knows more (CVE-2020-0601). */
function checkCurve(key: Der, refuse: Refuse): void {
  const [algorithm] = readTuple(key, [SEQUENCE, BIT_STRING], { what: 'its public key', refuse });
  const [id, parameters] = readParts(algorithm, refuse);
  if (id !== undefined && toObjectIdentifier(id, refuse) === EC_PUBLIC_KEY && parameters?.tag !== OBJECT_IDENTIFIER)
    throw refuse('the curve of its key is not named');
}

function readValidity(validity: Der, refuse: Refuse): Pick<Certificate, 'notBefore' | 'notAfter'> {
  const times = readParts(validity, refuse).map((time) => readTime(time, refuse));
  const [notBefore, notAfter] = times;
  if (notBefore === undefined || notAfter === undefined || times.length > 2) throw refuse('its validity is malformed');
  return { notBefore, notAfter };
}

/** RFC 5280 §4.1.2.5: in UTC, with seconds, without fractions; two digits of a year are 1950 to 2049. */
function readTime({ tag, content }: Der, refuse: Refuse): Date {
  const text = content.toString('latin1');
  const digits = tag === UTC_TIME ? /^\d{12}Z$/ : /^\d{14}Z$/;
  const full = tag === UTC_TIME ? `${text < '5' ? '20' : '19'}${text}` : text;
  const iso = full.replace(/^(....)(..)(..)(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6.000Z');
  const isTime = (tag === UTC_TIME || tag === GENERALIZED_TIME) && digits.test(text) && isDate(iso);
  if (!isTime) throw refuse('a time in it is malformed');
  return new Date(iso);
}

/** `Date` makes the 31st of April the first of May. */
function isDate(iso: string): boolean {
  const time = new Date(iso);
  return !Number.isNaN(time.getTime()) && time.toISOString() === iso;
}
