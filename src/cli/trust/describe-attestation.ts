/** One attestation as `waybill attestations` shows it: what it says, who says it, and whether that was verified. */
import { WaybillError } from '../../base/errors.ts';
import type { Digest } from '../../oci/digest.ts';
import type { Attestation } from '../../trust/attestations/attestation.ts';
import { isSignedBy, materialOf, speaksOf } from '../../trust/attestations/signed-by.ts';
import type { Material } from '../../trust/bundle/material.ts';
import type { PublicKey } from '../../trust/keys/public-key.ts';
import { readPredicate } from '../../trust/predicate/find.ts';
import { predicateTypes } from '../../trust/predicate-types.ts';
import { readCertificate } from '../../trust/x509/certificate.ts';
import { formatIdentity } from '../../trust/x509/identity.ts';
import type { AttestationOutput } from '../outputs/attestations.ts';

/** Why nothing can be verified. */
export const NO_KEY = 'no key was given';

export interface NamedKey {
  readonly file: string;
  readonly key: PublicKey;
}

export interface DescribeOptions {
  readonly digest: Digest;
  /** Those whose word is asked for. */
  readonly keys: readonly NamedKey[];
  /** Whether all that is said is wanted. */
  readonly withPredicate: boolean;
}

export function describeAttestation(
  attestation: Attestation,
  { digest, keys, withPredicate }: DescribeOptions,
): AttestationOutput {
  const { referrer, source, hint, bundle, statement, simpleSigning, problem } = attestation;
  const material = materialOf(attestation);
  const signedBy = keys.find(({ key }) => isSignedBy(attestation, key));
  return {
    ...verdictOf(attestation, { digest, hasKeys: keys.length > 0, isSigned: signedBy !== undefined }),
    referrer: referrer.digest,
    source,
    ...(bundle === undefined ? {} : { bundle: bundle.digest }),
    ...(statement === undefined ? {} : { predicateType: statement.predicateType }),
    ...(hint === undefined ? {} : { hint }),
    ...saidBy(attestation),
    ...(statement !== undefined && withPredicate ? { predicate: { ...statement.predicate } } : {}),
    ...(simpleSigning !== undefined && withPredicate ? { predicate: { ...simpleSigning.optional } } : {}),
    ...(material === undefined ? {} : { signer: signerOf(material) }),
    ...(signedBy === undefined ? {} : { keyId: signedBy.key.id, key: signedBy.file }),
    ...(bundle === undefined || bundle.logEntries === 0 ? {} : { logEntries: bundle.logEntries }),
    ...(problem === undefined ? {} : { error: { code: problem.code, message: problem.message } }),
  };
}

/** A signature over files has the files for its subject: that they are those of the package is for `verify` to tell. */
function verdictOf(
  attestation: Attestation,
  { digest, hasKeys, isSigned }: { readonly digest: Digest; readonly hasKeys: boolean; readonly isSigned: boolean },
): Pick<AttestationOutput, 'status' | 'why'> {
  if (attestation.problem !== undefined) return { status: 'unreadable' };
  const isOverFiles = attestation.statement?.predicateType === predicateTypes.modelSignature;
  if (!isOverFiles && !speaksOf(attestation, digest))
    return { status: 'elsewhere', why: 'what was signed names another artifact' };
  if (!hasKeys) return { status: 'not-verified', why: NO_KEY };
  if (!isSigned) return { status: 'not-verified', why: 'none of the keys that were given signed it' };
  if (isOverFiles)
    return { status: 'not-verified', why: 'the signature is good; waybill verify compares the files that it lists' };
  return { status: 'verified' };
}

function saidBy({ statement, simpleSigning }: Attestation): Partial<AttestationOutput> {
  if (simpleSigning !== undefined) {
    const name = simpleSigning.reference;
    return { summary: `signature over the artifact${name === undefined ? '' : `, as ${name}`}` };
  }
  if (statement === undefined) return {};
  const { kind, summary, result, problems } = readPredicate(statement);
  return {
    ...(kind === undefined ? {} : { kind: kind.id }),
    ...(summary === undefined ? {} : { summary }),
    ...(result === undefined ? {} : { result }),
    ...(problems.length === 0
      ? {}
      : {
          problems: problems.map(({ path, message }) =>
            [...(path.length > 0 ? [path.join('.')] : []), message].join(': '),
          ),
        }),
  };
}

function signerOf(material: Material): NonNullable<AttestationOutput['signer']> {
  if (material.kind === 'key') return { kind: 'key', ...(material.hint === undefined ? {} : { hint: material.hint }) };
  const [leaf] = material.chain;
  try {
    const { extensions, keyId } = readCertificate(leaf ?? Buffer.alloc(0), "the signer's certificate");
    return { kind: 'certificates', identities: extensions.names.map(formatIdentity), keyId };
  } catch (error) {
    // What cannot be read names nobody.
    if (error instanceof WaybillError) return { kind: 'certificates', identities: [] };
    throw error;
  }
}
