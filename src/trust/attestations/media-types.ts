/** Media types and annotations of what is attached: cosign's "Bundle Specification" and "Signature Specification". */

/** Bundles of any version begin so: which one it is, the bundle itself says. */
export const BUNDLE_TYPES = 'application/vnd.dev.sigstore.bundle';
/** Image specification, "Guidance for an Empty Descriptor". */
export const EMPTY_CONFIG = 'application/vnd.oci.empty.v1+json';
/** C2SP tlog-proof: that a log holds an entry. */
export const PROOF_TYPE = 'application/vnd.c2sp.tlog-proof.v1';
/** Layers under cosign's tag for signatures. */
export const SIMPLE_SIGNING_TYPE = 'application/vnd.dev.cosign.simplesigning.v1+json';
/** Layers under cosign's tag for attestations. */
export const ENVELOPE_TYPE = 'application/vnd.dsse.envelope.v1+json';

export const attestationKeys = {
  created: 'org.opencontainers.image.created',
  content: 'dev.sigstore.bundle.content',
  predicateType: 'dev.sigstore.bundle.predicateType',
  /** Digest of the bundle that a proof is about. */
  provenBundle: 'dev.waybill.log.bundle',
} as const;

/** Annotations of layers in cosign's old layout. */
export const legacyKeys = {
  signature: 'dev.cosignproject.cosign/signature',
  certificate: 'dev.sigstore.cosign/certificate',
  chain: 'dev.sigstore.cosign/chain',
  logEntry: 'dev.sigstore.cosign/bundle',
  timestamp: 'dev.sigstore.cosign/rfc3161timestamp',
  predicateType: 'predicateType',
} as const;
