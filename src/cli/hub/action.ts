/** What `waybill hub ACTION` does: one file for each, and a line in index.ts. */
import type { Settings } from '../../hub/configuration/settings.ts';
import type { Input } from '../command.ts';
import type { Context } from '../context.ts';
import type { Output } from '../outputs/hub.ts';

export interface HubAction {
  /** @param settings what hub.yaml and the command line say */
  run(context: Context, input: Input, settings: Settings): Promise<Output>;
}
