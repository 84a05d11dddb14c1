/** A log, or a checkpoint alone, as a command line names it: a folder, an address, a file. */
import fs from 'node:fs';
import { WaybillError } from '../../../base/errors.ts';
import { readSmallFile } from '../../../base/files.ts';
import { explainSystemError } from '../../../base/system-errors.ts';
import { Transport } from '../../../oci/registry/transport.ts';
import { MAX_NOTE_SIZE } from '../../../trust/log/note/note.ts';
import { readCheckpoint } from '../../../trust/log/proof/prove.ts';
import { folderReader } from '../../../trust/log/reading/folder.ts';
import { httpReader } from '../../../trust/log/reading/http.ts';
import type { LogReader } from '../../../trust/log/reading/reader.ts';
import type { Context } from '../../context.ts';
import { networkOf } from '../../registry.ts';

export interface OpenLog extends Disposable {
  readonly reader: LogReader;
}

/** @throws WaybillError USAGE, FILE_UNREADABLE, TRUST_UNDECIDED where there is no log */
export function openLog(context: Context, place: string): OpenLog {
  if (!/^https?:\/\//i.test(place)) return { reader: folderReader(folderOf(place)), [Symbol.dispose]() {} };
  const address = URL.parse(place);
  if (address === null || address.username + address.password + address.search + address.hash !== '')
    throw new WaybillError('USAGE', `Cannot read the log ${place}: it is not an address of the form https://HOST/PATH`);
  const { certificates, environment, signal } = networkOf(context);
  const transport = new Transport({ certificates, environment });
  const reader = httpReader(address, signal === undefined ? { transport } : { transport, signal });
  return { reader, [Symbol.dispose]: () => transport[Symbol.dispose]() };
}

/** @returns the signed note, and the log where one is named and not a file with a checkpoint alone */
export async function openCheckpointAt(
  context: Context,
  place: string,
): Promise<Disposable & { readonly note: Buffer; readonly reader?: LogReader }> {
  if (fs.statSync(place, { throwIfNoEntry: false })?.isFile())
    return { note: readSmallFile(place, MAX_NOTE_SIZE), [Symbol.dispose]() {} };
  const log = openLog(context, place);
  try {
    return { ...log, note: await readCheckpoint(log.reader) };
  } catch (error) {
    log[Symbol.dispose]();
    throw error;
  }
}

function folderOf(place: string): string {
  try {
    if (fs.statSync(place).isDirectory()) return place;
  } catch (error) {
    throw explainSystemError(`Cannot read the log ${place}`, error);
  }
  throw new WaybillError('USAGE', `Cannot read the log ${place}: it is neither a folder nor an http address`);
}
