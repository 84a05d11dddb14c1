/** Many small files: what each costs, packed for the first time and again. */
import { compete } from '../compete.ts';
import { cost, describeAll, inform, judge } from '../row.ts';
import { touch } from '../samples.ts';
import { mebibytes, seconds, spreadOf } from '../statistics.ts';
import type { Case } from './case.ts';

export const files: Case = {
  id: 'files',
  async run(trial) {
    const sample = trial.files();
    touch(sample);
    await trial.keepPacked('files');
    const again = { command: trial.waybill('files', 'pack', 'files') };
    const first = { command: trial.waybill('cold', 'pack', 'files'), after: () => trial.forget('cold') };
    const used = compete(trial.rounds, { again, first });
    const count = sample.files.length.toLocaleString('en');
    const read = mebibytes(spreadOf(used.again.map((usage) => usage.read)).most);
    return [
      judge(
        used.again.map(({ wall }) => wall),
        {
          what: `warm pack of ${count} files of 2 KB: wall time`,
          target: '≤ 2.00 s',
          limit: 2,
          format: seconds,
          by: [again],
          note: `${describeAll({ again: used.again })}; reads ${read} of ${mebibytes(sample.size)}, all of it the program and its cache`,
        },
      ),
      inform(`cold pack of ${count} files of 2 KB`, cost(used.first), [first]),
    ];
  },
};
