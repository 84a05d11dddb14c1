/** One large blob, sent to and fetched from the hub and another registry by the same plain client. */
import { type Contender, compete } from '../compete.ts';
import { type Job, load, measureLoad } from '../load/load.ts';
import { cpuOf, type Usage } from '../measure.ts';
import { describeAll, judgeMost, judgeRatio, type Row } from '../row.ts';
import { MIB } from '../samples.ts';
import { startDistribution } from '../servers/distribution.ts';
import { startHub } from '../servers/hub.ts';
import type { Server } from '../servers/server.ts';
import { percent } from '../statistics.ts';
import { absent } from './absent.ts';
import type { Case } from './case.ts';

const LOGIN = { name: 'bench', password: 'correct-horse-battery' };
const MAX_CPU = 1.5;
/** The throughput is 0.7 of the other's, or more. */
const MAX_WALL = 1 / 0.7;

export const blobs: Case = {
  id: 'blobs',
  async run(trial) {
    using hub = await startHub(trial, 'hub', { login: LOGIN });
    using peer = await startDistribution(trial);
    if (peer === undefined) return [absent('large blobs', 'distribution')];
    const { blob: size } = trial.sizes;
    const job = (up: number): Job => ({ kind: 'large', size, up, down: 1 - up });
    const rows: Row[] = [];
    for (const [what, up] of [
      ['PUT', 1],
      ['GET', 0],
    ] as const) {
      const name = `${what} of a ${size / MIB} MiB blob`;
      const contender = (server: Server, by: string, login?: typeof LOGIN): Contender => ({
        command: load(trial, server, job(up), `${name} (${by})`, login),
        before: () => up && trial.warmMemory(size),
      });
      const [own, other] = [contender(hub, 'waybill hub, as a user', LOGIN), contender(peer, peer.name)];
      // Once each unmeasured: what is compiled on first use, and what the downloads ask for.
      for (const { command } of [own, other]) measureLoad(command);
      const used = compete(trial.fewRounds, { hub: own, distribution: other }, measureLoad);
      const pair = { ours: used.hub, others: [used.distribution] };
      const by = [own, other];
      const wall = ({ wall }: Usage) => wall;
      rows.push(
        judgeRatio(cpuOf, pair, {
          what: `${name}: server CPU ÷ ${peer.name}`,
          target: '≤ 1.50',
          limit: MAX_CPU,
          by,
          note: describeAll(used),
        }),
        judgeRatio(wall, pair, {
          what: `${name}: time ÷ ${peer.name}`,
          target: '≤ 1.43 (throughput ≥ 0.70)',
          limit: MAX_WALL,
          by,
        }),
      );
      if (up === 1)
        rows.push(
          judgeMost(
            used.hub.map(({ written }) => written / size),
            {
              what: `${name}: bytes written ÷ bytes of the blob`,
              target: 'one write: ≤ 101 %',
              limit: 1.01,
              format: percent,
              by: [own],
            },
          ),
        );
    }
    trial.remove('hub', 'distribution');
    return rows;
  },
};
