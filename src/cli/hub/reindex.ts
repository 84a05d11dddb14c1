import { reindex as remake } from '../../hub/registry/reindex.ts';
import { openStorage } from '../../hub/storage.ts';
import type { HubAction } from './action.ts';

/** Makes the database anew from the files. Users are not among them. */
export const reindex: HubAction = {
  async run(context, _, settings) {
    await using storage = await openStorage(settings, () => context.clock.now());
    const { findings, ...counts } = await remake(storage);
    return { action: 'reindex', ...counts, findings: [...findings] };
  },
};
