/** Operating system, kernel, C library and architecture of a host. */
import { known } from '../known.ts';
import type { Target } from '../target/schema.ts';
import { type HostSources, printed } from './sources.ts';

/** Names of containers (GOARCH) for those of Node. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', ppc64: 'ppc64le' };

export async function systemFacts(sources: HostSources): Promise<Partial<Target>> {
  const { platform, architecture, release } = sources;
  const os = platform === 'win32' ? 'windows' : platform === 'linux' || platform === 'darwin' ? platform : undefined;
  return {
    ...known('os', os),
    ...known('distribution', await distributionOf(sources)),
    ...known('kernel', release),
    ...known('architecture', ARCHITECTURES[architecture] ?? architecture),
    ...known('libc', platform === 'linux' ? await libcOf(sources) : undefined),
  };
}

async function distributionOf(sources: HostSources): Promise<string | undefined> {
  if (sources.platform === 'darwin') {
    const version = (await printed(sources, 'sw_vers', ['-productVersion']))?.trim();
    return version === undefined || version === '' ? undefined : `macOS ${version.slice(0, 100)}`;
  }
  const text = sources.read('/etc/os-release') ?? sources.read('/usr/lib/os-release') ?? '';
  const name = /^PRETTY_NAME=(?:"([^"\n]{1,200})"|'([^'\n]{1,200})'|([^\s"']{1,200}))\s*$/m.exec(text);
  return name?.[1] ?? name?.[2] ?? name?.[3];
}

/** glibc says its version by getconf; musl has none of that, and its loader says it on stderr. */
async function libcOf(sources: HostSources): Promise<Target['libc']> {
  const [, glibc] =
    /^glibc (\d+(?:\.\d+)+)/.exec((await printed(sources, 'getconf', ['GNU_LIBC_VERSION'])) ?? '') ?? [];
  if (glibc !== undefined) return { kind: 'glibc', version: glibc };
  const ldd = await sources.run('ldd', ['--version']);
  const said = `${ldd?.stdout ?? ''}\n${ldd?.stderr ?? ''}`;
  if (/^musl libc/m.test(said))
    return { kind: 'musl', ...known('version', /^Version (\d+(?:\.\d+)+)/m.exec(said)?.[1]) };
  const gnu = /^ldd \([^)\n]*\) (\d+(?:\.\d+)+)/m.exec(said)?.[1];
  return gnu === undefined ? undefined : { kind: 'glibc', version: gnu };
}
