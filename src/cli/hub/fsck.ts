import fs from 'node:fs';
import path from 'node:path';
import { WaybillError } from '../../base/errors.ts';
import { fsck as check } from '../../hub/registry/fsck.ts';
import { openStorage } from '../../hub/storage.ts';
import type { HubAction } from './action.ts';

/** Looks at all that a hub keeps, while none runs. */
export const fsck: HubAction = {
  /** @throws WaybillError STORE_UNAVAILABLE where no hub has been, STORE_BUSY while one runs */
  async run(context, _, settings) {
    const { folder } = settings;
    if (!['hub.lock', 'hub.sqlite', 'repositories'].some((name) => fs.existsSync(path.join(folder, name))))
      throw new WaybillError('STORE_UNAVAILABLE', `Cannot check ${folder}: no hub keeps anything there`, {
        hint: 'Name the folder of the hub with --data',
      });
    await using storage = await openStorage(settings, () => context.clock.now());
    const { database } = storage;
    const { progress, signal } = context;
    const { findings, ...checked } = await check({ folder, database, progress, signal });
    return { action: 'fsck', ...checked, findings: [...findings] };
  },
};
