import { WaybillError } from '../../base/errors.ts';
import { collect } from '../../hub/registry/collect.ts';
import { changeBackAll } from '../../hub/registry/record.ts';
import { openStorage } from '../../hub/storage.ts';
import type { HubAction } from './action.ts';

const HOUR = 60 * 60 * 1000;

/** Removes content that nothing names. */
export const gc: HubAction = {
  async run(context, input, settings) {
    const hours = input.text('grace') ?? String(settings.graceMilliseconds / HOUR);
    if (!/^\d{1,6}(?:\.\d{1,6})?$/.test(hours))
      throw new WaybillError('USAGE', `Cannot wait for ${JSON.stringify(hours)} hours: it is no number`, {
        hint: 'waybill hub gc --grace 24',
      });
    const dryRun = input.has('dry-run');
    await using storage = await openStorage(settings, () => context.clock.now());
    // What a kill has left would look like a database that was lost.
    await changeBackAll(storage);
    const collected = await collect(storage, { grace: Number(hours) * HOUR, dryRun });
    return { action: 'gc', ...collected, dryRun, findings: [] };
  },
};
