/**
 * Revocation lists: which keys, statements and packages are believed no more. Deleting an attestation
 * must never turn a no into a yes, so taking back is not done by attaching something: it is a signed,
 * numbered list that has to be there, and fresh. Its form is a DSSE envelope with a type of its own in a
 * Sigstore bundle, so that no statement can be taken for one, and none of them for a statement.
 */
import { canonicalJson } from '../../base/canonical-json.ts';
import { WaybillError } from '../../base/errors.ts';
import { type Digest, isDigest } from '../../oci/digest.ts';
import { parseBundle } from '../bundle/bundle.ts';
import { preAuthEncoding } from '../dsse/envelope.ts';
import { type JsonObject, objectWith, parseSignedJson } from '../encoding/signed-json.ts';
import { type PublicKey, verifySignature } from '../keys/public-key.ts';
import type { Signer } from '../keys/signer.ts';
import { instantOf } from '../policy/texts.ts';
import { signStatement } from '../sign-statement.ts';

const REVOCATIONS_PAYLOAD = 'application/vnd.waybill.revocations.v1+json';

/** A list of ten thousand entries, as base64 in an envelope. */
export const MAX_REVOCATIONS_SIZE: number = 4 * 1024 * 1024;

/** Whoever revokes more than this has other troubles; keys are few, and one key stands for all that it signed. */
const MAX_REVOCATIONS = 10_000;
/** A sentence. */
const MAX_REASON_LENGTH = 500;

export const revocationKinds = ['key', 'statement', 'package'] as const;

export type RevocationKind = (typeof revocationKinds)[number];

export interface Revocation {
  readonly kind: RevocationKind;
  /** The id of a key (hex sha256 of its PEM), the digest of a bundle, or of a manifest. */
  readonly value: string;
  /** Of a key: from when on it may have been somebody else's. Absent: nothing of it counts. */
  readonly since: number | undefined;
  readonly reason: string | undefined;
}

export interface RevocationList {
  /** Grows by one with each list of a key. */
  readonly serial: number;
  readonly issuedAt: number;
  readonly revoked: readonly Revocation[];
}

export interface SignedRevocationList extends RevocationList {
  /** Of the bytes, signature included. */
  readonly digest: Digest;
}

/** @returns the bytes of the signed list */
export function writeRevocations({ serial, issuedAt, revoked }: RevocationList, signer: Signer): Promise<Buffer> {
  const payload = {
    v: 1,
    serial,
    issuedAt: new Date(issuedAt).toISOString(),
    revoked: revoked.map(({ kind, value, since, reason }) => ({
      [kind]: value,
      since: since === undefined ? undefined : new Date(since).toISOString(),
      reason,
    })),
  };
  return signStatement(signer, Buffer.from(canonicalJson(payload)), REVOCATIONS_PAYLOAD);
}

/**
 * @param name how the reader knows the list
 * @throws WaybillError TRUST_UNDECIDED for whatever is not a list of this key: what it would have
 *   revoked is not known
 */
export function readRevocations(bytes: Uint8Array, key: PublicKey, name: string): SignedRevocationList {
  try {
    if (bytes.length > MAX_REVOCATIONS_SIZE) throw invalid(`it has more than ${MAX_REVOCATIONS_SIZE} bytes`);
    const { envelope, digest } = parseBundle(bytes);
    const { payloadType, payload, signature } = envelope;
    if (payloadType !== REVOCATIONS_PAYLOAD) throw invalid('it is signed as something else');
    if (!verifySignature(key, preAuthEncoding(payloadType, payload), signature))
      throw invalid('its signature is not one of the key that the policy names');
    return { ...parseList(payload), digest };
  } catch (cause) {
    if (!(cause instanceof WaybillError)) throw cause;
    const found = cause.message.replace(/^Cannot read the revocation list: /, '');
    throw new WaybillError('TRUST_UNDECIDED', `Cannot use the revocation list ${name}: ${found}`, {
      cause,
      hint: 'What it revokes is not known, so nothing can be believed: get it again from whoever signs it',
    });
  }
}

function parseList(payload: Buffer): RevocationList {
  const object = membersOf(parseSignedJson(payload, 'the revocation list', 'TRUST_UNDECIDED'), [
    'v',
    'serial',
    'issuedAt',
    'revoked',
  ]);
  const { v, serial, issuedAt, revoked } = object;
  if (v !== 1) throw invalid(`it is of version ${JSON.stringify(v)}, this Waybill reads version 1`);
  if (typeof serial !== 'number' || !Number.isSafeInteger(serial) || serial < 1)
    throw invalid('its serial is no number from 1 on');
  const issued = timeOf(issuedAt);
  if (issued === undefined) throw invalid('its issuedAt is no time in UTC');
  if (!Array.isArray(revoked) || revoked.length > MAX_REVOCATIONS)
    throw invalid(`revoked is no list of at most ${MAX_REVOCATIONS}`);
  return { serial, issuedAt: issued, revoked: revoked.map(parseRevocation) };
}

function parseRevocation(value: unknown): Revocation {
  const object = membersOf(value, [...revocationKinds, 'since', 'reason']);
  const [kind, ...others] = revocationKinds.filter((name) => object[name] !== undefined);
  if (kind === undefined || others.length > 0)
    throw invalid('an entry does not name exactly one key, statement or package');
  const named = object[kind];
  if (!isNameOf(kind, named)) throw invalid(`an entry names a ${kind} that is none`);
  const { since, reason } = object;
  const from = timeOf(since);
  if (since !== undefined && (from === undefined || kind !== 'key'))
    throw invalid('since is no time in UTC, or not of a key');
  if (reason !== undefined && (typeof reason !== 'string' || reason.length > MAX_REASON_LENGTH))
    throw invalid('a reason is no short text');
  return { kind, value: named, since: from, reason };
}

/** Whether a text can name something of this kind: a key by its id, the others by their digest. */
export function isNameOf(kind: RevocationKind, named: unknown): named is string {
  return kind === 'key' ? typeof named === 'string' && /^[0-9a-f]{64}$/.test(named) : isDigest(named);
}

function membersOf(value: unknown, known: readonly string[]): JsonObject {
  return objectWith(value, known, 'the revocation list', 'TRUST_UNDECIDED');
}

function timeOf(value: unknown): number | undefined {
  return typeof value === 'string' ? instantOf(value) : undefined;
}

function invalid(found: string): WaybillError {
  return new WaybillError('TRUST_UNDECIDED', `Cannot read the revocation list: ${found}`);
}
