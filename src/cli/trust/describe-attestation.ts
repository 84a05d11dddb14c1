/** One attestation as `waybill attestations` shows it: what it says, who says it, and whether that was verified. */
import { WaybillError } from '../../base/errors.ts';
import type { Digest } from '../../oci/digest.ts';
import type { Attestation } from '../../trust/attestations/attestation.ts';
import { isSignedBy, materialOf, speaksOf } from '../../trust/attestations/signed-by.ts';
import type { Material } from '../../trust/bundle/material.ts';
import type { PublicKey } from '../../trust/keys/public-key.ts';
import { readPredicate } from '../../trust/predicate/find.ts';
import { predicateTypes } from '../../trust/predicate-types.ts';
import type { Question } from '../../trust/verify/evidence.ts';
import { standingOf } from '../../trust/verify/standing.ts';
import { readCertificate } from '../../trust/x509/certificate.ts';
import { formatIdentity } from '../../trust/x509/identity.ts';
import type { AttestationOutput } from '../outputs/attestations.ts';

/** Why nothing can be verified. */
export const NO_KEY = 'no key was given';

/** Whose word is asked for: that of some keys, or of those whom a policy names. */
export type Judge = (attestation: Attestation) => Pick<AttestationOutput, 'status' | 'why' | 'keyId' | 'key'>;

export interface NamedKey {
  readonly file: string;
  readonly key: PublicKey;
}

export interface DescribeOptions {
  readonly digest: Digest;
  readonly judge: Judge;
  /** Whether all that is said is wanted. */
  readonly withPredicate: boolean;
}

export function describeAttestation(
  attestation: Attestation,
  { digest, judge, withPredicate }: DescribeOptions,
): AttestationOutput {
  const { referrer, source, hint, bundle, statement, simpleSigning, problem } = attestation;
  const material = materialOf(attestation);
  const predicate = statement?.predicate ?? simpleSigning?.optional;
  return {
    ...verdictOf(attestation, digest, judge),
    referrer: referrer.digest,
    source,
    ...(bundle === undefined ? {} : { bundle: bundle.digest }),
    ...(statement === undefined ? {} : { predicateType: statement.predicateType }),
    ...(hint === undefined ? {} : { hint }),
    ...saidBy(attestation),
    ...(predicate !== undefined && withPredicate ? { predicate: { ...predicate } } : {}),
    ...(material === undefined ? {} : { signer: signerOf(material) }),
    ...(bundle === undefined || bundle.logEntries === 0 ? {} : { logEntries: bundle.logEntries }),
    ...(problem === undefined ? {} : { error: { code: problem.code, message: problem.message } }),
  };
}

/** A signature over files has the files for its subject: that they are those of the package is for `verify` to tell. */
function verdictOf(attestation: Attestation, digest: Digest, judge: Judge): ReturnType<Judge> {
  if (attestation.problem !== undefined) return { status: 'unreadable' };
  if (!isOverFiles(attestation) && !speaksOf(attestation, digest))
    return { status: 'elsewhere', why: 'what was signed names another artifact' };
  return judge(attestation);
}

/** What these keys signed is verified, whatever it says. */
export function judgeByKeys(keys: readonly NamedKey[]): Judge {
  return (attestation) => {
    const by = keys.find(({ key }) => isSignedBy(attestation, key));
    if (by === undefined)
      return { status: 'not-verified', why: keys.length === 0 ? NO_KEY : 'none of the keys that were given signed it' };
    const signed = { keyId: by.key.id, key: by.file };
    return isOverFiles(attestation)
      ? { status: 'not-verified', why: 'the signature is good; waybill verify compares the files it lists', ...signed }
      : { status: 'verified', ...signed };
  };
}

/** What counts for a requirement of the policy is verified. */
export function judgeByPolicy(question: Question): Judge {
  return (attestation) => {
    const standing = standingOf(attestation, question);
    if (standing === undefined)
      return { status: 'not-verified', why: 'the policy has no requirement for which it could count' };
    return 'holder' in standing
      ? { status: 'verified', keyId: standing.keyId, key: standing.holder.id }
      : { status: 'not-verified', why: standing.message };
  };
}

function isOverFiles({ statement }: Attestation): boolean {
  return statement?.predicateType === predicateTypes.modelSignature;
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
