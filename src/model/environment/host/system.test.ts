import { expect, test } from 'vitest';
import { type RecordedHost, recordedHost } from '../../../../test/_support/recorded-host.ts';
import { systemFacts } from './system.ts';

const facts = (host: RecordedHost) => systemFacts(recordedHost(host));

test('systemFacts() of a Debian with glibc', async () => {
  const files = {
    '/etc/os-release': 'NAME="Debian GNU/Linux"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n',
  };
  expect(await facts({ files, programs: { 'getconf GNU_LIBC_VERSION': 'glibc 2.36\n' } })).toEqual({
    os: 'linux',
    distribution: 'Debian GNU/Linux 12 (bookworm)',
    kernel: '6.8.0-45-generic',
    architecture: 'amd64',
    libc: { kind: 'glibc', version: '2.36' },
  });
});

test('systemFacts() of an Alpine with musl, whose loader speaks on stderr', async () => {
  const stderr =
    'musl libc (aarch64)\nVersion 1.2.5\nDynamic Program Loader\nUsage: /lib/ld-musl-aarch64.so.1 [options]\n';
  const files = { '/usr/lib/os-release': "PRETTY_NAME='Alpine Linux v3.20'\n" };
  const programs = { 'getconf GNU_LIBC_VERSION': { status: 1 }, 'ldd --version': { status: 1, stderr } };
  expect(await facts({ architecture: 'arm64', files, programs })).toMatchObject({
    distribution: 'Alpine Linux v3.20',
    architecture: 'arm64',
    libc: { kind: 'musl', version: '1.2.5' },
  });
});

test('systemFacts() takes ldd where there is no getconf', async () => {
  const programs = { 'ldd --version': 'ldd (Ubuntu GLIBC 2.39-0ubuntu8.3) 2.39\nCopyright (C) 2024\n' };
  expect((await facts({ programs })).libc).toEqual({ kind: 'glibc', version: '2.39' });
});

test('systemFacts() of a Mac', async () => {
  const host = {
    platform: 'darwin',
    architecture: 'arm64',
    release: '23.6.0',
    programs: { 'sw_vers -productVersion': '14.6.1\n' },
  } as const;
  expect(await facts(host)).toEqual({
    os: 'darwin',
    distribution: 'macOS 14.6.1',
    kernel: '23.6.0',
    architecture: 'arm64',
  });
});

test.each([
  { '/etc/os-release': 'PRETTY_NAME=' },
  { '/etc/os-release': `PRETTY_NAME="${'x'.repeat(10_000)}"` },
  { '/etc/os-release': '\0\0\0PRETTY_NAME\n' },
])('systemFacts() leaves out what it cannot read', async (files) => {
  const garbage = { 'getconf GNU_LIBC_VERSION': 'undefined\n', 'ldd --version': '\0\ufffd' };
  expect(await facts({ files, programs: garbage })).toEqual({
    os: 'linux',
    kernel: '6.8.0-45-generic',
    architecture: 'amd64',
  });
});
