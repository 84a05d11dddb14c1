/** A hub in this process. */
import { type Hub, type HubOptions, startHub } from '../../src/hub/main.ts';

/** As `waybill hub serve --listen 127.0.0.1:0 --data FOLDER` has it. */
export function startTestHub(folder: string, options: Partial<Omit<HubOptions, 'folder'>> = {}): Promise<Hub> {
  return startHub({ folder, host: '127.0.0.1', port: 0, now: () => Date.now(), served() {}, ...options });
}
