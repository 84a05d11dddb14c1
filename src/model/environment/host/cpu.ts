/** Processor of a host: `/proc/cpuinfo` of Linux, `sysctl` of macOS. Features have Linux' names everywhere. */
import { known } from '../known.ts';
import type { Target } from '../target/schema.ts';
import { cgroupLimits } from './cgroup.ts';
import { type HostSources, printed } from './sources.ts';

/** The longest list of today has 150. */
const MAX_FEATURES = 1000;
/** Linux is built for 8,192 of them. */
const MAX_CPUS = 100_000;

export async function cpuFacts(sources: HostSources): Promise<Partial<Target>> {
  const cpu = sources.platform === 'darwin' ? await ofMac(sources) : ofLinux(sources);
  return Object.keys(cpu).length === 0 ? {} : { cpu };
}

function ofLinux(sources: HostSources): NonNullable<Target['cpu']> {
  const text = sources.read('/proc/cpuinfo') ?? '';
  const value = (key: RegExp) => key.exec(text)?.[1]?.trim().slice(0, 200);
  // All processors have the same features, or the kernel hides the difference: those of the first.
  const flags =
    value(/^(?:flags|Features)\s*: (.*)$/m) === undefined
      ? undefined
      : /^(?:flags|Features)\s*: (.*)$/m.exec(text)?.[1];
  const model = value(/^model name\s*:(.*)$/m) ?? value(/^(?:Hardware|Model|cpu model|cpu)\s*:(.*)$/m);
  return {
    ...known('model', model === '' ? undefined : model),
    ...known('count', onlineOf(sources) ?? countOf(text)),
    ...known('quota', cgroupLimits(sources).cpus),
    ...known('features', flags === undefined ? undefined : featuresOf(flags.split(/\s+/))),
  };
}

/** `0-3,5`: ranges of processors. */
function onlineOf({ read }: HostSources): number | undefined {
  const ranges = (read('/sys/devices/system/cpu/online') ?? '').trim().split(',');
  let count = 0;
  for (const range of ranges) {
    const [, first, last] = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(range) ?? [];
    if (first === undefined) return undefined;
    count += Number(last ?? first) - Number(first) + 1;
  }
  return count > 0 && count <= MAX_CPUS ? count : undefined;
}

function countOf(text: string): number | undefined {
  const count = [...text.matchAll(/^processor\s*:/gm)].length;
  return count > 0 ? count : undefined;
}

/** What `sysctl` calls by other names: `hw.optional.arm.FEAT_…` of Apple, and the features of Intel. */
const MAC_NAMES: Readonly<Record<string, readonly string[]>> = {
  AdvSIMD: ['asimd', 'neon', 'fp'],
  neon: ['asimd', 'neon', 'fp'],
  FEAT_FP16: ['fphp', 'asimdhp'],
  FEAT_DotProd: ['asimddp'],
  FEAT_BF16: ['bf16'],
  FEAT_I8MM: ['i8mm'],
  FEAT_FHM: ['asimdfhm'],
  FEAT_LSE: ['atomics'],
  FEAT_SME: ['sme'],
  FEAT_SME2: ['sme2'],
  FEAT_CRC32: ['crc32'],
  FEAT_AES: ['aes'],
  FEAT_SHA256: ['sha2'],
};
const INTEL_NAMES: Readonly<Record<string, string>> = { sse3: 'pni', 'avx1.0': 'avx' };

async function ofMac(sources: HostSources): Promise<NonNullable<Target['cpu']>> {
  const text = (await printed(sources, 'sysctl', ['machdep.cpu', 'hw.optional', 'hw.logicalcpu'])) ?? '';
  const value = (key: string) => new RegExp(`^${key.replaceAll('.', '\\.')}: (.*)$`, 'm').exec(text)?.[1]?.trim();
  const apple = [...text.matchAll(/^hw\.optional\.(?:arm\.)?(\w+): 1$/gm)].flatMap(([, name = '']) =>
    Object.hasOwn(MAC_NAMES, name) ? (MAC_NAMES[name] ?? []) : [],
  );
  const intel = ['machdep.cpu.features', 'machdep.cpu.leaf7_features', 'machdep.cpu.extfeatures']
    .flatMap((key) => (value(key) ?? '').split(/\s+/))
    .map((name) => name.toLowerCase())
    .map((name) => INTEL_NAMES[name] ?? name.replaceAll('.', '_'));
  const features = featuresOf([...apple, ...intel]);
  const count = Number(value('hw.logicalcpu'));
  return {
    ...known('model', value('machdep.cpu.brand_string')?.slice(0, 200)),
    ...known('count', Number.isInteger(count) && count > 0 && count <= MAX_CPUS ? count : undefined),
    // The table above has what numerical code asks for, not all that there is.
    ...(features.length === 0 ? {} : { features, ...(apple.length > 0 ? { hasAllFeatures: false } : {}) }),
  };
}

/** Sorted, each once; Arm's vectors under both names that people use. */
function featuresOf(words: readonly string[]): string[] {
  const found = new Set(words.filter((word) => /^[a-z0-9][a-z0-9_.-]{0,63}$/.test(word)).slice(0, MAX_FEATURES));
  if (found.has('asimd')) found.add('neon');
  return [...found].sort();
}
