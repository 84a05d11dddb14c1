/** Packing weights for the first time: hashing and copying them, and nothing more. */
import { type Contender, compete, ratios } from '../compete.ts';
import { cp, dd, openssl } from '../floors.ts';
import { cpuOf, type Usage } from '../measure.ts';
import { cost, describeAll, inform, judge, judgeMost, type Row } from '../row.ts';
import { touch } from '../samples.ts';
import { formatSpread, percent, ratio, spreadOf } from '../statistics.ts';
import type { Case } from './case.ts';

export const coldPack: Case = {
  id: 'cold',
  async run(trial) {
    const sample = trial.shards();
    touch(sample);
    const contenders = {
      openssl: openssl(trial, sample),
      cp: cp(trial, sample),
      dd: dd(trial, sample),
      pack: {
        command: trial.waybill('cold', 'pack', 'shards'),
        before: () => trial.warmMemory(sample.size),
        after: () => trial.forget('cold'),
      },
      link: { command: trial.waybill('linked', 'pack', '--link', 'shards'), after: () => trial.forget('linked') },
    };
    const used = compete(trial.rounds, contenders);
    const { pack, link } = contenders;
    return [
      judge(ratios(cpuOf, used.pack, used.openssl, used.cp), {
        what: 'cold pack, copying: CPU ÷ (openssl + cp)',
        target: '≤ 1.10',
        limit: 1.1,
        format: ratio,
        by: [pack, contenders.openssl, contenders.cp],
        note: describeAll(used),
      }),
      inform(
        'cold pack, copying: CPU ÷ (openssl + dd with fsync)',
        formatSpread(spreadOf(ratios(cpuOf, used.pack, used.openssl, used.dd)), ratio),
        [pack, contenders.openssl, contenders.dd],
      ),
      ...bytesRows(used.pack, sample.size, pack),
      inform('cold pack with --link', cost(used.link), [link]),
      inform(
        'cold pack with --link: CPU ÷ openssl',
        formatSpread(spreadOf(ratios(cpuOf, used.link, used.openssl)), ratio),
        [link, contenders.openssl],
      ),
    ];
  },
};

/** One read and one write for each byte, and what starting Node reads and the index and cache write. */
function bytesRows(used: readonly Usage[], size: number, by: Contender): readonly Row[] {
  const limit = { limit: 1.01, format: percent, by: [by] };
  return [
    judgeMost(
      used.map(({ read }) => read / size),
      { ...limit, what: 'cold pack: bytes read ÷ bytes of the model', target: 'one read: ≤ 101 %' },
    ),
    judgeMost(
      used.map(({ written }) => written / size),
      { ...limit, what: 'cold pack: bytes written ÷ bytes of the model', target: 'one write: ≤ 101 %' },
    ),
  ];
}
