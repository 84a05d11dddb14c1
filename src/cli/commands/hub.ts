import { once } from 'node:events';
import path from 'node:path';
import { z } from 'zod';
import { WaybillError } from '../../base/errors.ts';
import { startHub } from '../../hub/main.ts';
import { defineCommand } from '../command.ts';
import { dataFolder } from '../folders.ts';
import { formatServed } from '../print/served.ts';

const DEFAULT_ADDRESS = '127.0.0.1:5000';

export const hub = defineCommand({
  name: 'hub',
  summary: 'Serve a registry on this machine',
  description: [
    'waybill hub serve starts a registry of the OCI distribution specification: waybill, docker, podman, oras, crane and skopeo push to it and pull from it. Prints one JSON line when it is ready and a line for each request on stderr; Ctrl-C ends it once the requests under way are answered.',
    'It knows no users yet, so it listens on this machine alone.',
  ],
  arguments: [{ name: 'ACTION', description: 'serve' }],
  options: {
    listen: { value: 'ADDRESS', description: `Where to listen (default: ${DEFAULT_ADDRESS}); port 0 picks a free one` },
    data: { value: 'DIR', description: "Folder of all that it keeps (default: hub in the user's data folder)" },
  },
  examples: [
    { command: 'waybill hub serve', comment: 'a registry at localhost:5000' },
    {
      command: 'waybill hub serve --listen 127.0.0.1:0 --data ./registry --quiet',
      comment: 'on a free port, in a folder of its own',
    },
  ],
  output: z.object({
    stopped: z.literal(true).describe('It was asked to end'),
    requests: z.number().int().describe('Requests that were answered'),
  }),
  async run(context, input) {
    const [action] = input.positionals;
    if (action !== 'serve')
      throw new WaybillError('USAGE', `Cannot run waybill hub ${action}: there is only serve`, {
        hint: 'waybill hub serve',
      });
    const { host, port } = parseAddress(input.text('listen') ?? DEFAULT_ADDRESS);
    const folder = path.resolve(
      input.text('data') ?? path.join(dataFolder(context.environment, context.platform), 'hub'),
    );
    let requests = 0;
    await using server = await startHub({
      folder,
      host,
      port,
      now: () => context.clock.now(),
      served(request) {
        requests += 1;
        context.note(formatServed(request));
      },
    });
    context.ready({ address: server.address });
    if (!context.signal.aborted) await once(context.signal, 'abort');
    return { stopped: true as const, requests };
  },
  print: ({ requests }) => `stopped after ${requests} requests`,
});

/** @throws WaybillError DENIED for addresses that others reach: there is nobody yet who could be refused */
function parseAddress(text: string): { host: string; port: number } {
  const [, host = '', port = ''] = /^(?:(\[[0-9a-f:]+\]|[^:]*):)?(\d{1,5})$/i.exec(text) ?? [];
  if (port === '' || Number(port) > 65_535)
    throw new WaybillError('USAGE', `Cannot listen on ${JSON.stringify(text)}: it is no HOST:PORT`, {
      hint: `For example ${DEFAULT_ADDRESS}`,
    });
  const bare = host === '' ? '127.0.0.1' : host.replace(/^\[|\]$/g, '');
  if (bare === 'localhost' || bare === '::1' || /^127\.\d+\.\d+\.\d+$/.test(bare))
    return { host: bare, port: Number(port) };
  throw new WaybillError(
    'DENIED',
    `Cannot listen on ${text}: others would reach it, and this hub has no users yet whom it could ask for a password`,
    {
      hint: `Listen on ${DEFAULT_ADDRESS}, and put a proxy that asks for passwords in front`,
    },
  );
}
