/** Holds the checkpoints that proofs end in to what was seen of their logs before. */
import { WaybillError } from '../../base/errors.ts';
import { type Checkpoint, openCheckpoint } from '../../trust/log/checkpoint.ts';
import { rememberCheckpoint } from '../../trust/log/memory/memory.ts';
import { logIdentity } from '../../trust/log/proof/verify.ts';
import type { LogReader } from '../../trust/log/reading/reader.ts';
import type { PolicyLog } from '../../trust/policy/policy.ts';
import type { Context } from '../context.ts';
import { memoryFolder } from './log/identity.ts';
import { openLog } from './log/open.ts';

export interface ProvedCheckpoints {
  readonly checkpoints: readonly Checkpoint[];
  /** Whether a log of which nothing was seen before, or that cannot be asked, is not enough. */
  readonly needsMemory: boolean;
}

/** @throws WaybillError LOG_INVALID when a log has shown two pasts, TRUST_UNDECIDED when that cannot be told */
export async function holdLogs(
  context: Context,
  logs: readonly PolicyLog[],
  { checkpoints, needsMemory }: ProvedCheckpoints,
): Promise<void> {
  for (const log of logs) {
    const proved = checkpoints.filter(({ origin }) => origin === log.origin);
    if (proved.length === 0) continue;
    using open = log.url === undefined ? undefined : openLog(context, log.url);
    // The one of the policy goes first: on a new machine it is what was seen before.
    const pinned =
      log.checkpoint === undefined
        ? []
        : [openCheckpoint(Buffer.from(log.checkpoint), logIdentity({ origin: log.origin, vkey: log.vkey }))];
    for (const checkpoint of [...pinned, ...proved])
      await hold(context, checkpoint, { reader: open?.reader, needsMemory, isPinned: pinned.includes(checkpoint) });
  }
}

interface Holding {
  readonly reader: LogReader | undefined;
  readonly needsMemory: boolean;
  readonly isPinned: boolean;
}

async function hold(
  context: Context,
  checkpoint: Checkpoint,
  { reader, needsMemory, isPinned }: Holding,
): Promise<void> {
  const recollection = await rememberCheckpoint(memoryFolder(context), checkpoint, {
    ...(reader === undefined ? {} : { reader }),
    isLive: false,
  });
  if (isPinned || !needsMemory || (recollection !== 'first' && recollection !== 'unchecked')) return;
  const found =
    recollection === 'first'
      ? 'nothing was seen of it before'
      : 'it cannot be asked whether it goes on from what was seen';
  throw new WaybillError('TRUST_UNDECIDED', `Cannot believe the log ${checkpoint.origin}: ${found}`, {
    hint: 'Give its url in trust.yaml, and a checkpoint that it must continue',
  });
}
