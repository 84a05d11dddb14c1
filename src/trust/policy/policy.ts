/** A trust policy as it is applied: what trust.yaml says, with its keys read and its times and spans as numbers. */
import type { Digest } from '../../oci/digest.ts';
import type { KeyAlgorithm } from '../keys/algorithms.ts';
import type { PublicKey } from '../keys/public-key.ts';
import type { Certificate } from '../x509/certificate.ts';
import type { PolicyRole } from './schema.ts';

export interface Policy {
  /** Of the text of trust.yaml: which policy it was that decided. */
  readonly digest: Digest;
  readonly keys: readonly PolicyKey[];
  readonly identities: readonly PolicyIdentity[];
  readonly repositories: readonly RepositoryRule[];
  readonly logs: readonly PolicyLog[];
  readonly revocations: RevocationSource | undefined;
  readonly algorithms: ReadonlySet<KeyAlgorithm>;
}

/** Who may speak for a role, and when. Times are milliseconds since 1970. */
export interface Holder {
  readonly id: string;
  readonly role: PolicyRole;
  readonly notBefore: number | undefined;
  readonly notAfter: number | undefined;
}

export interface PolicyKey extends Holder {
  readonly publicKey: PublicKey;
}

export interface PolicyIdentity extends Holder {
  readonly roots: readonly Certificate[];
  readonly san: string;
}

export interface RepositoryRule {
  readonly match: string;
  readonly aliases: readonly string[];
  readonly anyName: boolean;
  readonly require: readonly Requirement[];
}

export interface Requirement {
  readonly role: PolicyRole;
  readonly predicateType: string;
  readonly result: string | undefined;
  readonly where: Readonly<Record<string, string | number | boolean>>;
  readonly threshold: number;
  /** Milliseconds. */
  readonly maxAge: number | undefined;
}

export interface PolicyLog {
  readonly origin: string;
  readonly vkey: string;
  readonly isRequired: boolean;
  /** An address, or a folder as an absolute path. */
  readonly url: string | undefined;
  /** The text of a checkpoint that it must continue. */
  readonly checkpoint: string | undefined;
  readonly witnesses: { readonly quorum: number; readonly vkeys: readonly string[] };
}

export interface RevocationSource {
  /** An address, or a file as an absolute path. */
  readonly source: string;
  readonly key: PublicKey;
  /** Milliseconds. */
  readonly maxAge: number;
}
