/** A hub that is fuzzed and watched meanwhile: what it holds in memory and what it has open must not grow. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type FuzzReport, fuzz } from './_fuzz.ts';
import { serveHub } from './_served.ts';

const MIB = 1024 * 1024;
/** V8 takes some more as long as it has enough; what leaks grows with the requests. */
const MAX_GROWTH = 150 * MIB;
const MAX_MEMORY = 600 * MIB;
/** Connections that `fetch` keeps for the next request; each lane of the fuzzer has some. */
const MAX_LEFT_OPEN = 16;
/** Connections that have ended are noticed a moment later. */
const LOOKS = 100;

export interface Measured extends FuzzReport {
  readonly statuses: ReadonlyMap<number, number>;
  /** Bytes, after a tenth of the requests and after all. */
  readonly memory: readonly [number | undefined, number | undefined];
}

export async function fuzzAndMeasure(
  folder: string,
  options: { seed: number; requests: number; progress?: (sent: number) => void },
): Promise<Measured> {
  await using hub = await serveHub(folder);
  const descriptors = hub.descriptors();
  let early: number | undefined;
  const report = await fuzz(hub, {
    ...options,
    progress(sent) {
      if (sent > options.requests / 10) early ??= hub.memory();
      options.progress?.(sent);
    },
  });
  const late = hub.memory();
  const violations = [...report.violations, ...hub.faults];
  if (early !== undefined && late !== undefined && (late > MAX_MEMORY || late - early > MAX_GROWTH))
    violations.push(`the hub held ${early} bytes after a tenth of the requests and ${late} after all`);
  if (hub.child.exitCode !== null || hub.child.signalCode !== null) violations.push('the hub has ended');
  if (descriptors !== undefined) {
    let open = hub.descriptors() ?? 0;
    for (let looks = 0; open > descriptors + MAX_LEFT_OPEN && looks < LOOKS; looks++) {
      await sleep(100);
      open = hub.descriptors() ?? 0;
    }
    if (open > descriptors + MAX_LEFT_OPEN) violations.push(`${descriptors} files were open before, ${open} are now`);
  }
  return { ...report, violations, statuses: hub.statuses, memory: [early, late] };
}
