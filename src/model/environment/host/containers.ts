/** What runs containers on a host, by what each program says of its own version. */
import type { Target } from '../target/schema.ts';
import { type HostSources, printed } from './sources.ts';

/** Program, its name in a target, and how it says its version. */
const RUNTIMES: readonly (readonly [string, string, RegExp])[] = [
  ['docker', 'docker', /^Docker version v?(\d+\.\d+[\w.+~-]*)/m],
  ['podman', 'podman', /^podman version v?(\d+\.\d+[\w.+~-]*)/m],
  ['containerd', 'containerd', /^containerd \S+ v?(\d+\.\d+[\w.+~-]*)/m],
  ['nerdctl', 'nerdctl', /^nerdctl version v?(\d+\.\d+[\w.+~-]*)/m],
  ['crio', 'cri-o', /^(?:crio version|Version:)\s+v?(\d+\.\d+[\w.+~-]*)/m],
];

export async function containerFacts(sources: HostSources): Promise<Partial<Target>> {
  const found = await Promise.all(
    RUNTIMES.map(async ([program, name, form]) => {
      // `docker` may be podman under another name; then it says so, and has no version of its own.
      const [, version] = form.exec((await printed(sources, program, ['--version'])) ?? '') ?? [];
      return version === undefined ? [] : [[name, version.slice(0, 100)] as const];
    }),
  );
  return { containers: Object.fromEntries(found.flat()) };
}
