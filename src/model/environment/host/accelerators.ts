/** Accelerators of a host, and whether it is known that there are none. */
import { known } from '../known.ts';
import type { Accelerator, Target } from '../target/schema.ts';
import { amdGpus } from './amd.ts';
import { nvidiaGpus } from './nvidia.ts';
import type { HostSources } from './sources.ts';
import { printed } from './sources.ts';

/** The largest machines have 16, or some hundred parts of them. */
const MAX_GPUS = 1000;

export async function acceleratorFacts(sources: HostSources): Promise<Partial<Target>> {
  if (sources.platform === 'darwin') return known('accelerators', await ofMac(sources));
  const [nvidia, amd] = await Promise.all([nvidiaGpus(sources), amdGpus(sources)]);
  const found = [...(nvidia ?? []), ...(amd ?? [])].slice(0, MAX_GPUS);
  if (found.length > 0) return { accelerators: gathered(found) };
  // That their programs are missing does not say that they are.
  const isWithout = (nvidia !== undefined || hasNo(sources, NVIDIA)) && (amd !== undefined || hasNo(sources, AMD));
  return isWithout ? { accelerators: [] } : {};
}

interface Traces {
  /** Of the PCI Special Interest Group. */
  readonly vendor: string;
  readonly paths: readonly string[];
}

/** `/dev/dxg` passes GPUs of Windows through; boards of NVIDIA have theirs on the chip. */
const NVIDIA: Traces = {
  vendor: '0x10de',
  paths: ['/dev/nvidia0', '/dev/nvidiactl', '/dev/dxg', '/etc/nv_tegra_release', '/proc/driver/nvidia/version'],
};
const AMD: Traces = { vendor: '0x1002', paths: ['/dev/kfd', '/dev/dxg'] };

/** Whether neither the bus nor the kernel has any; without a bus to look at, no device of it. */
function hasNo(sources: HostSources, { vendor, paths }: Traces): boolean {
  if (sources.platform !== 'linux' || paths.some((path) => sources.has(path))) return false;
  const devices = sources.list('/sys/bus/pci/devices') ?? [];
  return !devices.some((device) => {
    const folder = `/sys/bus/pci/devices/${device}`;
    // Class 03: display controllers; class 12: processing accelerators. Network cards and bridges are not meant.
    return (
      sources.read(`${folder}/vendor`)?.trim() === vendor && /^0x(?:03|12)/.test(sources.read(`${folder}/class`) ?? '')
    );
  });
}

/** Those of Apple's own chips use the memory of the machine. */
async function ofMac(sources: HostSources): Promise<Accelerator[] | undefined> {
  if (sources.architecture !== 'arm64') return undefined;
  const name = (await printed(sources, 'sysctl', ['-n', 'machdep.cpu.brand_string']))?.trim();
  const bytes = Number((await printed(sources, 'sysctl', ['-n', 'hw.memsize']))?.trim());
  return [
    {
      kind: 'metal',
      ...known('name', name === undefined || name === '' ? undefined : name.slice(0, 200)),
      ...known('memoryMiB', bytes > 0 ? Math.floor(bytes / 1024 ** 2) : undefined),
    },
  ];
}

/** Those that are alike, as one with their number. */
function gathered(gpus: readonly Accelerator[]): Accelerator[] {
  const alike = Map.groupBy(gpus, (gpu) => JSON.stringify(gpu));
  return [...alike.values()].flatMap((group) =>
    group.slice(0, 1).map((gpu) => (group.length === 1 ? gpu : { ...gpu, count: group.length })),
  );
}
