/** What a hub keeps, opened while none runs. */
import { openStorage } from '../../src/hub/main.ts';

export function openTestStorage(folder: string, now: () => number = () => Date.now()): ReturnType<typeof openStorage> {
  return openStorage(folder, now);
}
