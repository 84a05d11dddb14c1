import { WaybillError } from '../../../base/errors.ts';
import { writeAtomically } from '../../../base/files.ts';
import { parseCheckpointText } from '../../../trust/log/checkpoint.ts';
import { leafHash } from '../../../trust/log/merkle/hashes.ts';
import { parseNote } from '../../../trust/log/note/note.ts';
import { parseProof } from '../../../trust/log/proof/proof.ts';
import { proveEntry, readCheckpoint } from '../../../trust/log/proof/prove.ts';
import { findLeaf } from '../../../trust/log/reading/find.ts';
import type { LogReader } from '../../../trust/log/reading/reader.ts';
import type { Input } from '../../command.ts';
import type { LogAction } from './action.ts';
import { describeCheckpoint } from './describe.ts';
import { entryOf } from './entry.ts';
import { openLog } from './open.ts';

/** Makes the proof of an entry: a file that needs no network. */
export const prove: LogAction = {
  arguments: ['LOG', 'INDEX?'],
  async run(context, input, [place = '', index]) {
    using log = openLog(context, place);
    const bytes = await proveEntry(
      log.reader,
      index === undefined ? await findIndex(log.reader, input) : numberOf(index),
    );
    const proof = parseProof(bytes);
    const file = input.text('out');
    if (file !== undefined) writeAtomically(file, bytes);
    return {
      action: 'prove',
      log: place,
      ...describeCheckpoint(parseCheckpointText(parseNote(proof.checkpoint).text)),
      index: proof.index,
      proof: bytes.toString(),
      ...(file === undefined ? {} : { file }),
      findings: [],
    };
  },
};

async function findIndex(reader: LogReader, input: Input): Promise<number> {
  const entry = entryOf(input);
  if (entry === undefined)
    throw new WaybillError('USAGE', 'Cannot prove an entry: which one is not said', {
      hint: 'Name its index, or the entry itself with --entry FILE',
    });
  const { size } = parseCheckpointText(parseNote(await readCheckpoint(reader)).text);
  const index = await findLeaf(reader, leafHash(entry.content), size);
  if (index !== undefined) return index;
  throw new WaybillError(
    'LOG_INVALID',
    `Cannot prove ${entry.name}: it is not among the ${size} entries of ${reader.place}`,
  );
}

function numberOf(index: string): number {
  if (/^\d{1,16}$/.test(index)) return Number(index);
  throw new WaybillError('USAGE', `Cannot prove entry ${JSON.stringify(index)}: it is no number`);
}
