/**
 * What cgroups let a process use: `memory.max` and `cpu.max` of version 2, `memory.limit_in_bytes` and
 * `cpu.cfs_quota_us` of version 1, in its own group and those above. "Control Group v2" of the kernel's documentation.
 */
import type { HostSources } from './sources.ts';

export interface CgroupLimits {
  /** Bytes. */
  readonly memory?: number;
  readonly cpus?: number;
}

/** Groups lie a dozen deep in clusters. */
const MAX_CGROUP_DEPTH = 64;
/** What version 1 says for "no limit" is near to 2^63. */
const NO_LIMIT = 2 ** 60;
const ROOT = '/sys/fs/cgroup';

export function cgroupLimits({ read }: HostSources): CgroupLimits {
  const groups = (read('/proc/self/cgroup') ?? '').split('\n').flatMap((line) => {
    const [, controllers = '', path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    return path === undefined ? [] : [{ controllers: controllers.split(','), path }];
  });
  const memory: number[] = [];
  const cpus: number[] = [];
  for (const { controllers, path } of groups) {
    const isUnified = controllers[0] === '';
    for (const group of upwardsFrom(path)) {
      if (isUnified) {
        for (const folder of [`${ROOT}${group}`, `${ROOT}/unified${group}`]) {
          memory.push(numberIn(read(`${folder}/memory.max`)));
          const [quota = '', period = ''] = (read(`${folder}/cpu.max`) ?? '').trim().split(/\s+/);
          cpus.push(numberIn(quota) / numberIn(period));
        }
      }
      if (controllers.includes('memory')) memory.push(numberIn(read(`${ROOT}/memory${group}/memory.limit_in_bytes`)));
      if (controllers.includes('cpu')) {
        for (const name of new Set([controllers.join(','), 'cpu', 'cpu,cpuacct'])) {
          const quota = numberIn(read(`${ROOT}/${name}${group}/cpu.cfs_quota_us`));
          cpus.push(quota / numberIn(read(`${ROOT}/${name}${group}/cpu.cfs_period_us`)));
        }
      }
    }
  }
  const least = Math.min(...memory.filter((value) => value > 0 && value < NO_LIMIT));
  const fewest = Math.min(...cpus.filter((value) => value > 0 && value < NO_LIMIT));
  return {
    ...(Number.isFinite(least) ? { memory: least } : {}),
    ...(Number.isFinite(fewest) ? { cpus: Math.round(fewest * 1000) / 1000 } : {}),
  };
}

/** Its own folder and each above it. Within a container only the last, the root, may be there. */
function upwardsFrom(path: string): readonly string[] {
  const parts = path
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..')
    .slice(0, MAX_CGROUP_DEPTH);
  return Array.from({ length: parts.length + 1 }, (_, above) =>
    parts
      .slice(0, parts.length - above)
      .map((part) => `/${part}`)
      .join(''),
  );
}

/** NaN for `max`, for -1 and for what is not there. */
function numberIn(text: string | undefined): number {
  return /^\d{1,20}$/.test(text?.trim() ?? '') ? Number(text) : Number.NaN;
}
