import { verdictOf } from '../../../base/finding.ts';
import { checkLog } from '../../../trust/log/checking/check.ts';
import { type LogIdentity, openCheckpoint, parseCheckpointText } from '../../../trust/log/checkpoint.ts';
import { rememberCheckpoint } from '../../../trust/log/memory/memory.ts';
import { parseNote } from '../../../trust/log/note/note.ts';
import { readCheckpoint } from '../../../trust/log/proof/prove.ts';
import type { LogReader } from '../../../trust/log/reading/reader.ts';
import type { Context } from '../../context.ts';
import type { Output } from '../../outputs/log.ts';
import type { LogAction } from './action.ts';
import { describeCheckpoint, describeCosignatures } from './describe.ts';
import { identityOf, memoryFolder } from './identity.ts';
import { openLog } from './open.ts';
import { refusalOf } from './refusal.ts';

/** Derives a log anew from its entries, and holds it to its checkpoint and to what was seen of it before. */
export const check: LogAction = {
  arguments: ['LOG'],
  async run(context, input, [place = '']) {
    using log = openLog(context, place);
    const note = await readCheckpoint(log.reader);
    const head = parseCheckpointText(parseNote(note).text);
    const believed = await believe(context, note, { reader: log.reader, identity: identityOf(input) });
    const checked = await checkLog(log.reader, head);
    const findings = [...believed.findings, ...checked.findings];
    return {
      action: 'check',
      log: place,
      ...describeCheckpoint(head),
      count: checked.entries,
      ...believed,
      verdict: verdictOf(findings),
      findings,
    };
  },
};

type Belief = Pick<Output, 'cosignatures' | 'seen' | 'findings'>;

/** Whose log it is, and whether it goes on from what was seen before. */
async function believe(
  context: Context,
  note: Buffer,
  { reader, identity }: { readonly reader: LogReader; readonly identity: LogIdentity | undefined },
): Promise<Belief> {
  if (identity === undefined) {
    const message = 'Whose log this is was not verified; --vkey names its key';
    return { findings: [{ rule: 'log-not-verified', level: 'warning', message }] };
  }
  try {
    const checkpoint = openCheckpoint(note, identity);
    const seen = await rememberCheckpoint(memoryFolder(context), checkpoint, { reader, isLive: true });
    return { cosignatures: describeCosignatures(checkpoint.cosignatures), seen, findings: [] };
  } catch (error) {
    return { findings: [refusalOf(error)] };
  }
}
