import { once } from 'node:events';
import { WaybillError } from '../../../base/errors.ts';
import { parseListenAddress } from '../../../hub/configuration/listen.ts';
import { readCheckpoint } from '../../../trust/log/proof/prove.ts';
import { folderReader } from '../../../trust/log/reading/folder.ts';
import { startLogServer } from '../../../trust/log/serving/server.ts';
import { safeText } from '../../print/safe-text.ts';
import type { LogAction } from './action.ts';

const DEFAULT_ADDRESS = '127.0.0.1:8090';
const DRAIN_MILLISECONDS = 5_000;

/** Serves a log read-only until it is stopped. */
export const serve: LogAction = {
  arguments: ['DIR'],
  async run(context, input, [folder = '']) {
    const reader = folderReader(folder);
    await readCheckpoint(reader);
    let requests = 0;
    const server = await startLogServer(reader, {
      ...parseListenAddress(input.text('listen') ?? DEFAULT_ADDRESS),
      served({ method, target, status, failure }) {
        requests += 1;
        if (context.isQuiet) return;
        const reason = failure instanceof WaybillError ? failure.message : String(failure);
        // JSON: a path with a line break must not become a line of its own.
        const line = { method, path: target, status, ...(failure === undefined ? {} : { failure: reason }) };
        context.note(safeText(JSON.stringify(line)));
      },
    });
    context.ready({ address: server.address });
    if (!context.signal.aborted) await once(context.signal, 'abort');
    await server.drain(DRAIN_MILLISECONDS);
    return { action: 'serve', log: folder, requests, findings: [] };
  },
};
