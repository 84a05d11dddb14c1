/** Verifying a package in the store: hashing it, on all processors. */
import os from 'node:os';
import { compete, ratios } from '../compete.ts';
import { openssl } from '../floors.ts';
import { cpuOf, type Usage } from '../measure.ts';
import { describeAll, inform, judgeRatio } from '../row.ts';
import { touch } from '../samples.ts';
import { formatSpread, ratio, spreadOf } from '../statistics.ts';
import type { Case } from './case.ts';

/** With one processor there is nothing to share. */
const PROCESSORS = 2;

export const verify: Case = {
  id: 'verify',
  async run(trial) {
    const sample = trial.shards();
    touch(sample);
    await trial.keepPacked('shards');
    const floor = openssl(trial, sample);
    const own = { command: trial.waybill('shards', 'verify', 'bench/shards:1.0.0') };
    const used = compete(trial.rounds, { openssl: floor, verify: own });
    const pair = { ours: used.verify, others: [used.openssl] };
    const wall = (usage: Usage) => usage.wall;
    const what = 'verify: wall time ÷ openssl';
    const by = [own, floor];
    return [
      judgeRatio(cpuOf, pair, {
        what: 'verify: CPU ÷ openssl',
        target: '≤ 1.15',
        limit: 1.15,
        by,
        note: describeAll(used),
      }),
      os.availableParallelism() < PROCESSORS
        ? inform(what, formatSpread(spreadOf(ratios(wall, used.verify, used.openssl)), ratio), by)
        : judgeRatio(wall, pair, { what, target: '≤ 0.60 on 2 processors', limit: 0.6, by }),
    ];
  },
};
