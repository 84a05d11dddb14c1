/**
 * Revocation lists: which keys, statements and packages are believed no more. Deleting an attestation
 * must never turn a no into a yes, so taking back is not done by attaching something: it is a signed,
 * numbered list that has to be there, and fresh. Its form is a DSSE envelope with a type of its own in a
 * Sigstore bundle, so that no statement can be taken for one, and none of them for a statement.
 */
import { canonicalJson } from '../../base/canonical-json.ts';
import { WaybillError } from '../../base/errors.ts';
import { describe } from '../../base/yaml/issues.ts';
import { type Digest, isDigest } from '../../oci/digest.ts';
import { parseBundle } from '../bundle/bundle.ts';
import { preAuthEncoding } from '../dsse/envelope.ts';
import { parseSignedJson } from '../encoding/signed-json.ts';
import { type PublicKey, verifySignature } from '../keys/public-key.ts';
import type { Signer } from '../keys/signer.ts';
import { signStatement } from '../sign-statement.ts';
import { RevocationDocument } from './document.ts';

const REVOCATIONS_PAYLOAD = 'application/vnd.waybill.revocations.v1+json';

/** A list of ten thousand entries, as base64 in an envelope. */
export const MAX_REVOCATIONS_SIZE: number = 4 * 1024 * 1024;

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
  const parsed = RevocationDocument.safeParse(parseSignedJson(payload, 'the revocation list', 'TRUST_UNDECIDED'), {
    reportInput: true,
  });
  if (!parsed.success)
    throw invalid(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${describe(issue)}`).join('; '));
  const { serial, issuedAt, revoked } = parsed.data;
  return { serial, issuedAt: Date.parse(issuedAt), revoked: revoked.map(toRevocation) };
}

function toRevocation(entry: RevocationDocument['revoked'][number]): Revocation {
  const { reason } = entry;
  if ('key' in entry) {
    const since = entry.since === undefined ? undefined : Date.parse(entry.since);
    return { kind: 'key', value: entry.key, since, reason };
  }
  return 'statement' in entry
    ? { kind: 'statement', value: entry.statement, since: undefined, reason }
    : { kind: 'package', value: entry.package, since: undefined, reason };
}

/** Whether a text can name something of this kind: a key by its id, the others by their digest. */
export function isNameOf(kind: RevocationKind, named: unknown): named is string {
  return kind === 'key' ? typeof named === 'string' && /^[0-9a-f]{64}$/.test(named) : isDigest(named);
}

function invalid(found: string): WaybillError {
  return new WaybillError('TRUST_UNDECIDED', `Cannot read the revocation list: ${found}`);
}
