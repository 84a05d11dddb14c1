import { checkLog } from '../../../trust/log/checking/check.ts';
import { type Checkpoint, openCheckpoint, parseCheckpointText } from '../../../trust/log/checkpoint.ts';
import { rememberCheckpoint } from '../../../trust/log/memory/memory.ts';
import { parseNote } from '../../../trust/log/note/note.ts';
import { readCheckpoint } from '../../../trust/log/proof/prove.ts';
import type { LogAction } from './action.ts';
import { describeCheckpoint, describeCosignatures } from './describe.ts';
import { identityOf, memoryFolder } from './identity.ts';
import { openLog } from './open.ts';

/** Derives a log anew from its entries, and holds it to its checkpoint and to what was seen of it before. */
export const check: LogAction = {
  arguments: ['LOG'],
  async run(context, input, [place = '']) {
    using log = openLog(context, place);
    const note = await readCheckpoint(log.reader);
    const identity = identityOf(input);
    const seen: Checkpoint | undefined = identity === undefined ? undefined : openCheckpoint(note, identity);
    const head = seen ?? parseCheckpointText(parseNote(note).text);
    const { verdict, entries, findings } = await checkLog(log.reader, head);
    const base = { action: 'check', log: place, ...describeCheckpoint(head), count: entries } as const;
    if (seen === undefined) {
      const message = 'Whose log this is was not verified; --vkey names its key';
      return { ...base, verdict, findings: [...findings, { rule: 'log-not-verified', level: 'warning', message }] };
    }
    const recollection = await rememberCheckpoint(memoryFolder(context), seen, { reader: log.reader, isLive: true });
    return {
      ...base,
      verdict,
      cosignatures: describeCosignatures(seen.cosignatures),
      seen: recollection,
      findings: [...findings],
    };
  },
};
