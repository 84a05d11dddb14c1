/** Applies a trust policy to what was found: reads what is attached and what the policy names, and forms the verdict. */
import { WaybillError } from '../../base/errors.ts';
import type { Finding } from '../../base/finding.ts';
import type { FoundPackage } from '../../model/bases/follow.ts';
import { statedFacts } from '../../model/signing/stated-facts.ts';
import type { Attestation } from '../../trust/attestations/attestation.ts';
import { readProofs } from '../../trust/attestations/proofs.ts';
import { recallList, rememberList } from '../../trust/first-use/pins.ts';
import type { Policy, RevocationSource } from '../../trust/policy/policy.ts';
import { readTrustFile } from '../../trust/policy/read.ts';
import { assertCurrent } from '../../trust/revocations/freshness.ts';
import { MAX_REVOCATIONS_SIZE, type RevocationList, readRevocations } from '../../trust/revocations/list.ts';
import { evaluate, type TrustVerdict } from '../../trust/verify/evaluate.ts';
import type { Question } from '../../trust/verify/evidence.ts';
import { proveLogged } from '../../trust/verify/log-presence.ts';
import type { Context } from '../context.ts';
import { seenFolder } from '../folders.ts';
import type { Asked } from './trust-options.ts';

export interface Application {
  /** The trust.yaml. */
  readonly file: string;
  readonly asked: Asked;
  readonly attestations: readonly Attestation[];
  readonly needsMemory: boolean;
}

/** @throws WaybillError TRUST_FILE_INVALID; TRUST_UNDECIDED when it could not be told; LOG_INVALID; as the store cannot be read */
export async function applyPolicy(
  context: Context,
  found: FoundPackage,
  application: Application,
): Promise<TrustVerdict> {
  const { question, findings } = await readQuestion(context, found, application);
  const verdict = evaluate(question);
  return { ...verdict, findings: [...findings, ...verdict.findings] };
}

/** All that a verdict is formed from, read. @throws as applyPolicy */
export async function readQuestion(
  context: Context,
  { store, target }: FoundPackage,
  { file, asked, attestations, needsMemory }: Application,
): Promise<{ readonly question: Question; readonly findings: readonly Finding[] }> {
  const { policy, findings } = readTrustFile(file);
  const facts = await statedFacts(store, target);
  const proofs = policy.logs.length === 0 ? [] : await readProofs(store, target);
  const { logged, checkpoints } = proveLogged(policy.logs, { subject: target.digest, attestations, proofs });
  if (checkpoints.length > 0) {
    // Loaded where a log was proved: it brings the network with it.
    const { holdLogs } = await import('./hold-logs.ts');
    await holdLogs(context, policy.logs, { checkpoints, needsMemory });
  }
  const now = context.clock.now();
  const revocations = await revocationsOf(context, policy, { now, needsMemory });
  return { question: { policy, package: facts, asked, attestations, logged, revocations, now }, findings };
}

async function revocationsOf(
  context: Context,
  { revocations }: Policy,
  { now, needsMemory }: { readonly now: number; readonly needsMemory: boolean },
): Promise<RevocationList | undefined> {
  if (revocations === undefined) return undefined;
  const { source, key, maxAge }: RevocationSource = revocations;
  const { readFar } = await import('./read-far.ts');
  const list = readRevocations(await readFar(context, source, MAX_REVOCATIONS_SIZE), key, source);
  const folder = seenFolder(context.environment, context.platform);
  const seen = recallList(folder, key);
  if (seen === undefined && needsMemory)
    throw new WaybillError('TRUST_UNDECIDED', `Cannot use the revocation list ${source}: none was seen before`, {
      hint: 'On a new machine nothing shows that it is the newest: leave --require-memory away once',
    });
  assertCurrent(list, { name: source, maxAge, now, seen });
  await rememberList(folder, key, list);
  return list;
}
