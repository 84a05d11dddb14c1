/** Dead Simple Signing Envelope 1.0: one payload, its type, one signature over both. */

import { WaybillError } from '../../base/errors.ts';
import { decodeBase64 } from '../../base/strict-base64.ts';
import { objectWith } from '../encoding/signed-json.ts';

/** The type of in-toto statements, the only payloads that Sigstore bundles carry here. */
export const IN_TOTO_PAYLOAD = 'application/vnd.in-toto+json';

export interface Envelope {
  readonly payloadType: string;
  /** The bytes that were signed, never written anew. */
  readonly payload: Buffer;
  readonly signature: Buffer;
  /** What the signer wrote; a selector at most, never a reason to believe. */
  readonly keyid: string | undefined;
}

/** What is signed: protocol §"Pre-Authentication Encoding"; lengths are decimal counts of bytes. */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

/**
 * Reads an envelope out of parsed JSON. One signature exactly: with several, verifiers differ in which they look at.
 * @throws WaybillError BUNDLE_INVALID
 */
export function parseEnvelope(value: unknown): Envelope {
  const what = 'the DSSE envelope';
  const { payload, payloadType, signatures } = objectWith(
    value,
    ['payload', 'payloadType', 'signatures'],
    what,
    'BUNDLE_INVALID',
  );
  if (typeof payloadType !== 'string' || typeof payload !== 'string')
    throw invalid(what, 'payloadType and payload must be text');
  if (!Array.isArray(signatures) || signatures.length !== 1) throw invalid(what, 'it must have exactly one signature');
  const { sig, keyid } = objectWith(signatures[0], ['sig', 'keyid'], `${what}, its signature`, 'BUNDLE_INVALID');
  if (typeof sig !== 'string' || sig === '') throw invalid(what, 'its signature has no sig');
  if (keyid !== undefined && keyid !== null && typeof keyid !== 'string') throw invalid(what, 'keyid is not text');
  return {
    payloadType,
    payload: decodeBase64(payload, `${what}, payload`, 'BUNDLE_INVALID'),
    signature: decodeBase64(sig, `${what}, sig`, 'BUNDLE_INVALID'),
    keyid: keyid ?? undefined,
  };
}

function invalid(what: string, found: string): WaybillError {
  return new WaybillError('BUNDLE_INVALID', `Cannot read ${what}: ${found}`);
}
