/** What `waybill attestations` tells: everything that is attached, each with what is known of its signer. */
import { readSmallFile } from '../../base/files.ts';
import { explainSystemError } from '../../base/system-errors.ts';
import type { Attestation } from '../../trust/attestations/attestation.ts';
import { readProofs } from '../../trust/attestations/proofs.ts';
import { readAttestations } from '../../trust/attestations/read.ts';
import { MAX_PEM_SIZE } from '../../trust/keys/pem.ts';
import { readPublicKey } from '../../trust/keys/public-key.ts';
import { predicateKindOf, predicateTypeNamed } from '../../trust/predicate/find.ts';
import type { Context } from '../context.ts';
import { locate } from '../locate.ts';
import type { AttestationOutput, Output } from '../outputs/attestations.ts';
import { describeAttestation, type NamedKey } from './describe-attestation.ts';
import { saveBundle } from './save-bundles.ts';

export interface ListOptions {
  readonly keyFiles: readonly string[];
  /** A URI or a short name. */
  readonly type: string | undefined;
  readonly withPredicates: boolean;
  /** A folder for the bundles. */
  readonly saveIn: string | undefined;
}

/** @throws WaybillError TRUST_UNDECIDED when there is too much, KEY_INVALID, USAGE, and as the store cannot be read */
export async function listAttestations(context: Context, text: string, options: ListOptions): Promise<Output> {
  const { keyFiles, type, withPredicates: withPredicate, saveIn } = options;
  const wanted = type === undefined ? undefined : typesOf(type);
  const keys = keyFiles.map(readKey);
  await using found = await locate(context, text);
  const { store, target } = found;
  const all = await readAttestations(store, target);
  const shown = wanted === undefined ? all : all.filter((one) => wanted.includes(typeOf(one)));
  const attestations = shown.map((attestation): AttestationOutput => {
    const described = describeAttestation(attestation, { digest: target.digest, keys, withPredicate });
    const { source, bundle } = attestation;
    const isSaved = source === 'bundle' && (keys.length === 0 || described.keyId !== undefined);
    if (saveIn === undefined || bundle === undefined || !isSaved) return described;
    return { ...described, saved: saveBundle(saveIn, bundle, described.kind) };
  });
  const proofs = (await readProofs(store, target)).map(({ referrer, bundle, content }) => ({
    referrer: referrer.digest,
    ...(bundle === undefined ? {} : { bundle }),
    ...(content instanceof Error ? {} : { size: content.length }),
  }));
  return { digest: target.digest, attestations, proofs };
}

function typesOf(text: string): readonly string[] {
  const type = predicateTypeNamed(text);
  return predicateKindOf(type)?.types ?? [type];
}

/** What cannot be read is of the type that it was announced as: hidden it would be missed. */
function typeOf({ statement, hint }: Attestation): string {
  return statement?.predicateType ?? hint ?? '';
}

function readKey(file: string): NamedKey {
  try {
    return { file, key: readPublicKey(readSmallFile(file, MAX_PEM_SIZE), file) };
  } catch (error) {
    throw explainSystemError(`Cannot read ${file}`, error);
  }
}
