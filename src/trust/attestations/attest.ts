/** Says something of an artifact, signed, once: the same by the same key again changes nothing. */
import type { Descriptor } from '../../oci/descriptor.ts';
import { type Digest, digestOf } from '../../oci/digest.ts';
import type { ArtifactStore } from '../../oci/store.ts';
import type { Signer } from '../keys/signer.ts';
import { signStatement } from '../sign-statement.ts';
import { parseStatement } from '../statement/statement.ts';
import { attach } from './attach.ts';
import type { Attestation } from './attestation.ts';
import { readAttestations } from './read.ts';
import { isSignedBy } from './signed-by.ts';

export interface Attested {
  readonly referrer: Descriptor;
  /** Digest of the bundle: what a log names. */
  readonly bundle: Digest;
  /** Whether it was attached now; not where this key has said the same before. */
  readonly isNew: boolean;
}

export interface AttestOptions {
  readonly signer: Signer;
  /** As writeStatement gives it; its bytes are what is signed. */
  readonly statement: Buffer;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Tells a log of the signed statement, before it is attached: what fails here attaches nothing. */
  readonly enter?: ((signed: SignedStatement) => Promise<readonly Attachable[]>) | undefined;
}

export interface SignedStatement {
  /** Of the bundle. */
  readonly digest: Digest;
  readonly predicateType: string;
}

/** What goes with the statement, once it is there. */
export interface Attachable {
  attach(): Promise<Descriptor>;
}

/**
 * Signs a statement and attaches it.
 * @throws WaybillError STATEMENT_INVALID, SIGNER_FAILED, TRUST_UNDECIDED where too much is attached to tell
 */
export async function attest(
  store: ArtifactStore,
  subject: Descriptor,
  { signer, statement, now, enter = async () => [] }: AttestOptions,
): Promise<Attested> {
  const { predicateType } = parseStatement(statement);
  const same = (await readAttestations(store, subject)).find((one) => isSame(one, signer, statement));
  const bundle = same?.bundle?.bytes ?? (await signStatement(signer, statement));
  const digest = digestOf(bundle);
  const proofs = await enter({ digest, predicateType });
  const referrer = same?.referrer ?? (await attach(store, subject, bundle, predicateType, new Date(now)));
  for (const proof of proofs) await proof.attach();
  return { referrer, bundle: digest, isNew: same === undefined };
}

/** Byte for byte, and by the same key; named by a certificate it is another proof. */
function isSame(attestation: Attestation, { publicKey, certificates }: Signer, statement: Buffer): boolean {
  const { source, bundle } = attestation;
  if (source !== 'bundle' || bundle === undefined) return false;
  const { material, envelope } = bundle;
  if (!envelope.payload.equals(statement) || !isSignedBy(attestation, publicKey)) return false;
  const chain = material.kind === 'certificates' ? material.chain : [];
  return textOf(chain) === textOf(certificates ?? []);
}

function textOf(certificates: readonly Uint8Array[]): string {
  return certificates.map((certificate) => Buffer.from(certificate).toString('base64')).join();
}
