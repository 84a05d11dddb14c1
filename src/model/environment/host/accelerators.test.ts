import { expect, test } from 'vitest';
import { type RecordedHost, recordedHost } from '../../../../test/_support/recorded-host.ts';
import { acceleratorFacts } from './accelerators.ts';

const gpusOf = async (host: RecordedHost) => (await acceleratorFacts(recordedHost(host))).accelerators;

const QUERY = 'nvidia-smi --query-gpu=name,memory.total,driver_version,compute_cap --format=csv,noheader,nounits';
const OLD_QUERY = 'nvidia-smi --query-gpu=name,memory.total,driver_version --format=csv,noheader,nounits';
const SUMMARY = `Tue Mar  5 10:00:00 2026
+-----------------------------------------------------------------------------------------+
| NVIDIA-SMI 550.54.15              Driver Version: 550.54.15      CUDA Version: 12.4     |
|-----------------------------------------+------------------------+----------------------+
`;

test('acceleratorFacts() of two equal GPUs of NVIDIA and one other', async () => {
  const lines =
    'NVIDIA L4, 23034, 550.54.15, 8.9\nNVIDIA L4, 23034, 550.54.15, 8.9\nNVIDIA A100-SXM4-40GB, 40960, 550.54.15, 8.0\n';
  const common = { kind: 'cuda', driver: '550.54.15', runtime: '12.4' };
  expect(await gpusOf({ programs: { [QUERY]: lines, 'nvidia-smi ': SUMMARY, 'nvidia-smi': SUMMARY } })).toEqual([
    { ...common, name: 'NVIDIA L4', memoryMiB: 23034, computeCapability: '8.9', count: 2 },
    { ...common, name: 'NVIDIA A100-SXM4-40GB', memoryMiB: 40960, computeCapability: '8.0' },
  ]);
});

test('acceleratorFacts() asks an old driver again, without what it does not know', async () => {
  const refusal = { status: 2, stdout: 'Field "compute_cap" is not a valid field to query.\n\n' };
  expect(await gpusOf({ programs: { [QUERY]: refusal, [OLD_QUERY]: 'Tesla K80, 11441, 418.87.01\n' } })).toEqual([
    { kind: 'cuda', name: 'Tesla K80', memoryMiB: 11441, driver: '418.87.01' },
  ]);
});

test('acceleratorFacts() leaves out what nvidia-smi does not know', async () => {
  expect(await gpusOf({ programs: { [QUERY]: 'NVIDIA GB10, [N/A], 580.95.05, 12.1\n' } })).toEqual([
    { kind: 'cuda', name: 'NVIDIA GB10', driver: '580.95.05', computeCapability: '12.1' },
  ]);
});

test.each<[string, RecordedHost]>([
  [
    'the program fails',
    {
      programs: {
        [QUERY]: { status: 9, stdout: "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver." },
      },
    },
  ],
  ['it prints garbage', { programs: { [QUERY]: '\0\0\ufffd,,,\n,\n'.repeat(1000) } }],
  [
    'the bus has one, and there is no program',
    {
      files: {
        '/sys/bus/pci/devices/0000:01:00.0/vendor': '0x10de\n',
        '/sys/bus/pci/devices/0000:01:00.0/class': '0x030200\n',
      },
    },
  ],
  ['the kernel has one', { files: { '/dev/kfd': '' } }],
])('acceleratorFacts() cannot tell where %s', async (_, host) => {
  const traces = { '/proc/driver/nvidia/version': 'NVRM version: x', ...host.files };
  expect(await gpusOf({ ...host, files: host.programs === undefined ? (host.files ?? {}) : traces })).toBeUndefined();
});

test.each<[string, RecordedHost]>([
  ['nothing hints at any', {}],
  [
    'the bus has other devices, a network card of Mellanox by NVIDIA among them',
    {
      files: {
        '/sys/bus/pci/devices/0000:01:00.0/vendor': '0x10de\n',
        '/sys/bus/pci/devices/0000:01:00.0/class': '0x020000\n',
      },
    },
  ],
  [
    'nvidia-smi says so',
    { files: { '/proc/driver/nvidia/version': 'x' }, programs: { [QUERY]: 'No devices were found\n' } },
  ],
])('acceleratorFacts() knows that there are none where %s', async (_, host) => {
  expect(await gpusOf(host)).toEqual([]);
});

const AMD = 'amd-smi static --asic --vram --driver --json';
const INSTINCT = {
  gpu: 0,
  asic: {
    market_name: 'AMD Instinct MI300X',
    vendor_id: '0x1002',
    num_compute_units: 304,
    target_graphics_version: 'gfx942',
  },
  vram: { type: 'HBM3', vendor: 'HYNIX', size: { value: 196592, unit: 'MB' }, bit_width: 8192 },
  driver: { name: 'amdgpu', version: '6.10.5' },
};

test.each([
  ['in a member of its own', { gpu_data: [INSTINCT, { ...INSTINCT, gpu: 1 }] }],
  ['as a list', [INSTINCT, { ...INSTINCT, gpu: 1 }]],
])('acceleratorFacts() of two GPUs of AMD, which amd-smi lists %s', async (_, value) => {
  const host = { programs: { [AMD]: JSON.stringify(value) }, files: { '/opt/rocm/.info/version': '6.4.1-83\n' } };
  expect(await gpusOf(host)).toEqual([
    {
      kind: 'rocm',
      name: 'AMD Instinct MI300X',
      memoryMiB: 196592,
      driver: '6.10.5',
      runtime: '6.4.1',
      architecture: 'gfx942',
      count: 2,
    },
  ]);
});

test('acceleratorFacts() takes rocm-smi where there is no amd-smi', async () => {
  const value = {
    card0: {
      'Card Series': 'Radeon RX 7900 XTX',
      'GFX Version': 'gfx1100',
      'VRAM Total Memory (B)': '25753026560',
      'VRAM Total Used Memory (B)': '0',
    },
    card1: { 'Card series': 'N/A', 'Device Name': 'Phoenix3', 'VRAM Total Memory (B)': '17179869184' },
    system: { 'Driver version': '6.7.0' },
  };
  const line = 'rocm-smi --showproductname --showmeminfo vram --showdriverversion --json';
  expect(await gpusOf({ programs: { [line]: JSON.stringify(value) } })).toEqual([
    { kind: 'rocm', name: 'Radeon RX 7900 XTX', memoryMiB: 24560, driver: '6.7.0', architecture: 'gfx1100' },
    { kind: 'rocm', name: 'Phoenix3', memoryMiB: 16384, driver: '6.7.0' },
  ]);
});

test.each([
  '',
  '[',
  'null',
  '[1, null, []]',
  '{"gpu_data": {}}',
  '{"card0": 1}',
  `[${'['.repeat(100_000)}`,
  '{"gpu_data": [{"vram": {"size": {"value": 1e999, "unit": "MB"}}}]}',
])('acceleratorFacts() reads %.40j of amd-smi without a fact in it', async (text) => {
  const gpus = await gpusOf({ programs: { [AMD]: text }, files: { '/dev/kfd': '' } });
  for (const gpu of gpus ?? []) expect(Object.keys(gpu)).toEqual(['kind']);
});

test('acceleratorFacts() of Macs: Apple has its own, of others it cannot be told', async () => {
  const programs = { 'sysctl -n machdep.cpu.brand_string': 'Apple M3 Max\n', 'sysctl -n hw.memsize': '68719476736\n' };
  expect(await gpusOf({ platform: 'darwin', architecture: 'arm64', programs })).toEqual([
    { kind: 'metal', name: 'Apple M3 Max', memoryMiB: 65536 },
  ]);
  expect(await gpusOf({ platform: 'darwin', architecture: 'x64', programs })).toBeUndefined();
});
