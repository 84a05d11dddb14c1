/** A file that is there while a hub runs: found at a start, it says that the last one was ended by force. */
import fs from 'node:fs';
import path from 'node:path';
import { writeAtomically } from '../../base/files.ts';
import { reconcile } from './reconcile.ts';
import type { HubStorage } from './repository.ts';

export const RUNNING_MARK = 'hub.running';

/**
 * Mends what an end by force has left, and sets the mark.
 * @throws WaybillError STORE_UNAVAILABLE when more is amiss than such an end leaves; DISK_FULL, FILE_UNREADABLE
 */
export async function markRunning(folder: string, storage: HubStorage): Promise<Disposable> {
  const file = path.join(folder, RUNNING_MARK);
  if (fs.existsSync(file)) await reconcile(storage);
  else writeAtomically(file, '');
  return {
    [Symbol.dispose]() {
      // Left where a request could not undo what it had begun: the next start does.
      if (!storage.repositories.mayDiffer) fs.rmSync(file, { force: true });
    },
  };
}
