/** Peak memory, which may depend neither on the size of a model nor much on the number of its files. */
import type { Command } from '../measure.ts';
import { judgeMost, type Row } from '../row.ts';
import { GIB, MIB } from '../samples.ts';
import { mebibytes } from '../statistics.ts';
import type { Trial } from '../trial.ts';
import type { Case } from './case.ts';

const MAX_ANY_SIZE = 150 * MIB;
const MAX_MANY_FILES = 400 * MIB;

export const memory: Case = {
  id: 'memory',
  async run(trial) {
    return [...sparse(trial), ...copied(trial), ...(await manyFiles(trial))];
  },
};

/** No disk would do for a copy of this one. */
function sparse(trial: Trial): readonly Row[] {
  const { size } = trial.sparse();
  const rows = [
    peak(trial, `pack --link, ${size / GIB} GiB`, MAX_ANY_SIZE, trial.waybill('sparse', 'pack', '--link', 'sparse')),
    peak(trial, `verify, ${size / GIB} GiB`, MAX_ANY_SIZE, trial.waybill('sparse', 'verify', 'bench/sparse:1.0.0')),
  ];
  trial.forgetSample('sparse');
  return rows;
}

function copied(trial: Trial): readonly Row[] {
  const { size } = trial.largeShards();
  const name = `${size / GIB} GiB`;
  const rows = [
    peak(trial, `pack, copying, ${name}`, MAX_ANY_SIZE, trial.waybill('large', 'pack', 'large')),
    peak(
      trial,
      `unpack, copying, ${name}`,
      MAX_ANY_SIZE,
      trial.waybill('large', 'unpack', 'bench/shards:1.0.0', 'restored'),
    ),
  ];
  trial.remove('restored');
  trial.forgetSample('large');
  return rows;
}

async function manyFiles(trial: Trial): Promise<readonly Row[]> {
  const { files } = trial.manyFiles();
  await trial.settle();
  const count = `${files.length.toLocaleString('en')} files`;
  const steps: readonly (readonly [string, ...string[]])[] = [
    ['pack', 'pack', 'many'],
    ['warm pack', 'pack', 'many'],
    ['verify', 'verify', 'bench/items:1.0.0'],
    ['unpack', 'unpack', 'bench/items:1.0.0', 'restored'],
  ];
  const rows = steps.map(([what, ...words]) =>
    peak(trial, `${what}, ${count}`, MAX_MANY_FILES, trial.waybill('many', ...words)),
  );
  trial.remove('restored');
  trial.forgetSample('many');
  return rows;
}

function peak(trial: Trial, what: string, limit: number, command: Command): Row {
  const { peak: most, user, system, wall } = trial.measure(command);
  return judgeMost([most], {
    what: `peak memory: ${what}`,
    target: `≤ ${mebibytes(limit)}`,
    limit,
    format: mebibytes,
    by: [{ command }],
    note: `${user.toFixed(1)} s user + ${system.toFixed(1)} s system, ${wall.toFixed(1)} s wall`,
  });
}
