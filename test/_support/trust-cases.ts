/** A package with what is said about it, in memory, and what a policy makes of it. */
import type { JsonValue } from '../../src/base/canonical-json.ts';
import { type Digest, digestOf } from '../../src/oci/digest.ts';
import type { Attestation } from '../../src/trust/attestations/attestation.ts';
import { withStatement } from '../../src/trust/attestations/with-statement.ts';
import { parseBundle } from '../../src/trust/bundle/bundle.ts';
import type { Signer } from '../../src/trust/keys/signer.ts';
import { modelStatement } from '../../src/trust/oms/write.ts';
import type { Policy } from '../../src/trust/policy/policy.ts';
import { predicateTypes } from '../../src/trust/predicate-types.ts';
import { signStatement } from '../../src/trust/sign-statement.ts';
import { evaluate, type TrustVerdict } from '../../src/trust/verify/evaluate.ts';
import type { PackageFacts, Question } from '../../src/trust/verify/evidence.ts';
import { signedBundle } from './statements.ts';
import { PACKAGE, parseTrust, type TestKey, trustYaml } from './trust-files.ts';

export const NOW: number = Date.UTC(2026, 10, 27, 12);
export const VSA: string = predicateTypes.verificationSummary;

export const DAY = 86_400_000;
export const at = (days: number): string => new Date(NOW + days * DAY).toISOString();

/** What an attestation is after it was read. */
export async function attestationOf(bytes: Buffer, hint?: string): Promise<Attestation> {
  const bundle = parseBundle(bytes);
  const referrer = {
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    digest: digestOf(`referrer of ${bundle.digest}`),
    size: 1,
  };
  return { referrer, source: 'bundle', hint, ...(await withStatement(bundle)) };
}

export async function said(signer: Signer, digest: Digest, type: string, predicate: JsonValue): Promise<Attestation> {
  return attestationOf(await signedBundle(signer, digest, type, predicate));
}

/** The package that cases are about. */
export const FACTS: PackageFacts = {
  digest: digestOf('a manifest'),
  name: 'acme/digits',
  version: '1.2.0',
  setDigest: digestOf('its SHA256SUMS'),
  files: new Map([
    ['SHA256SUMS', digestOf('its SHA256SUMS')],
    ['model.onnx', digestOf('weights')],
    ['waybill.yaml', digestOf('waybill: 1')],
  ]),
};

/** The signature over the files of a package. */
export async function filesSigned(signer: Signer, { name = 'acme/digits', files } = FACTS): Promise<Attestation> {
  return attestationOf(await signStatement(signer, modelStatement(name, files).payload));
}

/** What `waybill sign` attaches: the signature over the files, and the publisher's statement that binds it. */
export async function published(
  signer: Signer,
  { facts = FACTS, predicate = {} }: { facts?: PackageFacts; predicate?: Readonly<Record<string, JsonValue>> } = {},
): Promise<readonly Attestation[]> {
  const files = await filesSigned(signer, facts);
  const { name = '', version = '', setDigest = '', digest } = facts;
  const { root } = modelStatement(name, facts.files);
  const bound = { name, version, setDigest, omsRoot: root, omsBundle: files.bundle?.digest ?? '', issuedAt: at(-1) };
  return [files, await said(signer, digest, PACKAGE, { ...bound, ...predicate })];
}

/** A gate's answer, as a verification summary. */
export function summary(
  signer: Signer,
  predicate: Readonly<Record<string, JsonValue>> = {},
  digest = FACTS.digest,
): Promise<Attestation> {
  return said(signer, digest, VSA, {
    verifier: { id: 'https://gate.example' },
    timeVerified: at(-1),
    resourceUri: 'acme/digits',
    policy: { uri: 'https://gate.example/policy' },
    verificationResult: 'PASSED',
    verifiedLevels: [],
    ...predicate,
  });
}

/** Asks for a publisher's statement and whatever else is given. */
export function policyFor(
  keys: Readonly<Record<string, TestKey>>,
  require: readonly Readonly<Record<string, JsonValue>>[] = [],
  members: Readonly<Record<string, JsonValue>> = {},
): Policy {
  const all = [{ role: 'publisher', predicateType: PACKAGE }, ...require];
  return parseTrust(trustYaml(keys, { repositories: [{ match: 'acme/*', require: all }], ...members })).policy;
}

export function ask(
  policy: Policy,
  attestations: readonly Attestation[],
  changes: Partial<Question> = {},
): TrustVerdict {
  return evaluate({
    policy,
    package: FACTS,
    asked: { host: undefined, repository: 'acme/digits' },
    attestations,
    logged: new Map(),
    revocations: undefined,
    now: NOW,
    ...changes,
  });
}

/** The verdict, or for each requirement that is not satisfied why: `missing` or the reasons of what was refused. */
export function outcomeOf({ verdict, requirements, findings }: TrustVerdict): string {
  if (verdict === 'pass') return 'pass';
  const open = requirements.filter(({ isSatisfied }) => !isSatisfied);
  const reasons = open.map(({ refused }) =>
    refused.length === 0 ? 'missing' : refused.map(({ reason }) => reason).join('+'),
  );
  return [
    ...reasons,
    ...findings.filter(({ rule }) => rule !== 'requirement-not-satisfied').map(({ rule }) => rule),
  ].join(' ');
}
