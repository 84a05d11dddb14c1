/** Asking whether a package will run on a machine: what it costs of a large model, before anything is moved. */
import fs from 'node:fs';
import { compete } from '../compete.ts';
import { makeHeaders } from '../headers.ts';
import { describeAll, judge } from '../row.ts';
import { GIB } from '../samples.ts';
import { seconds } from '../statistics.ts';
import type { Case } from './case.ts';

const WAYBILL = `waybill: 1
name: bench/compat
version: 1.0.0
components: { weights: ["*.safetensors"] }
environment:
  requires: { os: [linux], architecture: [amd64], memoryMiB: 4096, python: ">=3.11", libraries: { torch: ">=2.6" } }
`;
const TARGET = `target: 1
os: linux
architecture: amd64
memory: { totalMiB: 65536 }
disk: { freeMiB: 65536 }
python: { version: 3.12.4, implementation: cpython, packages: { torch: 2.9.1, safetensors: 0.7.0 } }
`;

export const compat: Case = {
  id: 'compat',
  async run(trial) {
    makeHeaders(trial.at('compat'), 'safetensors', 300, 2 * GIB);
    fs.writeFileSync(trial.at('compat/waybill.yaml'), WAYBILL);
    fs.writeFileSync(trial.at('edge.yaml'), TARGET);
    const own = { command: trial.waybill('none', 'compat', './compat', '--target', 'edge.yaml') };
    const used = compete(2 * trial.rounds, { compat: own });
    trial.remove('compat');
    return [
      judge(
        used.compat.map(({ wall }) => wall),
        {
          what: 'compat, 2 GiB of safetensors against a target file: wall time',
          target: '≤ 0.30 s',
          limit: 0.3,
          format: seconds,
          by: [own],
          note: describeAll(used),
        },
      ),
    ];
  },
};
