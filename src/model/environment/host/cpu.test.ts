import { expect, test } from 'vitest';
import { type RecordedHost, recordedHost } from '../../../../test/_support/recorded-host.ts';
import { cpuFacts } from './cpu.ts';

const cpuOf = async (host: RecordedHost) => (await cpuFacts(recordedHost(host))).cpu;

const XEON = `processor\t: 0
vendor_id\t: GenuineIntel
model name\t: Intel(R) Xeon(R) Gold 6438M
flags\t\t: fpu sse sse2 pni sse4_1 sse4_2 avx avx2 fma avx512f avx512_vnni amx_bf16 amx_tile amx_int8

processor\t: 1
model name\t: Intel(R) Xeon(R) Gold 6438M
flags\t\t: fpu
`;
const GRAVITON = `processor\t: 0
BogoMIPS\t: 2100.00
Features\t: fp asimd evtstrm aes sve i8mm bf16 dcpodp
CPU implementer\t: 0x41
`;

test('cpuFacts() of an x86 with AMX', async () => {
  expect(await cpuOf({ files: { '/proc/cpuinfo': XEON } })).toEqual({
    model: 'Intel(R) Xeon(R) Gold 6438M',
    count: 2,
    features: 'amx_bf16 amx_int8 amx_tile avx avx2 avx512_vnni avx512f fma fpu pni sse sse2 sse4_1 sse4_2'.split(' '),
  });
});

test('cpuFacts() of an Arm with SVE, under both names of its vectors', async () => {
  const files = { '/proc/cpuinfo': GRAVITON, '/sys/devices/system/cpu/online': '0-62,64\n' };
  expect(await cpuOf({ architecture: 'arm64', files })).toEqual({
    count: 64,
    features: 'aes asimd bf16 dcpodp evtstrm fp i8mm neon sve'.split(' '),
  });
});

test('cpuFacts() of a chip by Apple, and of an Intel Mac', async () => {
  const apple = `machdep.cpu.brand_string: Apple M3 Max
hw.optional.neon: 1
hw.optional.AdvSIMD: 1
hw.optional.arm.FEAT_DotProd: 1
hw.optional.arm.FEAT_BF16: 1
hw.optional.arm.FEAT_SME: 0
hw.logicalcpu: 16
`;
  const line = 'sysctl machdep.cpu hw.optional hw.logicalcpu';
  expect(await cpuOf({ platform: 'darwin', architecture: 'arm64', programs: { [line]: apple } })).toEqual({
    model: 'Apple M3 Max',
    count: 16,
    features: ['asimd', 'asimddp', 'bf16', 'fp', 'neon'],
    hasAllFeatures: false,
  });
  const intel = `machdep.cpu.brand_string: Intel(R) Core(TM) i7-9750H CPU @ 2.60GHz
machdep.cpu.features: FPU SSE3 SSE4.1 SSE4.2 AVX1.0 FMA
machdep.cpu.leaf7_features: AVX2 BMI2
hw.logicalcpu: 12
hw.optional.avx2_0: 1
`;
  expect(await cpuOf({ platform: 'darwin', programs: { [line]: intel } })).toEqual({
    model: 'Intel(R) Core(TM) i7-9750H CPU @ 2.60GHz',
    count: 12,
    features: ['avx', 'avx2', 'bmi2', 'fma', 'fpu', 'pni', 'sse4_1', 'sse4_2'],
  });
});

test('cpuFacts() takes what a cgroup leaves of it', async () => {
  const files = {
    '/proc/cpuinfo': XEON,
    '/proc/self/cgroup': '0::/pod/a\n',
    '/sys/fs/cgroup/pod/cpu.max': '150000 100000\n',
  };
  expect((await cpuOf({ files }))?.quota).toBe(1.5);
});

test('cpuFacts() ends soon on a giant list, and leaves out what is none', async () => {
  const giant = `flags\t: ${'avx512_'.repeat(100_000)} ${Array.from({ length: 50_000 }, (_, at) => `f${at}`).join(' ')}\n`;
  expect((await cpuOf({ files: { '/proc/cpuinfo': giant } }))?.features).toHaveLength(1000);
  expect(
    await cpuOf({ files: { '/proc/cpuinfo': '\0\0: flags\n', '/sys/devices/system/cpu/online': '0-9999999999' } }),
  ).toBeUndefined();
  expect(await cpuOf({})).toBeUndefined();
});
