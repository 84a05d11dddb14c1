import { expect, test } from 'vitest';
import { recordedHost } from '../../../../test/_support/recorded-host.ts';
import { cgroupLimits } from './cgroup.ts';
import { diskFacts, memoryFacts } from './memory.ts';

const TOTAL = { '/proc/meminfo': 'MemTotal:       16384000 kB\nMemFree:         1000 kB\n' };
const memoryOf = async (files: Record<string, string>) =>
  (await memoryFacts(recordedHost({ files: { ...TOTAL, ...files } }))).memory;

test('memoryFacts() of a machine without limits', async () => {
  expect(await memoryOf({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/memory.max': 'max\n' })).toEqual({
    totalMiB: 16000,
  });
});

test('memoryFacts() takes the least of a cgroup, version 2, and those above it', async () => {
  const files = {
    '/proc/self/cgroup': '0::/kubepods/burstable/pod1\n',
    '/sys/fs/cgroup/kubepods/burstable/pod1/memory.max': 'max\n',
    '/sys/fs/cgroup/kubepods/burstable/memory.max': `${2048 * 1024 ** 2}\n`,
    '/sys/fs/cgroup/kubepods/memory.max': `${4096 * 1024 ** 2}\n`,
  };
  expect(await memoryOf(files)).toEqual({ totalMiB: 16000, limitMiB: 2048 });
});

test('memoryFacts() within a container, version 2: its own group is the root', async () => {
  expect(await memoryOf({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/memory.max': '536870912\n' })).toEqual({
    totalMiB: 16000,
    limitMiB: 512,
  });
});

test('memoryFacts() within a container, version 1: the path of the host is not there', async () => {
  const files = {
    '/proc/self/cgroup': '5:memory:/docker/0123\n3:cpu,cpuacct:/docker/0123\n0::/docker/0123\n',
    '/sys/fs/cgroup/memory/memory.limit_in_bytes': '268435456\n',
    '/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us': '50000\n',
    '/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us': '100000\n',
  };
  expect(await memoryOf(files)).toEqual({ totalMiB: 16000, limitMiB: 256 });
  expect(cgroupLimits(recordedHost({ files })).cpus).toBe(0.5);
});

test('cgroupLimits() knows what version 1 says for no limit', () => {
  const files = {
    '/proc/self/cgroup': '5:memory:/\n3:cpu:/\n',
    '/sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
    '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n',
    '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
  };
  expect(cgroupLimits(recordedHost({ files }))).toEqual({});
});

test.each([
  '0::/../../../etc\n',
  `0::${'/a'.repeat(100_000)}\n`,
  '\0',
  ':::::',
  '0::relative\n',
  '1:memory:/x\n'.repeat(1000),
])('cgroupLimits() says nothing of garbage', (text) => {
  expect(cgroupLimits(recordedHost({ files: { '/proc/self/cgroup': text } }))).toEqual({});
});

test('memoryFacts() of a Mac, diskFacts() of any', async () => {
  const host = recordedHost({
    platform: 'darwin',
    programs: { 'sysctl -n hw.memsize': '68719476736\n' },
    freeRoom: 5 * 1024 ** 3,
  });
  expect(await memoryFacts(host)).toEqual({ memory: { totalMiB: 65536 } });
  expect(await diskFacts(host)).toEqual({ disk: { freeMiB: 5120 } });
  expect(await memoryFacts(recordedHost({}))).toEqual({});
  expect(await diskFacts(recordedHost({}))).toEqual({});
});
