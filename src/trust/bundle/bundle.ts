/**
 * Sigstore bundles, version 0.3, with a DSSE envelope: the form in which OpenSSF Model Signing and
 * cosign 3 keep a signature and what is needed to verify it.
 */
import { canonicalJson } from '../../base/canonical-json.ts';
import { WaybillError } from '../../base/errors.ts';
import { type Digest, digestOf } from '../../oci/digest.ts';
import { type Envelope, parseEnvelope } from '../dsse/envelope.ts';
import { objectWith, parseSignedJson } from '../encoding/signed-json.ts';
import { type Material, parseMaterial } from './material.ts';

export const BUNDLE_MEDIA_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/** A signature over 250,000 files of usual names has about 50 MiB. */
export const MAX_BUNDLE_SIZE: number = 64 * 1024 * 1024;

export interface Bundle {
  /** Of the bytes as they were read: what logs and other statements name. */
  readonly digest: Digest;
  readonly bytes: Buffer;
  readonly material: Material;
  /** Entries of Sigstore's own log; proofs of the keyless method, which are kept and not verified. */
  readonly logEntries: number;
  /** Whether `tlogEntries` stands there at all: Model Signing asks for it, cosign leaves it out. */
  readonly statesLogEntries: boolean;
  readonly envelope: Envelope;
}

/**
 * Reads a bundle strictly: what its specification does not know is refused, as cosign does.
 * @throws WaybillError BUNDLE_INVALID, LIMIT_EXCEEDED
 */
export function parseBundle(bytes: Uint8Array): Bundle {
  const what = 'the signature bundle';
  if (bytes.length > MAX_BUNDLE_SIZE)
    throw new WaybillError(
      'LIMIT_EXCEEDED',
      `Cannot read ${what}: it has ${bytes.length} bytes, the limit is ${MAX_BUNDLE_SIZE}`,
    );
  const object = objectWith(
    parseSignedJson(bytes, what, 'BUNDLE_INVALID'),
    ['mediaType', 'verificationMaterial', 'dsseEnvelope', 'messageSignature'],
    what,
    'BUNDLE_INVALID',
  );
  if (object['mediaType'] !== BUNDLE_MEDIA_TYPE) {
    throw new WaybillError(
      'BUNDLE_INVALID',
      `Cannot read ${what}: its mediaType is ${JSON.stringify(object['mediaType'])}`,
      {
        expected: BUNDLE_MEDIA_TYPE,
        hint: 'Sign again with a tool that writes version 0.3: model_signing from 1.0, cosign from 3.0, waybill sign',
      },
    );
  }
  if (object['dsseEnvelope'] === undefined || object['messageSignature'] !== undefined)
    throw new WaybillError('BUNDLE_INVALID', `Cannot read ${what}: it signs a bare message, not a statement`, {
      hint: 'A statement is made with waybill attest, or cosign attest',
    });
  const envelope = parseEnvelope(object['dsseEnvelope']);
  const own = Buffer.from(bytes);
  return { digest: digestOf(own), bytes: own, ...parseMaterial(object['verificationMaterial']), envelope };
}

/**
 * The bytes of a bundle. The keyid stays empty: cosign skips a signature whose keyid it does not know.
 * @param signature over the envelope's pre-authentication encoding
 */
export function writeBundle(
  material: Material,
  payloadType: string,
  payload: Uint8Array,
  signature: Uint8Array,
): Buffer {
  const base64 = (part: Uint8Array) => Buffer.from(part).toString('base64');
  const named =
    material.kind === 'key'
      ? { publicKey: { hint: material.hint } }
      : { [material.form]: { certificates: material.chain.map((certificate) => ({ rawBytes: base64(certificate) })) } };
  return Buffer.from(
    canonicalJson({
      mediaType: BUNDLE_MEDIA_TYPE,
      verificationMaterial: { ...named, tlogEntries: [] },
      dsseEnvelope: {
        payload: base64(payload),
        payloadType,
        signatures: [{ sig: base64(signature), keyid: '' }],
      },
    }),
  );
}
