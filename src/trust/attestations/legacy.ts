/**
 * What cosign attached before version 3: manifests under the tags `sha256-HEX.sig` and `.att`, one layer for each
 * signature or attestation (cosign, "Signature Specification" and "Attestation Specification"). Read, never written.
 */
import { X509Certificate } from 'node:crypto';
import { WaybillError } from '../../base/errors.ts';
import { decodeBase64 } from '../../base/strict-base64.ts';
import type { Annotations, Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import { type ArtifactStore, isIndexed } from '../../oci/store.ts';
import { readContent } from '../../oci/verified.ts';
import { type Bundle, MAX_BUNDLE_SIZE } from '../bundle/bundle.ts';
import type { Material } from '../bundle/material.ts';
import { parseEnvelope } from '../dsse/envelope.ts';
import { parseSignedJson } from '../encoding/signed-json.ts';
import { checkTogether, orProblem, readManifest } from './attached.ts';
import type { Attestation } from './attestation.ts';
import { ENVELOPE_TYPE, legacyKeys, SIMPLE_SIGNING_TYPE } from './media-types.ts';
import { MAX_SIMPLE_SIGNING_SIZE, parseSimpleSigning } from './simple-signing.ts';
import { withStatement } from './with-statement.ts';

/** As in bundles. */
const MAX_LEGACY_CHAIN_LENGTH = 10;

type Said = Omit<Attestation, 'referrer' | 'source' | 'hint'>;

interface Form {
  readonly source: Attestation['source'];
  readonly suffix: 'sig' | 'att';
  readonly layerType: string;
  readonly limit: number;
  parse(bytes: Buffer, layer: Descriptor): Said | Promise<Said>;
}

const forms: readonly Form[] = [
  {
    source: 'cosign-signature',
    suffix: 'sig',
    layerType: SIMPLE_SIGNING_TYPE,
    limit: MAX_SIMPLE_SIGNING_SIZE,
    parse: (payload, { annotations = {} }) => {
      const text = annotations[legacyKeys.signature] ?? '';
      if (text === '') throw new WaybillError('SIGNATURE_INVALID', 'Cannot read the signature: its layer states none');
      const signature = decodeBase64(text, 'the signature', 'SIGNATURE_INVALID');
      const material = materialOf(annotations);
      return { simpleSigning: { payload, signature, material, ...parseSimpleSigning(payload) } };
    },
  },
  {
    source: 'cosign-attestation',
    suffix: 'att',
    layerType: ENVELOPE_TYPE,
    limit: MAX_BUNDLE_SIZE,
    parse: (bytes, { digest, annotations = {} }) => withStatement(bundleOf(bytes, digest, annotations)),
  },
];

/**
 * Reads what stands under cosign's old tags.
 * @throws WaybillError TRUST_UNDECIDED when there is too much, and as the store cannot be read
 */
export async function readLegacy(store: ArtifactStore, subject: Descriptor): Promise<readonly Attestation[]> {
  const found: Attestation[] = [];
  for (const form of forms)
    for (const referrer of await tagged(store, `${subject.digest.replace(':', '-')}.${form.suffix}`))
      found.push(...(await readTag(store, subject, { form, referrer })));
  return found;
}

/** In a layout a name may be a whole reference, and repositories may have the same package. */
async function tagged(store: ArtifactStore, tag: string): Promise<readonly Descriptor[]> {
  const own = await store.resolve(tag);
  const names = isIndexed(store) ? (await store.tags()).filter(({ name }) => name.endsWith(`:${tag}`)) : [];
  const all = [...(own === undefined ? [] : [own]), ...names.map(({ target }) => target)];
  return [...new Map(all.map((target) => [target.digest, target])).values()];
}

async function readTag(
  store: ArtifactStore,
  subject: Descriptor,
  { form, referrer }: { readonly form: Form; readonly referrer: Descriptor },
): Promise<readonly Attestation[]> {
  const common = { referrer, source: form.source, hint: undefined };
  const manifest = await orProblem(() => readManifest(store, referrer));
  if (manifest instanceof WaybillError) return [{ ...common, problem: manifest }];
  if (manifest.kind === 'index') {
    const problem = new WaybillError(
      'MANIFEST_INVALID',
      `Cannot read ${referrer.digest}: it is an index, not a list of signatures`,
    );
    return [{ ...common, problem }];
  }
  const small = manifest.layers.filter(({ size }) => size <= form.limit);
  checkTogether(subject, small);
  const found: Attestation[] = [];
  for (const layer of manifest.layers) {
    const hint = layer.annotations?.[legacyKeys.predicateType];
    const read = await orProblem(() => readLayer(store, layer, form));
    found.push({ ...common, hint, ...(read instanceof WaybillError ? { problem: read } : read) });
  }
  return found;
}

async function readLayer(store: ArtifactStore, layer: Descriptor, { layerType, limit, parse }: Form) {
  if (layer.mediaType !== layerType)
    throw new WaybillError(
      'UNSUPPORTED',
      `Cannot read ${layer.digest}: its type is ${JSON.stringify(layer.mediaType)}`,
      {
        expected: layerType,
        found: layer.mediaType,
      },
    );
  return parse(await readContent(store, layer, limit, `signature ${layer.digest}`), layer);
}

/** The envelope with what its layer says of it, as if it had come in a bundle. */
function bundleOf(bytes: Buffer, digest: Digest, annotations: Annotations): Bundle {
  return {
    digest,
    bytes,
    material: materialOf(annotations),
    logEntries: annotations[legacyKeys.logEntry] === undefined ? 0 : 1,
    statesLogEntries: false,
    envelope: parseEnvelope(parseSignedJson(bytes, 'the DSSE envelope', 'BUNDLE_INVALID')),
  };
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

function materialOf(annotations: Annotations): Material {
  const own = annotations[legacyKeys.certificate];
  if (own === undefined) return { kind: 'key', hint: undefined };
  const blocks = `${own}\n${annotations[legacyKeys.chain] ?? ''}`.match(CERTIFICATE) ?? [];
  if (blocks.length === 0 || blocks.length > MAX_LEGACY_CHAIN_LENGTH)
    throw invalidCertificate(`${blocks.length} certificates stand beside it`);
  return { kind: 'certificates', form: 'x509CertificateChain', chain: blocks.map(certificateOf) };
}

function certificateOf(pem: string): Buffer {
  try {
    return new X509Certificate(pem).raw;
  } catch (cause) {
    throw invalidCertificate('what stands beside it is no certificate', cause);
  }
}

function invalidCertificate(found: string, cause?: unknown): WaybillError {
  return new WaybillError('CERTIFICATE_INVALID', `Cannot read the certificates of a cosign signature: ${found}`, {
    cause,
  });
}
