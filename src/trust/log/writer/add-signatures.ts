/** Puts signatures of witnesses below the checkpoint that a log has now. Needs no key: what is signed stays the same. */
import { WaybillError } from '../../../base/errors.ts';
import { type Checkpoint, type LogIdentity, openCheckpoint } from '../checkpoint.ts';
import { parseNote } from '../note/note.ts';
import { readCheckpoint } from '../proof/prove.ts';
import { CHECKPOINT } from '../tiles/paths.ts';
import { folderStorage } from './folder-storage.ts';
import { lockLog } from './lock.ts';

/**
 * @param cosigned the same checkpoint, with more signatures
 * @param log whose signatures are verified; those of others are kept as they are
 * @throws WaybillError LOG_INVALID for signatures below another checkpoint, or a bad one; STORE_BUSY while the log is written
 */
export async function addSignatures(folder: string, cosigned: Uint8Array, log: LogIdentity): Promise<Checkpoint> {
  const added = openCheckpoint(cosigned, log);
  using _ = await lockLog(folder);
  const storage = folderStorage(folder);
  const now = openCheckpoint(await readCheckpoint(storage), log);
  if (added.text !== now.text)
    throw new WaybillError(
      'LOG_INVALID',
      `Cannot add the signatures: they are below a checkpoint of ${added.size} entries, the log has another one of ${now.size}`,
      { hint: 'Let the witness sign the present checkpoint' },
    );
  const lines = linesOf(now.note);
  const more = linesOf(cosigned).filter((line) => !lines.includes(line));
  const note = Buffer.from(`${now.text}\n${[...lines, ...more].join('')}`);
  const checkpoint = openCheckpoint(note, log);
  await storage.put([{ path: CHECKPOINT, bytes: note }]);
  return checkpoint;
}

/** The signatures as they stand in the note, each with its newline. */
function linesOf(note: Uint8Array): readonly string[] {
  const { text } = parseNote(note);
  return Buffer.from(note)
    .subarray(Buffer.byteLength(text) + 1)
    .toString()
    .split(/(?<=\n)/);
}
