/** This host as a target: each part of it is asked for at once, and what does not answer stays unknown. */
import type { Target } from '../target/schema.ts';
import { TARGET_VERSION } from '../target/version.ts';
import { acceleratorFacts } from './accelerators.ts';
import { containerFacts } from './containers.ts';
import { cpuFacts } from './cpu.ts';
import { diskFacts, memoryFacts } from './memory.ts';
import { type PythonQuestion, pythonFacts } from './python.ts';
import type { HostSources } from './sources.ts';
import { systemFacts } from './system.ts';

/** What a target has of a host, in its order. */
const PARTS = {
  system: systemFacts,
  cpu: cpuFacts,
  memory: memoryFacts,
  disk: diskFacts,
  accelerators: acceleratorFacts,
  containers: containerFacts,
  python: pythonFacts,
  node: async ({ node }: HostSources): Promise<Partial<Target>> => ({ node }),
} as const satisfies Record<string, (sources: HostSources, question: PythonQuestion) => Promise<Partial<Target>>>;

export type HostPart = keyof typeof PARTS;

/** @param parts those that are wanted: to ask for each takes a moment; all if absent */
export async function hostTarget(
  sources: HostSources,
  { parts, ...question }: PythonQuestion & { readonly parts?: ReadonlySet<HostPart> } = {},
): Promise<Target> {
  const wanted = (Object.keys(PARTS) as HostPart[]).filter((part) => parts?.has(part) ?? true);
  const facts = await Promise.all(wanted.map((part) => PARTS[part](sources, question)));
  return Object.assign({ target: TARGET_VERSION }, ...facts);
}
