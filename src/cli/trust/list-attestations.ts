/** What `waybill attestations` tells: everything that is attached, each with what is known of its signer. */
import { WaybillError } from '../../base/errors.ts';
import { readSmallFile } from '../../base/files.ts';
import { explainSystemError } from '../../base/system-errors.ts';
import type { Attestation } from '../../trust/attestations/attestation.ts';
import { readProofs } from '../../trust/attestations/proofs.ts';
import { readAttestations } from '../../trust/attestations/read.ts';
import { MAX_PEM_SIZE } from '../../trust/keys/pem.ts';
import { readPublicKey } from '../../trust/keys/public-key.ts';
import { predicateKindOf, predicateTypeNamed } from '../../trust/predicate/find.ts';
import type { Input } from '../command.ts';
import type { Context } from '../context.ts';
import { type Located, locate } from '../locate.ts';
import type { AttestationOutput, Output } from '../outputs/attestations.ts';
import { readQuestion } from './apply-policy.ts';
import { describeAttestation, type Judge, judgeByKeys, judgeByPolicy, type NamedKey } from './describe-attestation.ts';
import { saveBundle } from './save-bundles.ts';
import { askedOf, policyFileOf } from './trust-options.ts';

export interface ListOptions {
  readonly text: string;
  readonly keyFiles: readonly string[];
  /** A URI or a short name. */
  readonly type: string | undefined;
  readonly withPredicates: boolean;
  /** A folder for the bundles. */
  readonly saveIn: string | undefined;
}

/** @throws WaybillError TRUST_UNDECIDED when there is too much, KEY_INVALID, USAGE, and as the store cannot be read */
export async function listAttestations(context: Context, input: Input, options: ListOptions): Promise<Output> {
  const { text, keyFiles, type, withPredicates: withPredicate, saveIn } = options;
  const wanted = type === undefined ? undefined : typesOf(type);
  const policy = policyBeside(context, input, keyFiles);
  const keys = keyFiles.map(readKey);
  await using found = await locate(context, text);
  const { store, target } = found;
  const all = await readAttestations(store, target);
  const judge =
    policy === undefined ? judgeByKeys(keys) : await policyJudge(context, input, { policy, text, found, all });
  const shown = wanted === undefined ? all : all.filter((one) => wanted.includes(typeOf(one)));
  const attestations = shown.map((attestation): AttestationOutput => {
    const described = describeAttestation(attestation, { digest: target.digest, judge, withPredicate });
    const { source, bundle } = attestation;
    const isAsked = policy !== undefined || keys.length > 0;
    const isSaved = source === 'bundle' && (!isAsked || described.keyId !== undefined);
    if (saveIn === undefined || bundle === undefined || !isSaved) return described;
    return { ...described, saved: saveBundle(saveIn, bundle, described.kind) };
  });
  const proofs = (await readProofs(store, target)).map(({ referrer, bundle, content }) => ({
    referrer: referrer.digest,
    ...(bundle === undefined ? {} : { bundle }),
    ...(content instanceof Error ? {} : { size: content.length }),
  }));
  return { digest: target.digest, ...(policy === undefined ? {} : { policy }), attestations, proofs };
}

/** Whoever names keys asks for their word alone, whatever policy this machine has. */
function policyBeside(context: Context, input: Input, keyFiles: readonly string[]): string | undefined {
  if (keyFiles.length === 0) return policyFileOf(context, input);
  if (input.text('trust') === undefined) return undefined;
  throw new WaybillError('USAGE', 'Cannot list by keys and by a policy at once: --key and --trust are given', {
    hint: 'Leave out one of them',
  });
}

interface Judged {
  readonly policy: string;
  readonly text: string;
  readonly found: Located;
  readonly all: readonly Attestation[];
}

async function policyJudge(context: Context, input: Input, { policy, text, found, all }: Judged): Promise<Judge> {
  const asked = askedOf(text, input);
  if (asked === undefined)
    throw new WaybillError('USAGE', `Cannot apply ${policy} to ${text}: which repository it should be is not said`, {
      hint: 'Add --repository acme/digits, or whichever package you want',
    });
  const application = { file: policy, asked, attestations: all, needsMemory: input.has('require-memory') };
  return judgeByPolicy((await readQuestion(context, found, application)).question);
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
