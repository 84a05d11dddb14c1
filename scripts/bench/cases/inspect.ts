/** Looking into model files: a large one costs what its header costs, and a long header no more than others need for it. */
import fs from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { type Contender, compete, leastRatio } from '../compete.ts';
import { type HeaderFormat, makeHeaders } from '../headers.ts';
import { cpuOf } from '../measure.ts';
import { describeAll, inform, judge, judgeMost, judgeRatio, type Row } from '../row.ts';
import { GIB, MIB } from '../samples.ts';
import { mebibytes, ratio, seconds } from '../statistics.ts';
import type { Trial } from '../trial.ts';
import type { Case } from './case.ts';

const FORMATS: readonly HeaderFormat[] = ['safetensors', 'gguf', 'onnx'];
const LARGE_TENSORS = 300;
const MANY_TENSORS = 10_000;
/** So many that starting weighs little on either side; no model has them. */
const MOST_TENSORS = 100_000;
const SMALL = 64 * 1024;

/** What reads the same header with the format's own library; the file is the last word. */
const READERS: Readonly<Record<HeaderFormat, string>> = {
  safetensors:
    'import sys, safetensors as s; f = s.safe_open(sys.argv[1], "np"); print(len([f.get_slice(k).get_shape() for k in f.keys()]))',
  gguf: 'import sys, gguf; print(len(gguf.GGUFReader(sys.argv[1]).tensors))',
  onnx: 'import sys, onnx; print(len([(t.name, t.data_type, list(t.dims)) for t in onnx.load(sys.argv[1]).graph.initializer]))',
};

export const inspect: Case = {
  id: 'inspect',
  async run(trial) {
    const rows = FORMATS.flatMap((format) => [
      ...large(trial, format),
      many(trial, format),
      ...compared(trial, format),
    ]);
    trial.remove('headers');
    return rows;
  },
};

function look(trial: Trial, file: string): Contender {
  return { command: trial.waybill('none', 'inspect', `./${path.relative(trial.folder, file)}`) };
}

function large(trial: Trial, format: HeaderFormat): readonly Row[] {
  // ONNX ends one byte before 2 GiB.
  const { file, header } = makeHeaders(trial.at('headers/large'), format, LARGE_TENSORS, 2 * GIB - MIB);
  const small = makeHeaders(trial.at('headers/small'), format, 1, SMALL).file;
  const [own, floor] = [look(trial, file), look(trial, small)];
  const used = compete(trial.rounds, { inspect: own, small: floor });
  const what = `inspect, 2 GiB of ${format}`;
  const read = used.inspect.map((usage, round) => usage.read - (used.small[round]?.read ?? 0));
  const limit = header + MIB;
  return [
    judge(
      used.inspect.map(({ wall }) => wall),
      {
        what: `${what}: wall time`,
        target: '≤ 0.30 s',
        limit: 0.3,
        format: seconds,
        by: [own],
        note: describeAll(used),
      },
    ),
    judgeMost(read, {
      what: `${what}: bytes read more than of a small file`,
      target: `≤ ${mebibytes(limit)}`,
      limit,
      format: (value) => `${Math.round(value / 1024)} KiB`,
      by: [own, floor],
      note: `the header has ${Math.round(header / 1024)} KiB`,
    }),
    judgeMost(
      used.inspect.map(({ peak }) => peak),
      { what: `${what}: peak memory`, target: '≤ 120 MiB', limit: 120 * MIB, format: mebibytes, by: [own] },
    ),
  ];
}

function many(trial: Trial, format: HeaderFormat): Row {
  const { file } = makeHeaders(trial.at('headers/many'), format, MANY_TENSORS, MANY_TENSORS * 32);
  const own = look(trial, file);
  const used = compete(trial.rounds, { inspect: own });
  return judge(
    used.inspect.map(({ wall }) => wall),
    {
      what: `inspect, a header of 10,000 tensors, ${format}: wall time`,
      target: '≤ 0.60 s',
      limit: 0.6,
      format: seconds,
      by: [own],
      note: describeAll(used),
    },
  );
}

function compared(trial: Trial, format: HeaderFormat): readonly Row[] {
  const python = referencePython();
  if (python === undefined) return [];
  const contenders = (tensors: number) => {
    const { file } = makeHeaders(trial.at('headers/compared'), format, tensors, tensors * 32);
    const place = path.relative(trial.folder, file);
    const text = `python3 -c '${READERS[format]}' ${place}`;
    return {
      inspect: look(trial, file),
      python: { command: trial.command([python, '-c', READERS[format], place], text) },
    };
  };
  const what = (tensors: string) =>
    `inspect, a header of ${tensors} tensors, ${format}: CPU ÷ the format's own library in Python`;
  const many = contenders(MANY_TENSORS);
  const used = compete(trial.rounds, many);
  const most = contenders(MOST_TENSORS);
  // Theirs may take a quarter of a minute.
  const usedMost = compete(Math.min(trial.rounds, 3), most);
  const ratioOfMost = leastRatio(cpuOf, usedMost.inspect, usedMost.python);
  return [
    judgeRatio(
      cpuOf,
      { ours: used.inspect, others: [used.python] },
      {
        what: what('10,000'),
        target: '≤ 1.50',
        limit: 1.5,
        by: [many.inspect, many.python],
        note: describeAll(used),
      },
    ),
    inform(what('100,000'), ratio(ratioOfMost), [most.inspect, most.python], describeAll(usedMost)),
  ];
}

/** The one that `npm run test:real` installs with the libraries; undefined where it has not run. */
function referencePython(): string | undefined {
  const { XDG_CACHE_HOME = path.join(homedir(), '.cache') } = process.env;
  const built = path.join(XDG_CACHE_HOME, 'waybill-test');
  const folders = fs.existsSync(built) ? fs.readdirSync(built) : [];
  return folders
    .filter((folder) => folder.startsWith('venv-reference-'))
    .map((folder) => path.join(built, folder, 'bin', 'python3'))
    .find((python) => fs.existsSync(python));
}
