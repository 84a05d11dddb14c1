/** The URIs that statements are told apart by: those of the field, then ours. */

/** Where our own names live; one place, for the day the domain is settled. */
export const WAYBILL_URI = 'https://waybill.dev/';

export const predicateTypes = {
  modelSignature: 'https://model_signing/signature/v1.0',
  slsaProvenance: 'https://slsa.dev/provenance/v1',
  verificationSummary: 'https://slsa.dev/verification_summary/v1',
  testResult: 'https://in-toto.io/attestation/test-result/v0.1',
  release: 'https://in-toto.io/attestation/release/v0.1',
  cycloneDx: 'https://cyclonedx.org/bom',
  spdx2: 'https://spdx.dev/Document',
  spdx3: 'https://spdx.dev/Document/v3',
  cosignSign: 'https://sigstore.dev/cosign/sign/v1',
  package: `${WAYBILL_URI}attestations/package/v1`,
  evaluation: `${WAYBILL_URI}attestations/evaluation/v1`,
  approval: `${WAYBILL_URI}attestations/approval/v1`,
  decision: `${WAYBILL_URI}attestations/decision/v1`,
  deployment: `${WAYBILL_URI}attestations/deployment/v1`,
  lifecycle: `${WAYBILL_URI}attestations/lifecycle/v1`,
  gateFailed: `${WAYBILL_URI}attestations/gate-failed/v1`,
} as const;
