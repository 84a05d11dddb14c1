/** Machines that are not here: their files and what their programs print, as sources of facts. */
import path from 'node:path';
import type { HostSources, Ran } from '../../src/model/environment/host/sources.ts';

export interface RecordedHost {
  readonly platform?: NodeJS.Platform;
  readonly architecture?: string;
  readonly release?: string;
  readonly files?: Readonly<Record<string, string>>;
  /** By the whole line: `nvidia-smi --query…`. A line that begins with one of these is answered too. */
  readonly programs?: Readonly<Record<string, string | Partial<Ran>>>;
  readonly freeRoom?: number;
  readonly programFolders?: readonly string[];
}

export function recordedHost(host: RecordedHost): HostSources {
  const { files = {}, programs = {} } = host;
  const places = Object.keys(files);
  return {
    platform: host.platform ?? 'linux',
    architecture: host.architecture ?? 'x64',
    release: host.release ?? '6.8.0-45-generic',
    node: '24.21.0',
    programFolders: host.programFolders ?? ['/usr/bin'],
    read: (file, limit) => (Object.hasOwn(files, file) ? files[file]?.slice(0, limit) : undefined),
    list: (folder) => {
      const inside = places.filter((place) => place.startsWith(`${folder}/`));
      const names = new Set(inside.map((place) => place.slice(folder.length + 1).split(path.sep)[0] ?? ''));
      return names.size === 0 ? undefined : [...names];
    },
    has: (place) => places.some((one) => one === place || one.startsWith(`${place}/`)),
    run: async (program, words) => {
      const line = [program, ...words].join(' ');
      const known = Object.hasOwn(programs, line)
        ? line
        : Object.keys(programs).find((start) => line.startsWith(`${start} `));
      if (known === undefined) return undefined;
      const answer = programs[known];
      return typeof answer === 'string'
        ? { status: 0, stdout: answer, stderr: '' }
        : { status: 0, stdout: '', stderr: '', ...answer };
    },
    freeRoom: () => host.freeRoom,
  };
}
