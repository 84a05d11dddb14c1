/** What a hub keeps, opened while none runs. */

import { openStorage } from '../../src/hub/storage.ts';
import { hubSettings } from './hub.ts';

export function openTestStorage(folder: string, now: () => number = () => Date.now()): ReturnType<typeof openStorage> {
  return openStorage(hubSettings(folder), now);
}
