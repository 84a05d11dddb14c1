/**
 * Whom to believe about what was found in a store, before anything is done with it: by the policy, where
 * one is given; and by what was seen of the repository before.
 */
import { WaybillError } from '../../base/errors.ts';
import type { Finding } from '../../base/finding.ts';
import type { FoundPackage } from '../../model/bases/follow.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { MAX_MANIFEST_SIZE, parseManifest } from '../../oci/manifest.ts';
import { annotationKeys } from '../../oci/media-types.ts';
import type { Store } from '../../oci/store.ts';
import { readContent } from '../../oci/verified.ts';
import { attempt } from '../../trust/attempt.ts';
import type { Attestation } from '../../trust/attestations/attestation.ts';
import { readAttestations } from '../../trust/attestations/read.ts';
import { observeAndRemember, recallPin } from '../../trust/first-use/pins.ts';
import { publicationsOf } from '../../trust/first-use/publishers.ts';
import { predicateTypes } from '../../trust/predicate-types.ts';
import type { TrustVerdict } from '../../trust/verify/evaluate.ts';
import type { Input } from '../command.ts';
import type { Context } from '../context.ts';
import { seenFolder } from '../folders.ts';
import type { Located } from '../locate.ts';
import type { TrustOutput } from '../outputs/trust-verdict.ts';
import { applyPolicy } from './apply-policy.ts';
import { describeVerdict } from './describe-verdict.ts';
import { type Asked, askedOf, formatRepository, policyFileOf } from './trust-options.ts';

export interface Subject {
  /** As it was named. */
  readonly text: string;
  readonly found: FoundPackage & Pick<Located, 'isRemote'>;
  /** Where it will be: the repository that counts where a package is sent. */
  readonly asked?: Asked | undefined;
}

export interface Judgement {
  /** An error refuses. */
  readonly findings: readonly Finding[];
  /** With a policy. */
  readonly trust: TrustOutput | undefined;
}

/** @throws WaybillError TRUST_UNDECIDED and others when it could not be told, which is never a yes */
export async function judge(
  context: Context,
  input: Input,
  { text, found, asked = askedOf(text, input) }: Subject,
): Promise<Judgement> {
  const file = policyFileOf(context, input);
  const needsMemory = input.has('require-memory');
  const isObserved = found.isRemote && asked?.host !== undefined;
  if (file === undefined && needsMemory)
    throw new WaybillError('USAGE', 'Cannot require a memory: no policy is named', { hint: 'Add --trust trust.yaml' });
  if (file === undefined && !isObserved) return { findings: [], trust: undefined };
  const attestations = await readAttestations(found.store, found.target);
  const verdict =
    file === undefined ? undefined : await applied(context, { file, text, found, asked, attestations, needsMemory });
  const findings = verdict?.findings ?? [];
  const trust =
    verdict === undefined || file === undefined || asked === undefined
      ? undefined
      : describeVerdict(verdict, { file, repository: formatRepository(asked) });
  // What the policy refuses is not remembered: it is not what the publisher made.
  if (!isObserved || verdict?.verdict === 'fail') return { findings, trust };
  const seen = await observe(context, input, { found, asked, attestations, verdict, needsMemory });
  return { findings: [...findings, ...seen], trust };
}

/**
 * The same for whoever cannot go on without a yes.
 * @param attempt as in `Cannot pull acme/digits`
 * @throws WaybillError NOT_TRUSTED
 */
export async function admit(
  context: Context,
  input: Input,
  { attempt, ...subject }: Subject & { readonly attempt: string },
): Promise<Judgement> {
  const judgement = await judge(context, input, subject);
  const [first, ...more] = judgement.findings.filter(({ level }) => level === 'error');
  if (first === undefined) return judgement;
  const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
  const isChange = judgement.trust?.verdict !== 'fail';
  throw new WaybillError('NOT_TRUSTED', `${attempt}: ${first.message}${others}`, {
    hint: isChange
      ? 'Ask the publisher whether that is meant. If it is: --accept-change'
      : `waybill verify ${subject.text} --trust ${judgement.trust?.file} shows each requirement`,
  });
}

interface ToApply extends Subject {
  readonly file: string;
  readonly attestations: readonly Attestation[];
  readonly needsMemory: boolean;
}

async function applied(
  context: Context,
  { file, text, found, asked, attestations, needsMemory }: ToApply,
): Promise<TrustVerdict> {
  if (asked === undefined)
    throw new WaybillError('USAGE', `Cannot apply ${file} to ${text}: which repository it should be is not said`, {
      hint: 'Add --repository acme/digits, or whichever package you want',
    });
  return applyPolicy(context, found, { file, asked, attestations, needsMemory });
}

interface ToObserve {
  readonly found: Subject['found'];
  readonly asked: Asked;
  readonly attestations: readonly Attestation[];
  readonly verdict: TrustVerdict | undefined;
  readonly needsMemory: boolean;
}

async function observe(
  context: Context,
  input: Input,
  { found, asked, attestations, verdict, needsMemory }: ToObserve,
): Promise<readonly Finding[]> {
  const folder = seenFolder(context.environment, context.platform);
  const name = formatRepository(asked);
  if (needsMemory && recallPin(folder, name) === undefined)
    throw new WaybillError(
      'TRUST_UNDECIDED',
      `Cannot tell whether ${name} is what it was: nothing was seen of it before`,
      {
        hint: 'Bring what is remembered from another machine, or leave --require-memory away once',
      },
    );
  const { target, store } = found;
  const known =
    verdict?.requirements.filter(({ requirement }) => requirement.predicateType === predicateTypes.package) ?? [];
  const byPolicy = known.flatMap(({ by }) => by.map(({ keyId, identity }) => identity ?? keyId));
  const claimed = attempt(() => publicationsOf(attestations, target.digest));
  // Whoever may push can attach so many that nobody looks at all; that hides no one whom the policy believes.
  if (claimed instanceof WaybillError && byPolicy.length === 0) throw claimed;
  const byThemselves = claimed instanceof WaybillError ? [] : claimed.map(({ key }) => key.id);
  return observeAndRemember(folder, name, {
    sighting: {
      digest: target.digest,
      version: await versionOf(store, target),
      publishers: [...new Set([...byPolicy, ...byThemselves])],
      ...(byPolicy.length === 0 ? {} : { believed: byPolicy }),
      tag: asked.tag,
      now: context.clock.now(),
    },
    isAccepted: input.has('accept-change'),
  });
}

/** What the manifest says, whatever tool packed it. */
async function versionOf(store: Store, target: Descriptor): Promise<string | undefined> {
  const bytes = await readContent(store, target, MAX_MANIFEST_SIZE, `manifest ${target.digest}`);
  return parseManifest(bytes, target.mediaType).annotations[annotationKeys.version];
}
