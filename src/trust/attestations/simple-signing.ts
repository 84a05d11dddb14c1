/**
 * What cosign signed before version 3: a small JSON document that names a manifest by its digest
 * (containers/image, "Atomic container signature"; cosign, "Signature Specification").
 */
import { WaybillError } from '../../base/errors.ts';
import { type Digest, isDigest } from '../../oci/digest.ts';
import type { Material } from '../bundle/material.ts';
import { asJsonObject, type JsonObject, parseSignedJson } from '../encoding/signed-json.ts';

/** The document is some 250 bytes, and what `cosign sign -a` adds by hand. */
export const MAX_SIMPLE_SIGNING_SIZE: number = 64 * 1024;

export interface SimpleSigning {
  /** The bytes that were signed. */
  readonly payload: Buffer;
  readonly signature: Buffer;
  readonly material: Material;
  /** Of which manifest it speaks. */
  readonly digest: Digest;
  /** Under which name it was signed, as the signer says. */
  readonly reference: string | undefined;
  /** What the signer added. */
  readonly optional: JsonObject;
}

const TYPES = ['cosign container image signature', 'atomic container signature'];

/** @throws WaybillError STATEMENT_INVALID */
export function parseSimpleSigning(payload: Buffer): Pick<SimpleSigning, 'digest' | 'reference' | 'optional'> {
  const what = "the payload of cosign's signature";
  const object = (value: unknown, part: string) => asJsonObject(value, `${what}${part}`, 'STATEMENT_INVALID');
  const { critical, optional } = object(parseSignedJson(payload, what, 'STATEMENT_INVALID'), '');
  const { identity, image, type } = object(critical, ', critical');
  if (typeof type !== 'string' || !TYPES.includes(type)) throw invalid(what, 'its type is not that of a signature');
  const { 'docker-reference': reference } = object(identity, ', identity');
  const { 'docker-manifest-digest': digest } = object(image, ', image');
  if (!isDigest(digest)) throw invalid(what, 'docker-manifest-digest is not a digest');
  if (reference !== undefined && typeof reference !== 'string') throw invalid(what, 'docker-reference is not text');
  return {
    digest,
    reference: reference === '' ? undefined : reference,
    optional: optional === undefined || optional === null ? {} : object(optional, ', optional'),
  };
}

function invalid(what: string, found: string): WaybillError {
  return new WaybillError('STATEMENT_INVALID', `Cannot read ${what}: ${found}`);
}
