/** GPUs of NVIDIA, as `nvidia-smi` tells of them. "nvidia-smi" in NVIDIA's documentation, "Useful nvidia-smi Queries". */
import { known } from '../known.ts';
import type { Accelerator } from '../target/schema.ts';
import { type HostSources, printed } from './sources.ts';

const FIELDS = ['memory.total', 'driver_version', 'compute_cap'];

/** Undefined where it is not known whether there are any. */
export async function nvidiaGpus(sources: HostSources): Promise<readonly Accelerator[] | undefined> {
  const ask = (fields: readonly string[]) =>
    sources.run('nvidia-smi', [`--query-gpu=name,${fields.join(',')}`, '--format=csv,noheader,nounits']);
  let fields = FIELDS;
  let ran = await ask(fields);
  // Drivers before 2021 do not know of compute_cap, and refuse the whole question.
  if (ran !== undefined && ran.status !== 0 && /compute_cap/.test(ran.stdout + ran.stderr)) {
    fields = FIELDS.slice(0, -1);
    ran = await ask(fields);
  }
  if (ran === undefined) return undefined;
  if (/^No devices were found/m.test(ran.stdout)) return [];
  if (ran.status !== 0) return undefined;
  const lines = ran.stdout.split('\n').filter((line) => line.trim() !== '');
  const summary = lines.length === 0 ? '' : ((await printed(sources, 'nvidia-smi', [])) ?? '');
  const runtime = /CUDA (?:UMD )?Version\s*:\s*(\d+(?:\.\d+)+)/.exec(summary)?.[1];
  const gpus = lines.flatMap((line) => gpuIn(line, fields, runtime) ?? []);
  return gpus.length === 0 ? undefined : gpus;
}

/** `NVIDIA A100-SXM4-40GB, 40960, 550.54.15, 8.0`. What is not known is `[N/A]`. */
function gpuIn(line: string, fields: readonly string[], runtime: string | undefined): Accelerator | undefined {
  const parts = line.split(',').map((part) => part.trim());
  const [memory = '', driver = '', capability = ''] = parts.slice(-fields.length);
  const name = parts.slice(0, -fields.length).join(', ');
  // A line that does not begin with a name says nothing of a GPU.
  if (!/^[\x20-\x7e]{1,200}$/.test(name) || parts.length <= fields.length) return undefined;
  return {
    kind: 'cuda',
    name,
    ...known('memoryMiB', /^\d{1,9}$/.test(memory) ? Number(memory) : undefined),
    ...known('driver', /^\d+(?:\.\d+)+$/.test(driver) ? driver : undefined),
    ...known('runtime', runtime),
    ...known('computeCapability', /^\d{1,3}\.\d{1,3}$/.test(capability) ? capability : undefined),
  };
}
