/** This host as a target, for the verbs that look at it. */
import { type HostPart, hostTarget } from '../model/environment/host/host.ts';
import { machineSources } from '../model/environment/host/machine.ts';
import type { Target } from '../model/environment/target/schema.ts';
import type { Option } from './command.ts';
import type { Context } from './context.ts';

export const pythonOption: Option = {
  value: 'PATH',
  description: 'The Python to look at, or the folder of its virtual environment (default: $VIRTUAL_ENV, or python3)',
};

/** @param parts those that are wanted; all if absent */
export function thisHost(
  { environment }: Context,
  python: string | undefined,
  parts?: ReadonlySet<HostPart>,
): Promise<Target> {
  const active = environment['VIRTUAL_ENV'];
  const named = python ?? (active === '' ? undefined : active);
  return hostTarget(machineSources(environment, '.'), { python: named, ...(parts === undefined ? {} : { parts }) });
}
