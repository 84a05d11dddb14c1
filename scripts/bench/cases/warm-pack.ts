/** Packing again what has not changed: nothing may be read. */
import { compete } from '../compete.ts';
import { describeAll, judge, judgeMost } from '../row.ts';
import { MIB } from '../samples.ts';
import { mebibytes, seconds } from '../statistics.ts';
import type { Case } from './case.ts';

export const warmPack: Case = {
  id: 'warm',
  async run(trial) {
    trial.shards();
    await trial.keepPacked('shards');
    const again = { command: trial.waybill('shards', 'pack', 'shards') };
    const used = compete(2 * trial.rounds, { again });
    return [
      judge(
        used.again.map(({ wall }) => wall),
        {
          what: 'warm pack: wall time of the whole program',
          target: '≤ 0.40 s',
          limit: 0.4,
          format: seconds,
          by: [again],
          note: describeAll(used),
        },
      ),
      judgeMost(
        used.again.map(({ read }) => read),
        {
          what: 'warm pack: bytes read, the program itself included',
          target: 'no content: ≤ 4 MiB',
          limit: 4 * MIB,
          format: mebibytes,
          by: [again],
        },
      ),
    ];
  },
};
