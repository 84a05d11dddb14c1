/** Restoring files from the store: verifying and copying them, or linking them. */
import { compete, ratios } from '../compete.ts';
import { cp, dd, openssl } from '../floors.ts';
import { cpuOf } from '../measure.ts';
import { cost, describeAll, inform, judgeRatio } from '../row.ts';
import { touch } from '../samples.ts';
import { formatSpread, ratio, spreadOf } from '../statistics.ts';
import type { Case } from './case.ts';

export const unpack: Case = {
  id: 'unpack',
  async run(trial) {
    const sample = trial.shards();
    touch(sample);
    await trial.keepPacked('shards');
    const words = ['unpack', 'bench/shards:1.0.0', 'restored'];
    const contenders = {
      openssl: openssl(trial, sample),
      cp: cp(trial, sample),
      dd: dd(trial, sample),
      unpack: {
        command: trial.waybill('shards', ...words),
        before: () => trial.warmMemory(sample.size),
        after: () => trial.remove('restored'),
      },
      link: { command: trial.waybill('shards', ...words, '--link'), after: () => trial.remove('restored') },
    };
    const used = compete(trial.rounds, contenders);
    return [
      judgeRatio(
        cpuOf,
        { ours: used.unpack, others: [used.openssl, used.cp] },
        {
          what: 'unpack, copying: CPU ÷ (openssl + cp)',
          target: '≤ 1.20',
          limit: 1.2,
          by: [contenders.unpack, contenders.openssl, contenders.cp],
          note: describeAll(used),
        },
      ),
      inform(
        'unpack, copying: CPU ÷ (openssl + dd with fsync)',
        formatSpread(spreadOf(ratios(cpuOf, used.unpack, used.openssl, used.dd)), ratio),
        [contenders.unpack, contenders.openssl, contenders.dd],
      ),
      inform('unpack with --link', cost(used.link), [contenders.link]),
    ];
  },
};
