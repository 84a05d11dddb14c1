/** `waybill hub fsck`: looks at all that a hub keeps, while none runs. */
import fs from 'node:fs';
import path from 'node:path';
import { WaybillError } from '../base/errors.ts';
import { openStorage } from '../hub/main.ts';
import { fsck } from '../hub/registry/fsck.ts';
import type { Context } from './context.ts';
import type { Output } from './outputs/hub.ts';
import type { Paint } from './print/paint.ts';
import { count, formatSize } from './print/units.ts';

/** @throws WaybillError STORE_UNAVAILABLE where no hub has been, STORE_BUSY while one runs */
export async function checkHub(context: Context, folder: string): Promise<Output> {
  if (!['hub.lock', 'hub.sqlite', 'repositories'].some((name) => fs.existsSync(path.join(folder, name))))
    throw new WaybillError('STORE_UNAVAILABLE', `Cannot check ${folder}: no hub keeps anything there`, {
      hint: 'Name the folder of the hub with --data',
    });
  await using storage = await openStorage(folder, () => context.clock.now());
  const { database } = storage;
  const { progress, signal } = context;
  const { findings, ...checked } = await fsck({ folder, database, progress, signal });
  return { action: 'fsck', ...checked, findings: [...findings] };
}

/** The first line; findings follow. */
export function formatChecked(output: Output, paint: Paint): string {
  const { verdict, blobs = 0, bytes = 0, manifests = 0, tags = 0 } = output;
  const said = verdict === 'pass' ? paint.good('pass') : paint.bad('fail');
  return `${said}  ${count(blobs, 'blob')}, ${formatSize(bytes)} read, ${count(manifests, 'manifest')}, ${count(tags, 'tag')}`;
}
