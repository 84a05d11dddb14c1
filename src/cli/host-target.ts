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
  named: string | undefined,
  parts?: ReadonlySet<HostPart>,
): Promise<Target> {
  const active = environment['VIRTUAL_ENV'];
  const python = named ?? (active === '' ? undefined : active);
  return hostTarget(machineSources(environment, '.'), { python, ...(parts === undefined ? {} : { parts }) });
}

/** What most packages want to know; Python takes longest to answer. */
const FIRST: ReadonlySet<HostPart> = new Set(['system', 'memory', 'disk', 'node', 'python']);

/**
 * Asks this host while the package is still being looked at.
 * @returns asks for what else is wanted, and gives all of it
 */
export function askThisHost(
  context: Context,
  named: string | undefined,
): (parts: ReadonlySet<HostPart>) => Promise<Target> {
  const first = thisHost(context, named, FIRST);
  // Heard when it is waited for, if it comes to that.
  first.catch(() => {});
  return async (parts) => {
    const rest = new Set([...parts].filter((part) => !FIRST.has(part)));
    const others = await thisHost(context, named, rest);
    return { ...(await first), ...others };
  };
}
