/** Pushing and pulling again what has not changed: hardly a question, and no content. */
import { compete } from '../compete.ts';
import type { Command } from '../measure.ts';
import { describeAll, judge, judgeMost, type Row } from '../row.ts';
import { type LoggedRequest, requestsOf, startHub } from '../servers/hub.ts';
import type { Server } from '../servers/server.ts';
import { seconds } from '../statistics.ts';
import type { Trial } from '../trial.ts';
import type { Case } from './case.ts';

export const again: Case = {
  id: 'again',
  async run(trial) {
    trial.shards();
    await trial.keepPacked('shards');
    using hub = await startHub(trial, 'hub', { isLogging: true });
    const there = `${hub.host}/bench/shards:1.0.0`;
    const command = (place: string, ...words: readonly string[]) =>
      trial.withoutHost(trial.waybill(place, ...words), hub.host);
    const push = repeated(trial, hub, command('shards', 'push', 'bench/shards:1.0.0', there));
    const straight = repeated(trial, hub, command('shards', 'pack', 'shards', '--to', there));
    const pull = repeated(trial, hub, command('pulled', 'pull', there));
    trial.forget('pulled');
    trial.remove('hub');
    return [
      ...rowsOf('push again, unchanged', push, { seconds: 0.6, heads: 1 }),
      ...rowsOf('pack --to again, unchanged', straight, { seconds: 0.6, heads: 1 }),
      ...rowsOf('pull again, unchanged', pull, { seconds: 0.5, heads: 0 }),
    ];
  },
};

interface Repeated {
  readonly command: Command;
  readonly used: ReturnType<typeof compete<'again'>>;
  readonly requests: readonly LoggedRequest[];
  readonly runs: number;
}

/** Once for the content, and then what is measured. */
function repeated(trial: Trial, hub: Server, command: Command): Repeated {
  trial.measure(command);
  const known = requestsOf(hub).length;
  const runs = 2 * trial.rounds;
  const used = compete(runs, { again: { command } });
  return { command, used, requests: requestsOf(hub).slice(known), runs };
}

function rowsOf(
  what: string,
  { command, used, requests, runs }: Repeated,
  limit: { readonly seconds: number; readonly heads: number },
): readonly Row[] {
  const by = [{ command }];
  const content = requests.filter(
    ({ route, method }) => route === 'uploads' || (route === 'blobs' && method === 'GET'),
  );
  const heads = requests.filter(({ route, method }) => route === 'blobs' && method === 'HEAD');
  const ofOne = [...Map.groupBy(heads, ({ path }) => path).values()].map(({ length }) => length / runs);
  return [
    judge(
      used.again.map(({ wall }) => wall),
      {
        what: `${what}: wall time of the whole program`,
        target: `≤ ${seconds(limit.seconds)}`,
        limit: limit.seconds,
        format: seconds,
        by,
        note: describeAll(used),
      },
    ),
    judgeMost([content.length / runs], {
      what: `${what}: requests that move content, a run`,
      target: '0',
      limit: 0,
      format: String,
      by,
      note: `${requests.length / runs} requests in all; from the log of the hub`,
    }),
    judgeMost([0, ...ofOne], {
      what: `${what}: HEAD requests for one blob, a run`,
      target: `≤ ${limit.heads}`,
      limit: limit.heads,
      format: String,
      by,
    }),
  ];
}
