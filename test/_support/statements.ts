/** Signed statements about artifacts, as their signers attach them; and as nobody should. */
import { generateKeyPairSync } from 'node:crypto';
import { canonicalJson, type JsonValue } from '../../src/base/canonical-json.ts';
import type { Annotations, Descriptor } from '../../src/oci/descriptor.ts';
import type { Digest } from '../../src/oci/digest.ts';
import { IMAGE_MANIFEST } from '../../src/oci/media-types.ts';
import type { ArtifactStore } from '../../src/oci/store.ts';
import { pushBytes } from '../../src/oci/verified.ts';
import { preAuthEncoding } from '../../src/trust/dsse/envelope.ts';
import { localSigner, type Signer } from '../../src/trust/keys/signer.ts';
import { signStatement } from '../../src/trust/sign-statement.ts';
import { writeStatement } from '../../src/trust/statement/statement.ts';

/** A key that nobody else has. */
export function newSigner(namedCurve: 'P-256' | 'P-384' | 'P-521' = 'P-256'): Signer {
  return localSigner(generateKeyPairSync('ec', { namedCurve }).privateKey, 'a new key');
}

/** The bytes of a bundle. */
export function signedBundle(
  signer: Signer,
  digest: Digest,
  predicateType = 'https://example.com/said/v1',
  predicate: JsonValue = { said: 'something' },
): Promise<Buffer> {
  return signStatement(signer, writeStatement({ name: 'acme/digits', digest }, predicateType, predicate));
}

export interface PlantedLayer {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly annotations?: Annotations;
  /** Another one than the bytes have. */
  readonly size?: number;
}

/** A manifest with these layers, stored and not attached; an artifact type of undefined is left out. */
export async function manifestWith(
  store: ArtifactStore,
  layers: readonly PlantedLayer[],
  {
    subject,
    artifactType,
    annotations = {},
  }: Partial<Record<'subject', Descriptor>> & {
    readonly artifactType?: string;
    readonly annotations?: Annotations;
  } = {},
): Promise<Descriptor> {
  const config = await pushBytes(store, 'application/vnd.oci.empty.v1+json', Buffer.from('{}'));
  const plain = ({ mediaType, digest, size }: Descriptor) => ({ mediaType, digest, size });
  const entries: JsonValue[] = [];
  for (const { mediaType, bytes, annotations: own, size } of layers) {
    const layer = await pushBytes(store, mediaType, bytes);
    entries.push({ ...plain(layer), ...(size === undefined ? {} : { size }), ...(own ? { annotations: own } : {}) });
  }
  const manifest = canonicalJson({
    schemaVersion: 2,
    mediaType: IMAGE_MANIFEST,
    artifactType,
    config: plain(config),
    layers: entries,
    subject: subject === undefined ? undefined : plain(subject),
    annotations,
  });
  return pushBytes(store, IMAGE_MANIFEST, Buffer.from(manifest));
}

/** A layer under cosign's tag for signatures. */
export async function simpleSigningLayer(
  signer: Signer,
  payload: string | JsonValue,
  annotations: Annotations = {},
): Promise<PlantedLayer> {
  const bytes = Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
  const signature = Buffer.from(await signer.sign(bytes)).toString('base64');
  return {
    mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json',
    bytes,
    annotations: { 'dev.cosignproject.cosign/signature': signature, ...annotations },
  };
}

/** What cosign signs in its old layout. */
export function simpleSigningPayload(digest: string): { [member: string]: JsonValue } {
  return {
    critical: {
      identity: { 'docker-reference': 'registry.example/acme/digits' },
      image: { 'docker-manifest-digest': digest },
      type: 'cosign container image signature',
    },
    optional: null,
  };
}

/** A layer under cosign's tag for attestations. */
export async function envelopeLayer(
  signer: Signer,
  statement: Uint8Array,
  payloadType = 'application/vnd.in-toto+json',
): Promise<PlantedLayer> {
  const signature = await signer.sign(preAuthEncoding(payloadType, statement));
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  const envelope = {
    payloadType,
    payload: base64(statement),
    signatures: [{ keyid: '', sig: base64(signature) }],
  };
  return {
    mediaType: 'application/vnd.dsse.envelope.v1+json',
    bytes: Buffer.from(JSON.stringify(envelope)),
    annotations: { 'dev.cosignproject.cosign/signature': '', predicateType: 'https://example.com/said/v1' },
  };
}
