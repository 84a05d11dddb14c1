import { once } from 'node:events';
import path from 'node:path';
import { WaybillError } from '../../base/errors.ts';
import { openStorage, startHub } from '../../hub/main.ts';
import { collect, GRACE_MILLISECONDS } from '../../hub/registry/collect.ts';
import { reindex } from '../../hub/registry/reindex.ts';
import { type Command, defineCommand, type Input } from '../command.ts';
import type { Context } from '../context.ts';
import { dataFolder } from '../folders.ts';
import { checkHub, formatChecked } from '../hub-fsck.ts';
import type { Output } from '../outputs/hub.ts';
import { formatFindings } from '../print/findings.ts';
import type { Paint } from '../print/paint.ts';
import { formatServed } from '../print/served.ts';
import { count, formatSize } from '../print/units.ts';

const HOUR = 60 * 60 * 1000;
const DEFAULT_ADDRESS = '127.0.0.1:5000';

export const hub: Command<Output> = defineCommand({
  name: 'hub',
  summary: 'Serve a registry on this machine',
  description: [
    'waybill hub serve starts a registry of the OCI distribution specification: waybill, docker, podman, oras, crane and skopeo push to it and pull from it. Prints one JSON line when it is ready and a line for each request on stderr; Ctrl-C ends it once the requests under way are answered.',
    'It knows no users yet, so it listens on this machine alone.',
    'waybill hub reindex makes the database anew from the files beside it, while no hub runs.',
    'waybill hub fsck reads every blob again and holds manifests, tags and database to each other, while no hub runs; it changes nothing and says of each finding what to do. For a hub that must not stop, let it look at a snapshot of the folder.',
    'waybill hub gc takes away uploads that were abandoned and blobs that no manifest names, while no hub runs; a hub that runs does it by itself every hour. A blob goes when it was found unnamed and its grace is over: the first run marks it, a later one takes it. With --grace 0 everything goes at once. Manifests stay until somebody deletes them. Nothing goes when the database does not know a manifest that the files record, as after it was lost or brought back from a backup: waybill hub reindex first.',
  ],
  arguments: [{ name: 'ACTION', description: 'serve, fsck, reindex or gc' }],
  options: {
    listen: { value: 'ADDRESS', description: `Where to listen (default: ${DEFAULT_ADDRESS}); port 0 picks a free one` },
    grace: { value: 'HOURS', description: 'gc: how long what nothing names stays (default: 24)' },
    'dry-run': { description: 'gc: say what would go, and change nothing' },
    data: { value: 'DIR', description: "Folder of all that it keeps (default: hub in the user's data folder)" },
  },
  examples: [
    { command: 'waybill hub serve', comment: 'a registry at localhost:5000' },
    {
      command: 'waybill hub serve --listen 127.0.0.1:0 --data ./registry --quiet',
      comment: 'on a free port, in a folder of its own',
    },
    { command: 'waybill hub fsck', comment: 'whether all that it keeps is whole and agrees' },
    { command: 'waybill hub gc --dry-run', comment: 'what would go, and how many bytes' },
  ],
  output: async () => (await import('../outputs/hub.ts')).output,
  async run(context, input) {
    const [action] = input.positionals;
    const folder = path.resolve(
      input.text('data') ?? path.join(dataFolder(context.environment, context.platform), 'hub'),
    );
    if (action === 'serve') return serve(context, folder, input.text('listen') ?? DEFAULT_ADDRESS);
    if (action === 'fsck') return checkHub(context, folder);
    if (action === 'reindex') return remake(context, folder);
    if (action === 'gc') return collectGarbage(context, folder, input);
    throw new WaybillError('USAGE', `Cannot run waybill hub ${action}: there is serve, fsck, reindex and gc`, {
      hint: 'waybill hub serve',
    });
  },
  print(output, paint) {
    const { action, requests, manifests, tags, findings } = output;
    if (action === 'gc') return formatCollected(output, paint);
    if (action === 'serve') return `stopped after ${requests} requests`;
    const first =
      action === 'fsck'
        ? formatChecked(output, paint)
        : `${paint.good('reindexed')} ${manifests} manifests and ${tags} tags`;
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
    collected(outcome) {
      const failure = 'failure' in outcome ? { failure: String(outcome.failure) } : outcome;
      context.note(JSON.stringify({ collected: failure }));
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

async function collectGarbage(context: Context, folder: string, input: Input): Promise<Output> {
  const hours = input.text('grace') ?? String(GRACE_MILLISECONDS / HOUR);
  if (!/^\d{1,6}$/.test(hours))
    throw new WaybillError('USAGE', `Cannot wait for ${JSON.stringify(hours)} hours: it is no number`, {
      hint: 'waybill hub gc --grace 24',
    });
  const dryRun = input.has('dry-run');
  await using storage = await openStorage(folder, () => context.clock.now());
  const collected = await collect(storage, { grace: Number(hours) * HOUR, dryRun });
  return { action: 'gc', ...collected, dryRun, findings: [] };
}

function formatCollected({ uploads = 0, blobs = 0, bytes = 0, waiting = 0, dryRun }: Output, paint: Paint): string {
  const verb = dryRun ? 'would remove' : 'removed';
  const first = `${paint.good(verb)} ${count(blobs, 'blob')} (${formatSize(bytes)}) and ${count(uploads, 'upload')}`;
  return waiting === 0 ? first : `${first}; ${count(waiting, 'blob')} more when their grace is over`;
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
