import { expect, test } from 'vitest';
import { parseNode, parseTarget } from './parse.ts';

/** As `kubectl get node gpu-7 -o json` prints one with two GPUs, shortened. */
const GPU_NODE = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name: 'gpu-7',
    labels: {
      'kubernetes.io/arch': 'amd64',
      'feature.node.kubernetes.io/cpu-cpuid.AVX2': 'true',
      'feature.node.kubernetes.io/cpu-cpuid.AVX512F': 'true',
      'feature.node.kubernetes.io/cpu-cpuid.AVX512VNNI': 'true',
      'feature.node.kubernetes.io/cpu-cpuid.AMXTILE': 'true',
      'feature.node.kubernetes.io/cpu-hardware_multithreading': 'true',
      'nvidia.com/gpu.count': '2',
      'nvidia.com/gpu.product': 'NVIDIA-A100-SXM4-40GB',
      'nvidia.com/gpu.memory': '40960',
      'nvidia.com/gpu.compute.major': '8',
      'nvidia.com/gpu.compute.minor': '0',
      'nvidia.com/cuda.driver-version.full': '550.107.02',
      'nvidia.com/cuda.runtime-version.major': '12',
      'nvidia.com/cuda.runtime-version.minor': '4',
    },
  },
  status: {
    capacity: {
      cpu: '96',
      memory: '1056477100Ki',
      'nvidia.com/gpu': '2',
      'ephemeral-storage': '203234260Ki',
      pods: '110',
    },
    allocatable: { cpu: '95500m', memory: '1040187392Ki', 'nvidia.com/gpu': '2', 'ephemeral-storage': '187300693706' },
    nodeInfo: {
      architecture: 'amd64',
      containerRuntimeVersion: 'containerd://1.7.24',
      kernelVersion: '6.8.0-1021-gcp',
      kubeletVersion: 'v1.33.1-gke.1',
      operatingSystem: 'linux',
      osImage: 'Ubuntu 24.04.1 LTS',
    },
  },
};
const read = (node: unknown) => parseNode(JSON.stringify(node), 'node.json');

test('parseNode() of a node with GPUs', () => {
  expect(read(GPU_NODE)).toEqual({
    target: 1,
    name: 'gpu-7',
    os: 'linux',
    distribution: 'Ubuntu 24.04.1 LTS',
    kernel: '6.8.0-1021-gcp',
    architecture: 'amd64',
    cpu: { count: 96, quota: 95.5, features: ['amx_tile', 'avx2', 'avx512_vnni', 'avx512f'], hasAllFeatures: false },
    memory: { totalMiB: 1031715, limitMiB: 1015808 },
    disk: { freeMiB: 178623 },
    accelerators: [
      {
        kind: 'cuda',
        count: 2,
        name: 'NVIDIA A100 SXM4 40GB',
        memoryMiB: 40960,
        driver: '550.107.02',
        runtime: '12.4',
        computeCapability: '8.0',
      },
    ],
    containers: { containerd: '1.7.24' },
    kubernetes: '1.33.1-gke.1',
  });
});

test('parseNode() of a node without labels, without GPUs that pods can ask for', () => {
  const status = { capacity: { cpu: 4, memory: '8Gi' }, allocatable: { cpu: '4', memory: '7.5Gi' } };
  expect(read({ kind: 'Node', metadata: {}, status })).toEqual({
    target: 1,
    cpu: { count: 4 },
    memory: { totalMiB: 8192, limitMiB: 7680 },
    accelerators: [],
  });
});

test('parseNode() takes older labels of NVIDIA, and those of AMD', () => {
  const labels = {
    'nvidia.com/cuda.driver.major': '525',
    'nvidia.com/cuda.driver.minor': '105',
    'nvidia.com/cuda.driver.rev': '17',
    'nvidia.com/cuda.runtime.major': '12',
    'nvidia.com/cuda.runtime.minor': '0',
    'amd.com/gpu.product-name': 'AMD_Instinct_MI300X_OAM',
    'amd.com/gpu.vram': '192G',
    'amd.com/gpu.driver-version': '6.10.5',
  };
  const allocatable = { 'nvidia.com/gpu': '1', 'amd.com/gpu': '8' };
  expect(read({ kind: 'Node', metadata: { labels }, status: { allocatable } }).accelerators).toEqual([
    { kind: 'cuda', count: 1, driver: '525.105.17', runtime: '12.0' },
    { kind: 'rocm', count: 8, name: 'AMD Instinct MI300X OAM', memoryMiB: 196608, driver: '6.10.5' },
  ]);
});

test.each(['lots', '1ZiB', '', '1e999', '-1', 'NaN'])(
  'parseNode() refuses the quantity %j, or leaves it out',
  (memory) => {
    const node = { kind: 'Node', status: { capacity: { memory } } };
    if (memory === '') expect(read(node).memory).toEqual({});
    else expect(() => read(node)).toThrow(/its memory is .*, which is no quantity/);
  },
);

test('parseNode() refuses what is no node; parseTarget() takes one that is', () => {
  for (const text of [
    '',
    '[]',
    'null',
    '{"kind":"Pod","status":{}}',
    '{"kind":"Node"}',
    `{"kind":"Node","status":{},"x":"${'x'.repeat(5_000_000)}"}`,
  ])
    expect(() => parseNode(text, 'node.json')).toThrow(/no node of a Kubernetes cluster/);
  expect(parseTarget(`\n${JSON.stringify(GPU_NODE, null, 2)}`, 'node.json').target.name).toBe('gpu-7');
});

test('parseNode() takes nothing from prototypes, and nothing that is not text', () => {
  const text =
    '{"kind":"Node","__proto__":{"x":1},"metadata":{"name":{"a":1},"labels":{"__proto__":"x","nvidia.com/gpu.memory":[1]}},"status":{"allocatable":{"nvidia.com/gpu":"1","constructor":"1"}}}';
  expect(parseNode(text, 'node.json')).toEqual({
    target: 1,
    cpu: {},
    memory: {},
    accelerators: [{ kind: 'cuda', count: 1 }],
  });
});
