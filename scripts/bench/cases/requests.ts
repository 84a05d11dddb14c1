/** What small requests cost the hub, which asks for a name, against a registry that does not. */
import { type Contender, compete } from '../compete.ts';
import { type Job, load, measureLoad } from '../load/load.ts';
import { cpuOf, type Usage } from '../measure.ts';
import { inform, judgeRatio, type Row } from '../row.ts';
import { startBare } from '../servers/bare-server.ts';
import { startDistribution } from '../servers/distribution.ts';
import { startHub } from '../servers/hub.ts';
import type { Server } from '../servers/server.ts';
import { spreadOf } from '../statistics.ts';
import type { Trial } from '../trial.ts';
import type { Case } from './case.ts';

const SIZE = 64 * 1024;
const LOGIN = { name: 'bench', password: 'correct-horse-battery' };

const kinds = [
  { what: 'blob', name: 'GET of a 64 KiB blob', target: '≤ 0.12', limit: 0.12 },
  { what: 'digest', name: 'GET of a manifest by digest', target: '≤ 0.25', limit: 0.25 },
  { what: 'tag', name: 'GET of a manifest by tag', target: '≤ 0.25', limit: 0.25 },
] as const;

export const requests: Case = {
  id: 'requests',
  async run(trial) {
    using hub = await startHub(trial, 'hub', { login: LOGIN });
    using peer = await startDistribution(trial);
    using bare = await startBare(trial, SIZE);
    const rows: Row[] = [];
    fill(trial, hub, peer);
    for (const { what, name, target, limit } of kinds) {
      const contender = (server: Server, by: string, login?: typeof LOGIN): Contender => ({
        command: load(trial, server, jobOf(trial, what), `${textOf(trial, name)} (${by})`, login),
      });
      const own = contender(hub, 'waybill hub, as a user with a session token', LOGIN);
      const memory = contender(bare, 'node:http, from memory');
      const other = peer && contender(peer, `${peer.name}, without a name`);
      const contenders: Record<string, Contender> = { hub: own, bare: memory, ...(other && { peer: other }) };
      const used = compete(trial.fewRounds, contenders, measureLoad);
      const note = Object.entries(used)
        .map(([server, usages]) => `${server} ${perRequest(trial, usages)}`)
        .join('; ');
      rows.push(
        other === undefined
          ? inform(`${name}: server CPU ÷ distribution`, 'not measured: there is no distribution here', [own], note)
          : judgeRatio(
              cpuOf,
              { ours: used['hub'] ?? [], others: [used['peer'] ?? []] },
              { what: `${name}: server CPU ÷ ${peer?.name}`, target, limit, by: [own, other, memory], note },
            ),
      );
    }
    trial.remove('hub', 'distribution');
    return rows;
  },
};

function fill(trial: Trial, hub: Server, peer: Server | undefined): void {
  const job: Job = { kind: 'fill', blobs: trial.sizes.smallBlobs, size: SIZE };
  measureLoad(load(trial, hub, job, 'fill the hub', LOGIN));
  if (peer !== undefined) measureLoad(load(trial, peer, job, 'fill distribution'));
}

function jobOf({ sizes }: Trial, what: 'blob' | 'digest' | 'tag'): Job {
  return { kind: 'read', what, blobs: sizes.smallBlobs, size: SIZE, requests: sizes.requests };
}

function textOf({ sizes: { requests, smallBlobs } }: Trial, name: string): string {
  return `${name}, ${requests.toLocaleString('en')} times over 8 connections, ${smallBlobs.toLocaleString('en')} blobs stored`;
}

/** `85 µs of CPU, 7,900 a second`, medians. */
function perRequest({ sizes }: Trial, usages: readonly Usage[]): string {
  const middle = (figure: (usage: Usage) => number) => spreadOf(usages.map(figure)).median;
  const micro = (1e6 * middle(cpuOf)) / sizes.requests;
  const rate = sizes.requests / middle(({ wall }) => wall);
  return `${Math.round(micro)} µs of CPU, ${Math.round(rate).toLocaleString('en')} a second`;
}
