/** Verifying a package in the store: hashing it, on all processors. */
import os from 'node:os';
import { compete, ratios } from '../compete.ts';
import { openssl } from '../floors.ts';
import { cpuOf } from '../measure.ts';
import { describeAll, inform, judge } from '../row.ts';
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
    const wall = ratios((usage) => usage.wall, used.verify, used.openssl);
    const what = 'verify: wall time ÷ openssl';
    const by = [own, floor];
    return [
      judge(ratios(cpuOf, used.verify, used.openssl), {
        what: 'verify: CPU ÷ openssl',
        target: '≤ 1.15',
        limit: 1.15,
        format: ratio,
        by,
        note: describeAll(used),
      }),
      os.availableParallelism() < PROCESSORS
        ? inform(what, formatSpread(spreadOf(wall), ratio), by)
        : judge(wall, { what, target: '≤ 0.60 on 2 processors', limit: 0.6, format: ratio, by }),
    ];
  },
};
