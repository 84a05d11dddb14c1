/** Memory and disk: what a package says it takes, what its files show that it takes, and what a target has. */

import type { Requires } from '../../waybill-file/environment.ts';
import type { Target } from '../target/schema.ts';
import { type FitFinding, finding } from './fit.ts';
import type { MemoryEstimate } from './memory-estimate.ts';
import type { PackageView } from './package-view.ts';

/** A runtime without a model: Python with a framework, or ONNX Runtime with its libraries. */
const RUNTIME_MIB = 512;

/** Weights of an accelerator lie in its own memory: then only what is stated counts here. */
export function checkMemory(requires: Requires, { memory }: Target, estimate: MemoryEstimate): readonly FitFinding[] {
  const stated = requires.memoryMiB;
  const least = requires.accelerator === undefined || requires.accelerator.kind === 'metal' ? estimate.leastMiB : 0;
  if (stated === undefined && least === 0) return [];
  const how = `(${estimate.how.join('; ')})`;
  const wanted = Math.max(stated ?? 0, least);
  const isStated = stated !== undefined && stated >= least;
  const required = isStated ? `${stated} MiB` : `at least ${least} MiB`;
  const why = isStated ? '' : ` ${how}`;
  const common = { rule: 'compat-memory', subject: 'memory', required };
  const room = memory?.limitMiB ?? memory?.totalMiB;
  if (room === undefined)
    return [
      finding('cannot-tell', {
        ...common,
        message: `needs ${required}${why}, and the target does not say how much it has`,
      }),
    ];
  const found = memory?.limitMiB === undefined ? `${room} MiB` : `${room} MiB, by a limit`;
  if (room < wanted)
    return [
      finding('does-not-fit', {
        ...common,
        found,
        message: `needs ${required}${why}, may use ${found}`,
        remedy:
          memory?.limitMiB === undefined
            ? 'Choose a machine with more memory, or smaller weights'
            : 'Raise the limit, or choose smaller weights',
      }),
    ];
  // A lower bound proves that something will not run, never that it will: unless there is plenty.
  if (isStated || room >= 2 * least + RUNTIME_MIB)
    return [finding('fits', { ...common, found, message: `needs ${required}, may use ${found}` })];
  return [
    finding('cannot-tell', {
      ...common,
      found,
      message: `needs ${required}${why}, may use ${found}: that may be too little`,
      remedy: 'Measure what it takes, and state environment.requires.memoryMiB in waybill.yaml',
    }),
  ];
}

export function checkDisk(
  { diskMiB: stated }: Requires,
  { disk }: Target,
  { files, isUnpacked }: PackageView,
): readonly FitFinding[] {
  const size = Math.ceil(files.reduce((sum, file) => sum + file.size, 0) / 1024 ** 2);
  if (stated === undefined && (isUnpacked || disk === undefined)) return [];
  const wanted = Math.max(stated ?? 0, isUnpacked ? 0 : size);
  const common = { rule: 'compat-disk', subject: 'disk', required: `${wanted} MiB` };
  if (disk === undefined)
    return [
      finding('cannot-tell', {
        ...common,
        message: `needs ${wanted} MiB of room, and the target does not say how much it has`,
      }),
    ];
  const found = `${disk.freeMiB} MiB`;
  if (disk.freeMiB >= wanted)
    return [finding('fits', { ...common, found, message: `needs ${wanted} MiB, ${found} are free` })];
  return [
    finding('does-not-fit', {
      ...common,
      found,
      message: `needs ${wanted} MiB, ${found} are free`,
      remedy: 'Free some room on the disk',
    }),
  ];
}
