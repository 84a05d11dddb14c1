/** Whether a package will run on a target: each requirement against what is known of the machine. */
import type { Requires } from '../../waybill-file/environment.ts';
import type { Target } from '../target/schema.ts';
import { checkAccelerator } from './accelerator.ts';
import { type Fit, type FitFinding, finding, inOrder, verdictOfFits } from './fit.ts';
import { checkFormats } from './formats.ts';
import { checkLocks } from './locks.ts';
import { checkMachine } from './machine.ts';
import { estimateMemory, type MemoryEstimate } from './memory-estimate.ts';
import type { PackageView } from './package-view.ts';
import { checkLibraries, checkPython, installedOf } from './python.ts';
import { checkDisk, checkMemory } from './room.ts';
import { lookAtWeights, type Weights } from './weights.ts';

export interface Compatibility {
  /** Any "does not" decides, then any "cannot tell". */
  readonly verdict: Fit;
  /** What to change first stands first. */
  readonly findings: readonly FitFinding[];
  readonly memory: MemoryEstimate;
}

/** A package that an adapter is loaded on top of. */
export interface BaseView {
  /** As the adapter names it. */
  readonly ref: string;
  /** Undefined where it is in none of the stores at hand. */
  readonly view: PackageView | undefined;
}

/** @throws WaybillError when the package cannot be read */
export async function compat(
  view: PackageView,
  target: Target,
  bases: readonly BaseView[] = [],
): Promise<Compatibility> {
  const requires: Requires = view.file?.environment?.requires ?? {};
  const paths = view.file?.environment?.locks ?? [];
  const weights = [...(await lookAtWeights(view)), ...(await weightsOfBases(bases))];
  const memory = estimateMemory(view.file, weights);
  const locks = await checkLocks(view, paths, target);
  const findings = [
    ...checkMachine(requires, target),
    ...checkAccelerator(requires, target, memory),
    ...checkMemory(requires, target, memory),
    ...checkDisk(requires, target, view),
    ...checkPython(requires, target),
    ...checkFormats(weights, requires, { installed: installedOf(target), locks }),
    ...checkLibraries(requires, target),
    ...locks.findings,
    ...bases.filter(({ view }) => view === undefined).map(({ ref }) => absentBase(ref)),
    ...(Object.keys(requires).length === 0 && paths.length === 0 ? [unstated()] : []),
  ];
  return { verdict: verdictOfFits(findings), findings: inOrder(findings), memory };
}

async function weightsOfBases(bases: readonly BaseView[]): Promise<readonly Weights[]> {
  const found: Weights[] = [];
  for (const { ref, view } of bases)
    if (view !== undefined)
      found.push(...(await lookAtWeights(view)).map((weights) => ({ ...weights, path: `${ref} ${weights.path}` })));
  return found;
}

function absentBase(ref: string): FitFinding {
  return finding('cannot-tell', {
    rule: 'compat-base',
    subject: ref,
    message: 'is the base of the adapter, and in none of the stores at hand: what it needs is not known',
    remedy: `waybill pull ${ref}`,
  });
}

/** Nothing asked for is nothing known: that is no pass. */
function unstated(): FitFinding {
  return finding('cannot-tell', {
    rule: 'compat-unstated',
    subject: 'waybill.yaml',
    message: 'says nothing of where the model runs',
    remedy: 'State environment.requires: os, architecture, memoryMiB, python, libraries',
  });
}
