import { readSmallFile } from '../../../base/files.ts';
import { explainSystemError } from '../../../base/system-errors.ts';
import { openCheckpoint, parseCheckpointText } from '../../../trust/log/checkpoint.ts';
import { rememberCheckpoint } from '../../../trust/log/memory/memory.ts';
import { MAX_NOTE_SIZE, parseNote } from '../../../trust/log/note/note.ts';
import { addSignatures } from '../../../trust/log/writer/add-signatures.ts';
import type { LogAction } from './action.ts';
import { describeCheckpoint, describeCosignatures } from './describe.ts';
import { identityOf, memoryFolder, neededIdentityOf } from './identity.ts';
import { openCheckpointAt } from './open.ts';

/** Shows the checkpoint that a log has now, byte for byte; or puts signatures of witnesses below it. */
export const checkpoint: LogAction = {
  arguments: ['LOG'],
  async run(context, input, [place = '']) {
    const added = input.text('add');
    if (added !== undefined) {
      const now = await addSignatures(
        place,
        readNote(added),
        neededIdentityOf(input, `Cannot add the signatures in ${added}`),
      );
      return {
        action: 'checkpoint',
        log: place,
        ...describeCheckpoint(now),
        note: now.note.toString(),
        cosignatures: describeCosignatures(now.cosignatures),
        findings: [],
      };
    }
    using log = await openCheckpointAt(context, place);
    const identity = identityOf(input);
    const note = log.note.toString();
    // Of whom it is was not asked: it is shown as it is, and not remembered.
    if (identity === undefined) {
      context.note('warning: whose checkpoint this is was not verified; --vkey names the key of the log');
      return {
        action: 'checkpoint',
        log: place,
        ...describeCheckpoint(parseCheckpointText(parseNote(log.note).text)),
        note,
        findings: [],
      };
    }
    const seen = openCheckpoint(log.note, identity);
    if (log.reader !== undefined)
      await rememberCheckpoint(memoryFolder(context), seen, { reader: log.reader, isLive: true });
    return {
      action: 'checkpoint',
      log: place,
      ...describeCheckpoint(seen),
      note,
      cosignatures: describeCosignatures(seen.cosignatures),
      findings: [],
    };
  },
};

function readNote(file: string): Buffer {
  try {
    return readSmallFile(file, MAX_NOTE_SIZE);
  } catch (error) {
    throw explainSystemError(`Cannot read ${file}`, error);
  }
}
