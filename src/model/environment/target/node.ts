/**
 * A node of a Kubernetes cluster as a target, from its JSON: `v1.NodeStatus` of Kubernetes, with the labels of node
 * feature discovery, of NVIDIA's GPU feature discovery and of AMD's node labeller. What runs in a pod is known of the
 * pod's image alone: Python and the C library stay unknown.
 */
import { WaybillError } from '../../../base/errors.ts';
import { known } from '../known.ts';
import type { Accelerator, Target } from './schema.ts';

type Json = Readonly<Record<string, unknown>>;
type Texts = Readonly<Record<string, string>>;

const CPU_LABEL = 'feature.node.kubernetes.io/cpu-cpuid.';
/** Names of klauspost/cpuid, which node feature discovery uses, that are not Linux' in lower case. */
const CPU_NAMES: Readonly<Record<string, string>> = {
  aesni: 'aes',
  avx512vnni: 'avx512_vnni',
  avx512bf16: 'avx512_bf16',
  avx512fp16: 'avx512_fp16',
  avx512bitalg: 'avx512_bitalg',
  avx512vbmi2: 'avx512_vbmi2',
  avx512vpopcntdq: 'avx512_vpopcntdq',
  avxvnni: 'avx_vnni',
  amxtile: 'amx_tile',
  amxint8: 'amx_int8',
  amxbf16: 'amx_bf16',
  amxfp16: 'amx_fp16',
  fma3: 'fma',
  sse3: 'pni',
  sse4: 'sse4_1',
  sse42: 'sse4_2',
};

export function isNode(value: unknown): value is Json {
  return isObject(value) && value['kind'] === 'Node' && isObject(value['status']);
}

/** @throws WaybillError TARGET_INVALID for a quantity that is none */
export function readNode(node: Json, file: string): Target {
  const metadata = objectAt(node, 'metadata');
  const status = objectAt(node, 'status');
  const labels = textsOf(objectAt(metadata, 'labels'));
  const about = textsOf(objectAt(status, 'nodeInfo'));
  const capacity = quantitiesOf(objectAt(status, 'capacity'), file);
  const allocatable = quantitiesOf(objectAt(status, 'allocatable'), file);
  const features = Object.entries(labels)
    .filter(([key, value]) => key.startsWith(CPU_LABEL) && value === 'true')
    .map(([key]) => featureOf(key.slice(CPU_LABEL.length)));
  const [cpus, quota] = [capacity['cpu'], allocatable['cpu']];
  const room = allocatable['ephemeral-storage'];
  const [, runtime = '', version = ''] = /^([a-z-]+):\/\/(\S+)$/.exec(about['containerRuntimeVersion'] ?? '') ?? [];
  const total = mebibytes(capacity['memory']);
  const limit = mebibytes(allocatable['memory']);
  const os = about['operatingSystem'];
  return {
    target: 1,
    ...known('name', typeof metadata['name'] === 'string' ? metadata['name'] : undefined),
    ...known('os', os === 'linux' || os === 'windows' ? os : undefined),
    ...known('distribution', about['osImage']),
    ...known('kernel', about['kernelVersion']),
    ...known('architecture', about['architecture']),
    cpu: {
      ...known('count', cpus !== undefined && cpus >= 1 ? Math.floor(cpus) : undefined),
      ...known('quota', quota !== undefined && quota > 0 && quota !== cpus ? quota : undefined),
      // Only those that the cluster looks for have labels.
      ...(features.length === 0 ? {} : { features: features.sort(), hasAllFeatures: false }),
    },
    memory: { ...known('totalMiB', total), ...known('limitMiB', limit) },
    ...known('disk', room === undefined ? undefined : { freeMiB: mebibytes(room) ?? 0 }),
    accelerators: [...nvidiaOf(labels, allocatable), ...amdOf(labels, allocatable)],
    ...known('containers', runtime === '' ? undefined : { [runtime]: version }),
    ...known('kubernetes', about['kubeletVersion']?.replace(/^v/, '')),
  };
}

/** What pods can ask for: a GPU that is no resource of the cluster is of no use to them. */
function nvidiaOf(labels: Texts, allocatable: Readonly<Record<string, number>>): readonly Accelerator[] {
  const count = Math.floor(allocatable['nvidia.com/gpu'] ?? 0);
  if (count < 1) return [];
  const label = (key: string) => labels[`nvidia.com/${key}`];
  const joined = (...keys: readonly string[]) => {
    const parts = keys.map(label);
    return parts.every((part) => part !== undefined) ? parts.join('.') : undefined;
  };
  return [
    {
      kind: 'cuda',
      count,
      ...known('name', label('gpu.product')?.replaceAll('-', ' ')),
      ...known('memoryMiB', numberOf(label('gpu.memory'))),
      ...known(
        'driver',
        label('cuda.driver-version.full') ?? joined('cuda.driver.major', 'cuda.driver.minor', 'cuda.driver.rev'),
      ),
      ...known(
        'runtime',
        joined('cuda.runtime-version.major', 'cuda.runtime-version.minor') ??
          joined('cuda.runtime.major', 'cuda.runtime.minor'),
      ),
      ...known('computeCapability', joined('gpu.compute.major', 'gpu.compute.minor')),
    },
  ];
}

function amdOf(labels: Texts, allocatable: Readonly<Record<string, number>>): readonly Accelerator[] {
  const count = Math.floor(allocatable['amd.com/gpu'] ?? 0);
  if (count < 1) return [];
  const label = (key: string) => labels[`amd.com/gpu.${key}`] ?? labels[`beta.amd.com/gpu.${key}`];
  const [, size, unit] = /^(\d+)([GM])/.exec(label('vram') ?? '') ?? [];
  return [
    {
      kind: 'rocm',
      count,
      ...known('name', label('product-name')?.replaceAll('_', ' ')),
      ...known('memoryMiB', size === undefined ? undefined : Number(size) * (unit === 'G' ? 1024 : 1)),
      ...known('driver', label('driver-version')),
    },
  ];
}

function featureOf(name: string): string {
  const lower = name.toLowerCase();
  return CPU_NAMES[lower] ?? lower;
}

/** "Quantity" of Kubernetes: `16`, `3920m`, `32886520Ki`, `1e3`. */
const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  m: 0.001,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
  Ti: 1024 ** 4,
  Pi: 1024 ** 5,
  Ei: 1024 ** 6,
};

function quantitiesOf(values: Json, file: string): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(textsOf(values)).map(([key, text]) => {
      const [, digits, unit = ''] = /^\+?(\d{1,30}(?:\.\d{1,30})?(?:[eE]\d{1,2})?)([A-Za-z]{0,2})$/.exec(text) ?? [];
      const factor = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
      if (digits === undefined || factor === undefined)
        throw new WaybillError(
          'TARGET_INVALID',
          `Cannot read ${file}: its ${key} is ${JSON.stringify(text)}, which is no quantity`,
        );
      return [key, Number(digits) * factor];
    }),
  );
}

function mebibytes(bytes: number | undefined): number | undefined {
  return bytes === undefined ? undefined : Math.floor(bytes / 1024 ** 2);
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectAt(value: Json, key: string): Json {
  const inner = Object.hasOwn(value, key) ? value[key] : undefined;
  return isObject(inner) ? inner : {};
}

/** Those members that are text, or numbers, and not too long to be what they should be. */
function textsOf(value: Json): Texts {
  const entries = Object.entries(value).map(
    ([key, inner]) => [key, typeof inner === 'number' ? String(inner) : inner] as const,
  );
  return Object.fromEntries(
    entries.filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '' && entry[1].length <= 1000,
    ),
  );
}
