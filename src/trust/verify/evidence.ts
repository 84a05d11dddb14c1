/** What a verdict is formed from: values that were read before, so that the verdict itself touches nothing. */
import type { Digest } from '../../oci/digest.ts';
import type { Attestation } from '../attestations/attestation.ts';
import type { Policy, RepositoryRule } from '../policy/policy.ts';
import type { RepositoryInQuestion } from '../policy/repository-pattern.ts';
import { predicateTypes } from '../predicate-types.ts';
import type { RevocationList } from '../revocations/list.ts';

/** What the package is that statements have to be about. */
export interface PackageFacts {
  /** Of the manifest: the identity of the package. */
  readonly digest: Digest;
  readonly name: string | undefined;
  readonly version: string | undefined;
  /** Of SHA256SUMS; undefined for what other tools packed. */
  readonly setDigest: Digest | undefined;
  /** Every file, SHA256SUMS included, by its path. */
  readonly files: ReadonlyMap<string, Digest>;
}

export interface Question {
  readonly policy: Policy;
  readonly package: PackageFacts;
  readonly asked: RepositoryInQuestion;
  /** All that is attached, and could be read or not. */
  readonly attestations: readonly Attestation[];
  /** What the logs of the policy prove of a bundle, by its digest. */
  readonly logged: ReadonlyMap<Digest, readonly LogPresence[]>;
  /** The fresh list of the policy, if it has one. */
  readonly revocations: RevocationList | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** That a bundle is in a log of the policy. */
export interface LogPresence {
  readonly origin: string;
  /** Moments at which enough witnesses had seen it; a checkpoint alone proves order, not time. */
  readonly seen: readonly number[];
}

/** A question with the rule that counts for it. */
export interface Case extends Question {
  readonly rule: RepositoryRule;
}

/** Which kind of statement it is, as far as it can be told. What cosign signed before version 3 is one of a kind. */
export function typeOf({ statement, simpleSigning }: Attestation): string | undefined {
  return statement?.predicateType ?? (simpleSigning === undefined ? undefined : predicateTypes.cosignSign);
}

/** By what logs and lists name it: its bundle, or the manifest that holds what is in no bundle. */
export function digestOfStatement({ bundle, referrer }: Attestation): Digest {
  return bundle?.digest ?? referrer.digest;
}
