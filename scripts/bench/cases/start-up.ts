/** What it costs to ask for the version, against Node doing nothing. */
import { compete, ratios } from '../compete.ts';
import { cpuOf } from '../measure.ts';
import { describeAll, inform, judge } from '../row.ts';
import { formatSpread, ratio, seconds, spreadOf } from '../statistics.ts';
import type { Case } from './case.ts';

/** Each run is short, so there can be many. */
const RUNS_FOR_A_ROUND = 5;

export const startUp: Case = {
  id: 'start',
  async run(trial) {
    const version = { command: trial.waybill('none', '--version') };
    const nothing = { command: trial.command([process.execPath, '-e', '0'], 'node -e 0') };
    const help = { command: trial.waybill('none', 'help', 'pack') };
    const used = compete(RUNS_FOR_A_ROUND * trial.rounds, { version, nothing, help });
    const limit = { target: '≤ 2.50', limit: 2.5, format: ratio, by: [version, nothing] };
    const walls = used.help.map(({ wall }) => wall);
    return [
      judge(ratios(cpuOf, used.version, used.nothing), {
        ...limit,
        what: 'start-up, --version: CPU ÷ node -e 0',
        note: describeAll(used),
      }),
      judge(
        ratios(({ wall }) => wall, used.version, used.nothing),
        { ...limit, what: 'start-up, --version: wall time ÷ node -e 0' },
      ),
      inform('start-up with a verb loaded, help pack: wall time', formatSpread(spreadOf(walls), seconds), [help]),
    ];
  },
};
