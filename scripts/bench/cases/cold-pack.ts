/** Packing weights for the first time: hashing and copying them, and nothing more. */
import { type Contender, compete, leastRatio, ratios } from '../compete.ts';
import { cp, dd, openssl } from '../floors.ts';
import { cpuOf, type Usage } from '../measure.ts';
import { cost, describeAll, inform, judgeMost, judgeRatio, type Row } from '../row.ts';
import { GIB, touch } from '../samples.ts';
import { formatSpread, percent, ratio, spreadOf } from '../statistics.ts';
import type { Trial } from '../trial.ts';
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
      judgeRatio(
        cpuOf,
        { ours: used.pack, others: [used.openssl, used.cp] },
        {
          what: 'cold pack, copying: CPU ÷ (openssl + cp)',
          target: '≤ 1.10',
          limit: 1.1,
          by: [pack, contenders.openssl, contenders.cp],
          note: describeAll(used),
        },
      ),
      inform(
        'cold pack, copying: CPU ÷ (openssl + dd with fsync)',
        formatSpread(spreadOf(ratios(cpuOf, used.pack, used.openssl, used.dd)), ratio),
        [pack, contenders.openssl, contenders.dd],
      ),
      ...bytesRows(used.pack, sample.size, pack),
      ...linkRows(used.link, used.openssl, sample.size, [link, contenders.openssl]),
      ...largeRows(trial),
    ];
  },
};

/** Nothing but hashing, and no content written. */
function linkRows(
  link: readonly Usage[],
  openssl: readonly Usage[],
  size: number,
  by: readonly [Contender, Contender],
): readonly Row[] {
  const pair = { ours: link, others: [openssl] };
  const [own] = by;
  return [
    inform('cold pack with --link', cost(link), [own]),
    judgeRatio(cpuOf, pair, { what: 'cold pack with --link: CPU ÷ openssl', target: '≤ 1.15', limit: 1.15, by }),
    judgeRatio(({ wall }) => wall, pair, {
      what: 'cold pack with --link: wall time ÷ openssl',
      target: '≤ 0.60 on 2 processors',
      limit: 0.6,
      by,
    }),
    judgeMost(
      link.map(({ written }) => written / size),
      {
        what: 'cold pack with --link: bytes written ÷ bytes of the model',
        target: '≤ 1 %',
        limit: 0.01,
        format: percent,
        by: [own],
      },
    ),
  ];
}

/** The same with twice the bytes: how much of the figures is starting, which takes as long for any size. */
function largeRows(trial: Trial): readonly Row[] {
  const sample = trial.largeShards();
  touch(sample);
  const contenders = {
    openssl: openssl(trial, sample),
    cp: cp(trial, sample),
    pack: {
      command: trial.waybill('cold', 'pack', 'large'),
      before: () => trial.warmMemory(sample.size),
      after: () => trial.forget('cold'),
    },
    link: { command: trial.waybill('linked', 'pack', '--link', 'large'), after: () => trial.forget('linked') },
  };
  const used = compete(trial.fewRounds, contenders);
  const { pack, link, openssl: hashing, cp: copying } = contenders;
  const copied = leastRatio(cpuOf, used.pack, used.openssl, used.cp);
  const linked = leastRatio(({ wall }) => wall, used.link, used.openssl);
  const size = `${sample.size / GIB} GiB`;
  return [
    inform(
      `cold pack, copying, of ${size}: CPU ÷ (openssl + cp)`,
      ratio(copied),
      [pack, hashing, copying],
      describeAll(used),
    ),
    inform(`cold pack with --link of ${size}: wall time ÷ openssl`, ratio(linked), [link, hashing]),
  ];
}

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
