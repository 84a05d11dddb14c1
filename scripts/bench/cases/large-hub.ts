/** A hub that holds very much: how soon it is there, how soon it lists, and what collecting garbage costs. */
import fs from 'node:fs';
import path from 'node:path';
import { load, measureLoad } from '../load/load.ts';
import { cost, inform, judge, judgeMost, type Row } from '../row.ts';
import { type FilledHub, fillHub, REFERRED, TAGGED } from '../servers/fill-hub.ts';
import { startHub } from '../servers/hub.ts';
import { memoryOf } from '../servers/process.ts';
import { type Server, startServer } from '../servers/server.ts';
import { mebibytes, seconds } from '../statistics.ts';
import type { Trial } from '../trial.ts';
import type { Case } from './case.ts';

const FOLDER = 'large-hub';
const TIMES = 10;

export const largeHub: Case = {
  id: 'large-hub',
  async run(trial) {
    {
      using _ = await startHub(trial, FOLDER);
    }
    const filled = fillHub(trial.at(FOLDER), trial.sizes);
    const rows = [await starting(trial), ...(await listing(trial, filled)), ...(await collecting(trial))];
    trial.remove(FOLDER);
    return rows;
  },
};

async function starting(trial: Trial): Promise<Row> {
  const times: number[] = [];
  for (let run = 0; run < trial.rounds; run++) {
    using hub = await startHub(trial, FOLDER);
    times.push(hub.startSeconds);
  }
  return judge(times, {
    what: `hub with ${sizeOf(trial)}: start-up to the ready line`,
    target: '≤ 1.00 s',
    limit: 1,
    format: seconds,
    by: [{ command: trial.waybill('hub', 'hub', 'serve', '--data', FOLDER) }],
    note: 'rows straight into the database, files as hard links; two children for each manifest, in 102 repositories',
  });
}

async function listing(trial: Trial, { subject, middleReferrer, middleTag }: FilledHub): Promise<readonly Row[]> {
  using hub = await startHub(trial, FOLDER);
  const { tags, referrers } = trial.sizes;
  const kinds = [
    [`tags, of ${tags.toLocaleString('en')}`, `/v2/${TAGGED}/tags/list`, middleTag],
    [`referrers, of ${referrers.toLocaleString('en')}`, `/v2/${REFERRED}/referrers/${subject}`, middleReferrer],
  ] as const;
  return kinds.map(([what, start, middle]) => {
    const paths = [start, `${start}?last=${middle}`];
    const command = load(trial, hub, { kind: 'list', paths, times: TIMES }, `GET ${start}, and with last=`);
    const { slowest, requests, user, system } = measureLoad(command);
    return judgeMost([slowest], {
      what: `one page of ${what}, from the first and the middle`,
      target: '≤ 50 ms',
      limit: 50,
      format: milliseconds,
      by: [{ command }],
      note: `slowest of ${requests}, ${milliseconds((1_000 * (user + system)) / requests)} of CPU each`,
    });
  });
}

/** By a program of its own, and by a hub that is asked meanwhile. */
async function collecting(trial: Trial): Promise<readonly Row[]> {
  const command = trial.waybill('hub', 'hub', 'gc', '--data', FOLDER);
  const used = trial.measure(command);
  const own = inform(
    `garbage collection over ${sizeOf(trial)}`,
    cost([used]),
    [{ command }],
    `peak ${mebibytes(used.peak)}`,
  );
  using hub = await startCollecting(trial);
  const file = trial.at('collecting.out');
  const path = `/v2/${TAGGED}/tags/list?n=1`;
  const watch = load(
    trial,
    hub,
    { kind: 'watch', path, file, text: '"collected"' },
    `GET ${path} every 5 ms meanwhile`,
  );
  const { slowest, requests, broken } = measureLoad(watch);
  const [, ready = 0, collected = 0] =
    /"ready":([\d.]+)[\s\S]*"collected":([\d.]+)/.exec(fs.readFileSync(file, 'utf8')) ?? [];
  const took = (Number(collected) - Number(ready)) / 1_000 - 1;
  const meanwhile = inform(
    'the same in a hub that serves: the slowest request meanwhile',
    milliseconds(slowest),
    [{ command: watch }],
    `${requests} requests one after the other, of which ${broken} broke; the pass took ${seconds(took)}; peak memory of the hub ${mebibytes(memoryOf(hub.pid).peak)}`,
  );
  return [own, meanwhile];
}

async function startCollecting(trial: Trial): Promise<Server> {
  const program = path.join(import.meta.dirname, '../servers/collecting-hub.ts');
  const built = ['main.js', 'configuration/settings.js'].map((file) => trial.at(`package/dist/hub/${file}`));
  return startServer(trial, {
    name: 'collecting',
    command: trial.command([process.execPath, program, ...built, trial.at(FOLDER)], 'a hub that collects at once'),
    ready: async (printed) => {
      const [, host] = /"address":"http:\/\/([^"]+)".*\n/.exec(printed) ?? [];
      return host;
    },
  });
}

function sizeOf({ sizes: { manifests, tags } }: Trial): string {
  return `${manifests.toLocaleString('en')} manifests and ${tags.toLocaleString('en')} tags`;
}

const milliseconds = (value: number): string => `${value.toFixed(1)} ms`;
