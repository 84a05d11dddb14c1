/** Memory and room on the disk of a host. */
import { known } from '../known.ts';
import type { Target } from '../target/schema.ts';
import { cgroupLimits } from './cgroup.ts';
import { type HostSources, printed } from './sources.ts';

const MEBIBYTE = 1024 ** 2;

export async function memoryFacts(sources: HostSources): Promise<Partial<Target>> {
  const total = sources.platform === 'darwin' ? await ofMac(sources) : ofLinux(sources);
  const { memory: limit } = cgroupLimits(sources);
  // A limit above what there is limits nothing.
  const isLimited = limit !== undefined && (total === undefined || limit < total);
  const memory = {
    ...known('totalMiB', total === undefined ? undefined : Math.floor(total / MEBIBYTE)),
    ...known('limitMiB', isLimited ? Math.floor(limit / MEBIBYTE) : undefined),
  };
  return Object.keys(memory).length === 0 ? {} : { memory };
}

export async function diskFacts(sources: HostSources): Promise<Partial<Target>> {
  const free = sources.freeRoom();
  return free === undefined ? {} : { disk: { freeMiB: Math.floor(free / MEBIBYTE) } };
}

function ofLinux({ read }: HostSources): number | undefined {
  const [, kibibytes] = /^MemTotal:\s+(\d{1,15}) kB$/m.exec(read('/proc/meminfo') ?? '') ?? [];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
}

async function ofMac(sources: HostSources): Promise<number | undefined> {
  const text = (await printed(sources, 'sysctl', ['-n', 'hw.memsize']))?.trim() ?? '';
  return /^\d{1,18}$/.test(text) ? Number(text) : undefined;
}
