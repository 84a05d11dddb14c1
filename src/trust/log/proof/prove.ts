/** Makes the proof file of an entry from the tiles of its log. */
import { WaybillError } from '../../../base/errors.ts';
import { parseCheckpointText } from '../checkpoint.ts';
import { isIncluded } from '../merkle/verify.ts';
import { parseNote } from '../note/note.ts';
import type { LogReader } from '../reading/reader.ts';
import { inclusionProof, leafHashAt } from '../reading/tiles.ts';
import { CHECKPOINT } from '../tiles/paths.ts';
import { formatProof } from './proof.ts';

/**
 * The proof that an entry stands at the index, for the checkpoint that the log has now. Whose checkpoint it is, is for
 * the verifier to ask.
 * @throws WaybillError LOG_INVALID where the tiles do not lead to the root of the checkpoint; USAGE for an index beyond the end
 */
export async function proveEntry(reader: LogReader, index: number): Promise<Buffer> {
  const checkpoint = await readCheckpoint(reader);
  const head = parseCheckpointText(parseNote(checkpoint).text);
  if (!Number.isSafeInteger(index) || index < 0 || index >= head.size)
    throw new WaybillError(
      'USAGE',
      `Cannot prove entry ${index} of ${reader.place}: the log has ${head.size} entries, counted from 0`,
    );
  const [leaf, hashes] = await Promise.all([
    leafHashAt(reader, index, head.size),
    inclusionProof(reader, index, head.size),
  ]);
  if (!isIncluded({ index, leaf, proof: hashes }, head))
    throw new WaybillError(
      'LOG_INVALID',
      `Cannot prove entry ${index} of ${reader.place}: its tiles do not lead to the root of its checkpoint`,
      {
        hint: 'waybill log check says where they differ',
      },
    );
  return formatProof({ index, hashes, checkpoint });
}

/** @throws WaybillError TRUST_UNDECIDED where there is no log */
export async function readCheckpoint(reader: LogReader): Promise<Buffer> {
  const note = await reader.read(CHECKPOINT);
  if (note !== undefined) return note;
  throw new WaybillError('TRUST_UNDECIDED', `Cannot read the log ${reader.place}: it has no checkpoint`, {
    hint: 'waybill log init makes a log',
  });
}
