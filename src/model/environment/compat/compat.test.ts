import fc from 'fast-check';
import { expect, test } from 'vitest';
import { safetensorsOf } from '../../../../test/_support/model-files.ts';
import { requires, type ViewParts, viewOf } from '../../../../test/_support/package-view.ts';
import { runs } from '../../../../test/_support/properties.ts';
import type { Target } from '../target/schema.ts';
import { compat } from './compat.ts';

const EDGE: Target = {
  target: 1,
  os: 'linux',
  kernel: '6.8.0',
  architecture: 'amd64',
  libc: { kind: 'glibc', version: '2.36' },
  cpu: { features: ['avx2', 'avx512f', 'avx512_vnni', 'pni', 'sse4_2'] },
  memory: { totalMiB: 8192 },
  disk: { freeMiB: 1000 },
  accelerators: [
    { kind: 'cuda', name: 'NVIDIA L4', count: 2, memoryMiB: 23034, driver: '550.54.15', computeCapability: '8.9' },
  ],
  containers: { podman: '5.2.3' },
  python: {
    version: '3.12.4',
    implementation: 'cpython',
    packages: { numpy: '2.1.0', NumPy_Financial: '1.0', torch: '2.9.1+cu126' },
  },
  node: '24.21.0',
};

/** Rule and answer of each finding, in their order. */
async function answers(parts: ViewParts, target: Target = EDGE): Promise<readonly string[]> {
  const { findings } = await compat(viewOf(parts), target);
  return findings.map(({ rule, fit }) => `${rule.replace('compat-', '')} ${fit}`);
}

const without = (...keys: readonly (keyof Target)[]): Target => {
  const rest: Record<string, unknown> = { ...EDGE };
  for (const key of keys) delete rest[key];
  return rest as Target;
};

/** What is required, and the key of the target that decides it. */
test.each<[string, string, keyof Target, string]>([
  ['os: [linux]', 'os: [darwin, windows]', 'os', 'os'],
  ['architecture: [arm64, amd64]', 'architecture: [arm64]', 'architecture', 'architecture'],
  ['libc: { glibc: ">=2.28", musl: ">=1" }', 'libc: { glibc: ">=2.38" }', 'libc', 'libc'],
  ['libc: { glibc: "~=2.36" }', 'libc: { musl: ">=1" }', 'libc', 'libc'],
  ['cpuFeatures: [AVX2, avx512-vnni, sse3, SSE4.2, avx512]', 'cpuFeatures: [avx2, amx]', 'cpu', 'cpu'],
  ['memoryMiB: 8192', 'memoryMiB: 8193', 'memory', 'memory'],
  ['diskMiB: 1000', 'diskMiB: 1001', 'disk', 'disk'],
  ['accelerator: { kind: cuda }', 'accelerator: { kind: rocm }', 'accelerators', 'accelerator'],
  ['accelerator: { kind: cuda, count: 2 }', 'accelerator: { kind: cuda, count: 3 }', 'accelerators', 'accelerator'],
  [
    'accelerator: { kind: cuda, memoryMiB: 23000 }',
    'accelerator: { kind: cuda, memoryMiB: 24000 }',
    'accelerators',
    'accelerator',
  ],
  [
    'accelerator: { kind: cuda, driver: ">=550,<600" }',
    'accelerator: { kind: cuda, driver: ">=560" }',
    'accelerators',
    'accelerator',
  ],
  [
    'accelerator: { kind: cuda, computeCapability: "8.0" }',
    'accelerator: { kind: cuda, computeCapability: "9.0" }',
    'accelerators',
    'accelerator',
  ],
  ['python: ">=3.11"', 'python: ">=3.13"', 'python', 'python'],
  ['libraries: { NUMPY: ">=2,<3", numpy-financial: "" }', 'libraries: { numpy: "<2" }', 'python', 'library'],
  ['libraries: { torch: "==2.9.1" }', 'libraries: { torch: "==2.9.1+cu118" }', 'python', 'library'],
  ['node: ">=24"', 'node: ">=26"', 'node', 'node'],
])('compat() says that %s fits, %s does not, and without %s that it cannot tell', async (good, bad, key, rule) => {
  const of = async (text: string, target: Target) =>
    new Set((await answers({ more: requires(text) }, target)).filter((answer) => answer.startsWith(rule)));
  expect(await of(good, EDGE)).toEqual(new Set([`${rule} fits`]));
  expect(await of(bad, EDGE)).toEqual(new Set([`${rule} does-not-fit`]));
  expect(await of(good, without(key))).toEqual(new Set([`${rule} cannot-tell`]));
});

test('compat() decides by what does not fit, then by what cannot be told', async () => {
  const verdict = async (text: string, target: Target = EDGE) =>
    (await compat(viewOf({ more: requires(text) }), target)).verdict;
  expect(await verdict('os: [linux], python: ">=3.9"')).toBe('fits');
  expect(await verdict('os: [linux], python: ">=3.9"', without('python'))).toBe('cannot-tell');
  expect(await verdict('os: [darwin], python: ">=3.9"', without('python'))).toBe('does-not-fit');
});

test('compat() names first what to change first', async () => {
  const text = 'libraries: { scipy: "" }, python: "<3", memoryMiB: 9000, os: [linux], node: ">=20"';
  expect(await answers({ more: requires(text) }, without('node'))).toEqual([
    'memory does-not-fit',
    'python does-not-fit',
    'library does-not-fit',
    'node cannot-tell',
    'os fits',
  ]);
});

test('compat() does not take silence for a yes', async () => {
  expect(await answers({})).toEqual(['unstated cannot-tell']);
  expect((await compat(viewOf({ more: requires('os: [linux]') }), { target: 1 })).verdict).toBe('cannot-tell');
});

test('compat() knows what is known to be absent', async () => {
  const bare: Target = { target: 1, python: null, node: null, accelerators: [], containers: {} };
  const image = `baseImage: "python@sha256:${'a'.repeat(64)}"`;
  const text = `python: ">=3", libraries: { numpy: "" }, node: ">=1", accelerator: { kind: metal }, ${image}`;
  expect(await answers({ more: requires(text) }, bare)).toEqual([
    'accelerator does-not-fit',
    'image does-not-fit',
    'python does-not-fit',
    'node does-not-fit',
    'library does-not-fit',
  ]);
  expect(await answers({ more: requires(image) })).toEqual(['image fits']);
});

test('compat() counts accelerators that are alike in what is asked for, and only those', async () => {
  const unknown: Target = {
    target: 1,
    accelerators: [
      { kind: 'cuda', driver: '550.1' },
      { kind: 'cuda', driver: '470.2', memoryMiB: 24_000 },
    ],
  };
  const of = (text: string) => answers({ more: requires(`accelerator: { kind: cuda, ${text} }`) }, unknown);
  expect(await of('driver: ">=500"')).toEqual(['accelerator fits']);
  expect(await of('driver: ">=500", count: 2')).toEqual(['accelerator does-not-fit']);
  expect(await of('memoryMiB: 20000, count: 2')).toEqual(['accelerator cannot-tell']);
  expect(await of('memoryMiB: 20000, driver: ">=500"')).toEqual(['accelerator cannot-tell']);
});

const weights = (mebibytes: number) => ({
  'weights/model.safetensors': safetensorsOf(
    JSON.stringify({ a: { dtype: 'F32', shape: [mebibytes * 2 ** 18], data_offsets: [0, mebibytes * 2 ** 20] } }),
    mebibytes * 2 ** 20,
  ),
});

test.each([
  ['fits where there is plenty', 2, 'memory fits'],
  ['cannot be told where there is little', 40, 'memory cannot-tell'],
  ['does not fit where the weights alone are too large', 110, 'memory does-not-fit'],
])('compat() estimates memory: %s', async (_, size, answer) => {
  const small: Target = { target: 1, memory: { totalMiB: 8000, limitMiB: size === 2 ? 600 : 100 } };
  const { findings, memory } = await compat(viewOf({ more: requires('os: [linux]'), files: weights(size) }), small);
  expect(memory.leastMiB).toBe(size);
  expect(findings.map(({ rule, fit }) => `${rule.slice(7)} ${fit}`)).toContain(answer);
});

test('compat() adds inputs and outputs at the declared batch to the estimate, and says how', async () => {
  const more = `runtime: { engine: onnx, batch: { max: 16 } }
interface:
  inputs: [{ name: a, datatype: FP32, shape: [-1, 512, 512] }, { name: t, datatype: BYTES, shape: [-1] }]
  outputs: [{ name: b, datatype: INT64, shape: [n, k, 131072] }]`;
  const { memory } = await compat(viewOf({ more, files: { 'weights/x.bin': Buffer.alloc(1024 ** 2) } }), EDGE);
  expect(memory).toMatchObject({ weightsMiB: 1, interfaceMiB: 32, leastMiB: 33 });
  expect(memory.how.join()).toMatch(/by size alone.*batch of 16.*counted as 1/);
});

test('compat() does not believe a package that says it takes less than its weights', async () => {
  const target: Target = { target: 1, memory: { totalMiB: 30 } };
  expect(await answers({ more: requires('memoryMiB: 8'), files: weights(31) }, target)).toEqual([
    'memory does-not-fit',
  ]);
});

test('compat() puts weights into the memory of the accelerator, where there is one', async () => {
  const target: Target = {
    target: 1,
    memory: { totalMiB: 10 },
    accelerators: [{ kind: 'cuda', count: 2, memoryMiB: 20 }],
  };
  const of = (count: number) =>
    answers({ more: requires(`accelerator: { kind: cuda, count: ${count} }`), files: weights(31) }, target);
  expect(await of(1)).toEqual(['accelerator does-not-fit']);
  expect(await of(2)).toEqual(['accelerator fits']);
});

test('compat() wants room for what is not unpacked yet', async () => {
  const target: Target = { target: 1, disk: { freeMiB: 2 }, memory: { totalMiB: 4000 } };
  expect(await answers({ more: requires('os: [linux]'), files: weights(3), isUnpacked: false }, target)).toContain(
    'disk does-not-fit',
  );
  expect(await answers({ more: requires('os: [linux]'), files: weights(3) }, target)).not.toContain(
    'disk does-not-fit',
  );
});

test('compat() gets no better an answer from knowing less', async () => {
  const more = `environment:
  requires: { os: [linux], architecture: [arm64], libc: { glibc: ">=2.28" }, cpuFeatures: [avx2, amx], memoryMiB: 100, diskMiB: 5, accelerator: { kind: cuda, memoryMiB: 1000 }, python: ">=3.9", libraries: { numpy: "<2", torch: "" }, node: ">=20" }
  locks: [requirements.lock]`;
  const view = viewOf({
    more,
    files: { ...weights(1), 'requirements.lock': 'numpy==2.1.0\nscipy==1.0; sys_platform == "win32"\n' },
  });
  const rank = { fits: 0, 'cannot-tell': 1, 'does-not-fit': 1 };
  const fitsOf = async (target: Target) => {
    const worst = new Map<string, number>();
    for (const { rule, subject, fit } of (await compat(view, target)).findings)
      worst.set(`${rule} ${subject}`, Math.max(worst.get(`${rule} ${subject}`) ?? 0, rank[fit]));
    return worst;
  };
  const all = await fitsOf(EDGE);
  await fc.assert(
    fc.asyncProperty(
      fc.subarray(Object.keys(EDGE).filter((key) => key !== 'target') as (keyof Target)[]),
      async (keys) => {
        for (const [requirement, fit] of await fitsOf(without(...keys)))
          expect(fit, `${requirement} without ${keys.join()}`).toBeGreaterThanOrEqual(all.get(requirement) ?? 0);
      },
    ),
    runs(200),
  );
});
