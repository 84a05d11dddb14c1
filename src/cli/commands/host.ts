import { readSmallFile } from '../../base/files.ts';
import { explainSystemError } from '../../base/system-errors.ts';
import { MAX_NODE_SIZE, parseNode } from '../../model/environment/target/parse.ts';
import { formatTarget } from '../../model/environment/target/write.ts';
import { defineCommand } from '../command.ts';
import { pythonOption, thisHost } from '../host-target.ts';
import type { Output } from '../outputs/host.ts';

export const host = defineCommand<Output>({
  name: 'host',
  summary: 'Print what is known of this machine as a target file, for compat',
  description: [
    'System, kernel, C library, processor and its features, memory and the limits of its cgroup, GPUs with driver and compute capability, what runs containers, Python with what is installed, Node. Nothing of a model runs; programs are only asked for their version. What cannot be found out is left out.',
    'Within a container it tells of that container. GPUs are asked of nvidia-smi, amd-smi and rocm-smi.',
  ],
  arguments: [],
  options: {
    node: {
      value: 'FILE',
      description: 'Tell of a node of a Kubernetes cluster instead, from what kubectl get node NAME -o json printed',
    },
    python: pythonOption,
  },
  examples: [
    { command: 'waybill host > this-machine.yaml', comment: 'a target file, to be kept or changed' },
    { command: 'waybill host --node node.json', comment: 'a node of a cluster' },
  ],
  output: async () => (await import('../outputs/host.ts')).output,
  async run(context, input) {
    const file = input.text('node');
    if (file === undefined) return thisHost(context, input.text('python'));
    try {
      return parseNode(readSmallFile(file, MAX_NODE_SIZE).toString('utf8'), file);
    } catch (error) {
      throw explainSystemError(`Cannot read ${file}`, error);
    }
  },
  print: (target) => formatTarget(target),
});
