/** What a verdict is formed from: values that were read before, so that the verdict itself touches nothing. */
import type { WaybillError } from '../../base/errors.ts';
import type { Digest } from '../../oci/digest.ts';
import type { Bundle } from '../bundle/bundle.ts';
import type { Policy, RepositoryRule } from '../policy/policy.ts';
import type { RepositoryInQuestion } from '../policy/repository-pattern.ts';
import type { RevocationList } from '../revocations/list.ts';
import type { Statement } from '../statement/statement.ts';

/** What is attached to a package, read as far as it can be. */
export interface Evidence {
  readonly bundle?: Bundle | undefined;
  readonly statement?: Statement | undefined;
  /** The kind of statement that whoever attached it says it is; not signed. */
  readonly hint?: string | undefined;
  /** Why it cannot be read. */
  readonly problem?: WaybillError | undefined;
}

/** What the package is that statements have to be about. */
export interface PackageFacts {
  /** Of the manifest. */
  readonly digest: Digest;
  readonly name: string | undefined;
  readonly version: string | undefined;
  /** Of SHA256SUMS; undefined for what other tools packed. */
  readonly setDigest: Digest | undefined;
  /** Every file by its path. */
  readonly files: ReadonlyMap<string, Digest>;
}

export interface Question {
  readonly policy: Policy;
  readonly package: PackageFacts;
  readonly asked: RepositoryInQuestion;
  readonly evidence: readonly Evidence[];
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
  /** When enough witnesses had seen it; a checkpoint alone proves order, not time. */
  readonly seenAt: number | undefined;
}

/** A question with the rule that counts for it. */
export interface Case extends Question {
  readonly rule: RepositoryRule;
}
