/**
 * Signs a package, as its publisher: an OpenSSF Model Signing signature over its files, and a
 * statement over its manifest that binds the two. Nothing is signed that was not verified first,
 * and nothing is attached before all of it is signed and, where asked, logged.
 */
import { WaybillError } from '../../base/errors.ts';
import type { Finding } from '../../base/finding.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { type Digest, digestOf } from '../../oci/digest.ts';
import type { ArtifactStore } from '../../oci/store.ts';
import { attach } from '../../trust/attestations/attach.ts';
import type { Attestation } from '../../trust/attestations/attestation.ts';
import { readAttestations } from '../../trust/attestations/read.ts';
import type { Signer } from '../../trust/keys/signer.ts';
import { modelStatement } from '../../trust/oms/write.ts';
import { predicateTypes } from '../../trust/predicate-types.ts';
import type { PackageFacts } from '../../trust/verify/evidence.ts';
import type { VerifyOptions } from '../verify.ts';
import { logStatements, type StatementLog } from './log-statements.ts';
import { requireModelSigner, signBundle, signsAlready } from './model-signer.ts';
import { readPackageFacts, type VerifiedPackage } from './package-files.ts';
import { packageStatement, saysTheSame } from './package-statement.ts';

export interface SignPackageOptions extends VerifyOptions {
  readonly signer: Signer;
  /** When it is signed. */
  readonly now: Date;
  /** Until when the statement is to be believed. */
  readonly expires?: Date | undefined;
  /** For a package that states none itself. */
  readonly named?: { readonly name: string; readonly version: string | undefined } | undefined;
  /** Opens the log where what is signed is entered before it is attached: late, because others wait meanwhile. */
  readonly log?: (() => Promise<StatementLog & Disposable>) | undefined;
}

export interface SignedPackage {
  readonly facts: PackageFacts;
  readonly name: string;
  readonly version: string;
  /** Root digest of the files, hex. */
  readonly root: string;
  /** Of the signature over the files. */
  readonly modelBundle: Digest;
  /** Of the statement over the manifest. */
  readonly packageBundle: Digest;
  /** What was attached by this run; nothing where this key had signed all of it. */
  readonly attached: readonly Descriptor[];
  readonly bytesRead: number;
  readonly bytesKnown: number;
  readonly findings: readonly Finding[];
}

/** A signed statement: one that is attached already, or a new one. */
interface Signed {
  readonly bytes: Buffer;
  readonly digest: Digest;
  readonly predicateType: string;
  readonly isNew: boolean;
}

/**
 * @throws WaybillError DIGEST_INVALID for a package that does not verify; UNSUPPORTED for what another
 *   tool packed; SIGNER_FAILED, TRUST_UNDECIDED; nothing is attached then
 */
export async function signPackage(
  store: ArtifactStore,
  target: Descriptor,
  options: SignPackageOptions,
): Promise<SignedPackage> {
  const { signer, now, expires, log: openLog } = options;
  requireModelSigner(signer);
  const verified = await readPackageFacts(store, target, options);
  const { facts, verification } = verified;
  const setDigest = requireSignable(verified);
  const { name, version } = namesOf(facts, options.named);
  const attestations = await readAttestations(store, target);

  const model = modelStatement(name.slice(name.lastIndexOf('/') + 1), facts.files);
  const modelSigned = await signOnce(attestations, signer, {
    payload: model.payload,
    predicateType: predicateTypes.modelSignature,
    isSame: ({ bundle }) => bundle?.envelope.payload.equals(model.payload) ?? false,
  });
  const says = { name, version, setDigest, omsRoot: model.root, omsBundle: modelSigned.digest };
  const packageSigned = await signOnce(attestations, signer, {
    payload: packageStatement(target.digest, { ...says, issuedAt: now, expires }),
    predicateType: predicateTypes.package,
    isSame: ({ statement }) => saysTheSame(statement, target.digest, { ...says, expires }),
  });

  const both = [modelSigned, packageSigned];
  using log = await openLog?.();
  const proofs = log === undefined ? [] : await logStatements(store, target, both, log);
  const attached: Descriptor[] = [];
  for (const { bytes, predicateType, isNew } of both)
    if (isNew) attached.push(await attach(store, target, bytes, predicateType, now));
  for (const proof of proofs) attached.push(await proof.attach());
  const { bytesRead, bytesKnown, findings } = verification;
  return {
    facts,
    name,
    version,
    root: model.root,
    modelBundle: modelSigned.digest,
    packageBundle: packageSigned.digest,
    attached,
    bytesRead,
    bytesKnown,
    findings,
  };
}

/** @returns the set digest, without which nothing ties the files together */
function requireSignable({ facts, verification }: VerifiedPackage): Digest {
  const [first, ...more] = verification.findings.filter(({ level }) => level === 'error');
  if (first !== undefined) {
    const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
    const what = first.path === undefined ? '' : `${first.path}: `;
    throw new WaybillError('DIGEST_INVALID', `Cannot sign ${facts.digest}: ${what}${first.message}${others}`, {
      hint: 'waybill verify shows all that is wrong with it',
    });
  }
  if (facts.setDigest !== undefined) return facts.setDigest;
  throw new WaybillError(
    'UNSUPPORTED',
    `Cannot sign ${facts.digest}: another tool packed it, and no SHA256SUMS in it ties its files together`,
    { hint: 'waybill convert REF --to modelpack makes a package with one. waybill attest signs statements about any' },
  );
}

function namesOf(facts: PackageFacts, named: SignPackageOptions['named']): { name: string; version: string } {
  const name = facts.name ?? named?.name;
  const version = facts.version ?? named?.version;
  if (name !== undefined && version !== undefined) return { name, version };
  throw new WaybillError('UNSUPPORTED', `Cannot sign ${facts.digest}: it does not state its name and version`, {
    hint: 'Name it by both: waybill sign NAME:VERSION',
  });
}

/** The same by the same key, called by the same name, is not signed again. */
async function signOnce(
  attestations: readonly Attestation[],
  signer: Signer,
  wanted: {
    readonly payload: Buffer;
    readonly predicateType: string;
    isSame(attestation: Attestation): boolean;
  },
): Promise<Signed> {
  const { payload, predicateType } = wanted;
  for (const attestation of attestations) {
    const { source, bundle } = attestation;
    if (source !== 'bundle' || bundle === undefined || !wanted.isSame(attestation)) continue;
    if (signsAlready(bundle, signer, bundle.envelope.payload))
      return { bytes: bundle.bytes, digest: bundle.digest, predicateType, isNew: false };
  }
  const bytes = await signBundle(signer, payload);
  return { bytes, digest: digestOf(bytes), predicateType, isNew: true };
}
