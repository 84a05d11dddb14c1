import { once } from 'node:events';
import path from 'node:path';
import { z } from 'zod';
import { WaybillError } from '../../base/errors.ts';
import { openStorage, startHub } from '../../hub/main.ts';
import { reindex } from '../../hub/registry/reindex.ts';
import { type Command, defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { dataFolder } from '../folders.ts';
import { finding } from '../output-schemas.ts';
import { formatFindings } from '../print/findings.ts';
import { formatServed } from '../print/served.ts';

const DEFAULT_ADDRESS = '127.0.0.1:5000';

const output = z.object({
  action: z.enum(['serve', 'reindex']).describe('What was done'),
  requests: z.number().int().optional().describe('serve: requests that were answered'),
  manifests: z.number().int().optional().describe('reindex: manifests that were found'),
  tags: z.number().int().optional().describe('reindex: tags that were found'),
  findings: z.array(finding).describe('reindex: what could not be taken over'),
});

type Output = z.infer<typeof output>;

export const hub: Command<Output> = defineCommand({
  name: 'hub',
  summary: 'Serve a registry on this machine',
  description: [
    'waybill hub serve starts a registry of the OCI distribution specification: waybill, docker, podman, oras, crane and skopeo push to it and pull from it. Prints one JSON line when it is ready and a line for each request on stderr; Ctrl-C ends it once the requests under way are answered.',
    'It knows no users yet, so it listens on this machine alone.',
    'waybill hub reindex makes the database anew from the files beside it, while no hub runs.',
  ],
  arguments: [{ name: 'ACTION', description: 'serve or reindex' }],
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
  output,
  async run(context, input) {
    const [action] = input.positionals;
    const folder = path.resolve(
      input.text('data') ?? path.join(dataFolder(context.environment, context.platform), 'hub'),
    );
    if (action === 'serve') return serve(context, folder, input.text('listen') ?? DEFAULT_ADDRESS);
    if (action === 'reindex') return remake(context, folder);
    throw new WaybillError('USAGE', `Cannot run waybill hub ${action}: there is serve and reindex`, {
      hint: 'waybill hub serve',
    });
  },
  print({ action, requests, manifests, tags, findings }, paint) {
    if (action === 'serve') return `stopped after ${requests} requests`;
    const first = `${paint.good('reindexed')} ${manifests} manifests and ${tags} tags`;
    return findings.length === 0 ? first : `${first}\n\n${formatFindings(findings, paint)}`;
  },
  exitOf: ({ findings }) => (findings.some(({ level }) => level === 'error') ? 1 : 0),
});

async function serve(context: Context, folder: string, listen: string): Promise<Output> {
  const { host, port } = parseAddress(listen);
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
  return { action: 'serve', requests, findings: [] };
}

async function remake(context: Context, folder: string): Promise<Output> {
  await using storage = await openStorage(folder, () => context.clock.now());
  const { findings, ...counts } = await reindex(storage);
  return { action: 'reindex', ...counts, findings: [...findings] };
}

/** @throws WaybillError DENIED for addresses that others reach: there is nobody yet who could be refused */
function parseAddress(text: string): { host: string; port: number } {
  const [, host = '', port = ''] = /^(?:(\[[0-9a-f:]+\]|[^:]*):)?(\d{1,5})$/i.exec(text) ?? [];
  if (port === '' || Number(port) > 65_535) {
    throw new WaybillError('USAGE', `Cannot listen on ${JSON.stringify(text)}: it is no HOST:PORT`, {
      hint: `For example ${DEFAULT_ADDRESS}`,
    });
  }
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
