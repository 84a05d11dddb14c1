/** A hub in this process. */
import { resolveSettings, type Settings } from '../../src/hub/configuration/settings.ts';
import { type Hub, type HubOptions, startHub } from '../../src/hub/main.ts';

/** As `waybill hub serve --listen 127.0.0.1:0 --data FOLDER` has them. */
export function hubSettings(folder: string, changes: Partial<Settings> = {}): Settings {
  return { ...resolveSettings(undefined, { listen: '127.0.0.1:0', data: folder }, folder).settings, ...changes };
}

export function startTestHub(
  folder: string,
  { settings = {}, ...options }: { settings?: Partial<Settings> } & Partial<Omit<HubOptions, 'settings'>> = {},
): Promise<Hub> {
  return startHub({ settings: hubSettings(folder, settings), now: () => Date.now(), served() {}, ...options });
}
