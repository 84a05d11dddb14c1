/** The accelerators that a package requires, against those of a target. */

import type { Requires } from '../../waybill-file/environment.ts';
import { contains, parseSpecifiers } from '../python/specifiers.ts';
import { compareVersions, readVersion } from '../python/version.ts';
import type { Accelerator, Target } from '../target/schema.ts';
import { type Fit, type FitFinding, finding } from './fit.ts';
import type { MemoryEstimate } from './memory-estimate.ts';

type Wanted = NonNullable<Requires['accelerator']>;

export function checkAccelerator(
  { accelerator: wanted }: Requires,
  { accelerators }: Target,
  { weightsMiB }: MemoryEstimate,
): readonly FitFinding[] {
  if (wanted === undefined) return [];
  const required = describe(wanted);
  const common = { rule: 'compat-accelerator', subject: 'accelerator', required };
  if (accelerators === undefined)
    return [
      finding('cannot-tell', { ...common, message: `needs ${required}, and the target does not say what it has` }),
    ];
  const ofKind = accelerators.filter(({ kind }) => kind === wanted.kind);
  const found = accelerators.map(describeOwn).join('; ') || 'none';
  const remedy = `Choose a machine with ${required}`;
  if (ofKind.length === 0)
    return [
      finding('does-not-fit', {
        ...common,
        found,
        message: `needs ${required}, and there is ${found === 'none' ? 'no accelerator' : `only ${found}`}`,
        remedy,
      }),
    ];
  const looks = ofKind.map((own) => ({ own, ...compare(wanted, own) }));
  const count = wanted.count ?? 1;
  const number = (fits: readonly Fit[]) =>
    looks.filter(({ fit }) => fits.includes(fit)).reduce((sum, { own }) => sum + (own.count ?? 1), 0);
  const reasons = looks.flatMap((look) => look.reasons).join('; ');
  const isEnough = number(['fits']) >= count;
  if (!isEnough && number(['fits', 'cannot-tell']) < count) {
    const message =
      reasons === ''
        ? `needs ${count} of ${wanted.kind}, and there ${number(['fits']) === 1 ? 'is one' : `are ${number(['fits'])}`}`
        : reasons;
    return [
      finding('does-not-fit', {
        ...common,
        found,
        message,
        remedy: reasonRemedy(looks.flatMap(({ remedies }) => remedies)) ?? remedy,
      }),
    ];
  }
  if (!isEnough) return [finding('cannot-tell', { ...common, found, message: reasons })];
  // The weights lie in its memory: all of those that are asked for together.
  const room = looks.filter(({ fit }) => fit === 'fits').map(({ own }) => own.memoryMiB);
  const least = Math.min(...room.map((memory) => memory ?? Number.POSITIVE_INFINITY));
  if (Number.isFinite(least) && least * count < weightsMiB)
    return [
      finding('does-not-fit', {
        ...common,
        found,
        message: `the weights alone take ${weightsMiB} MiB, and ${count === 1 ? 'it has' : `${count} of them have`} ${least * count} MiB`,
        remedy: 'Choose accelerators with more memory, more of them, or smaller weights',
      }),
    ];
  return [finding('fits', { ...common, found, message: `has ${found}` })];
}

interface Look {
  readonly fit: Fit;
  readonly reasons: readonly string[];
  readonly remedies: readonly string[];
}

function compare(wanted: Wanted, own: Accelerator): Look {
  const reasons: string[] = [];
  const remedies: string[] = [];
  let isKnown = true;
  const name = own.name ?? own.kind;
  const unknown = (what: string) => {
    isKnown = false;
    reasons.push(`${what} of ${name} is not known`);
  };
  let isRefused = false;
  const refuse = (reason: string, remedy?: string) => {
    isRefused = true;
    reasons.push(reason);
    if (remedy !== undefined) remedies.push(remedy);
  };
  if (wanted.memoryMiB !== undefined) {
    if (own.memoryMiB === undefined) unknown('the memory');
    else if (own.memoryMiB < wanted.memoryMiB)
      refuse(`needs ${wanted.memoryMiB} MiB of its memory, ${name} has ${own.memoryMiB} MiB`);
  }
  if (wanted.driver !== undefined) {
    if (own.driver === undefined || readVersion(own.driver) === undefined) unknown('the driver');
    else if (!contains(parseSpecifiers(wanted.driver), own.driver))
      refuse(`needs driver ${wanted.driver}, ${name} has ${own.driver}`, `Install a driver ${wanted.driver}`);
  }
  if (wanted.computeCapability !== undefined) {
    const [least, has] = [readVersion(wanted.computeCapability), readVersion(own.computeCapability ?? '')];
    if (least === undefined || has === undefined) unknown('the compute capability');
    else if (compareVersions(has, least) < 0)
      refuse(`needs compute capability ${wanted.computeCapability}, ${name} has ${own.computeCapability}`);
  }
  return { fit: isRefused ? 'does-not-fit' : isKnown ? 'fits' : 'cannot-tell', reasons, remedies };
}

/** A driver can be installed; for anything else another machine is needed. */
function reasonRemedy(remedies: readonly string[]): string | undefined {
  return remedies.length === 1 ? remedies[0] : undefined;
}

function describe({ kind, count, memoryMiB, driver, computeCapability }: Wanted): string {
  const parts = [
    ...(memoryMiB === undefined ? [] : [`${memoryMiB} MiB`]),
    ...(driver === undefined ? [] : [`driver ${driver}`]),
    ...(computeCapability === undefined ? [] : [`compute capability ${computeCapability}`]),
  ];
  return `${count === undefined || count === 1 ? '' : `${count} × `}${kind}${parts.length === 0 ? '' : ` (${parts.join(', ')})`}`;
}

function describeOwn({ kind, name, count, memoryMiB, driver }: Accelerator): string {
  const parts = [
    ...(memoryMiB === undefined ? [] : [`${memoryMiB} MiB`]),
    ...(driver === undefined ? [] : [`driver ${driver}`]),
  ];
  return `${count === undefined || count === 1 ? '' : `${count} × `}${name ?? kind}${parts.length === 0 ? '' : ` (${parts.join(', ')})`}`;
}
