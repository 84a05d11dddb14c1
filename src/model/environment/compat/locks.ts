/** The locks of a package against what a target has installed: exactly those versions, or it is not what was tested. */
import { WaybillError } from '../../../base/errors.ts';
import { type LockedPackage, MAX_LOCK_SIZE } from '../lock/lock.ts';
import { type NeededPackage, neededOf } from '../lock/needed.ts';
import { isName } from '../python/name.ts';
import { contains, parseSpecifiers, readSpecifier } from '../python/specifiers.ts';
import { type ReadLock, readLock } from '../read-lock.ts';
import type { Target } from '../target/schema.ts';
import { type FitFinding, finding } from './fit.ts';
import type { PackageView } from './package-view.ts';
import { installedOf, markersOf } from './python.ts';

export interface CheckedLocks {
  readonly findings: readonly FitFinding[];
  /** Versions that the locks pin for this target, by name. */
  readonly pinned: ReadonlyMap<string, string>;
  /** Names that they have at all. */
  readonly named: ReadonlySet<string>;
}

/** More of a long list says nothing more. */
const SHOWN = 5;

export async function checkLocks(view: PackageView, paths: readonly string[], target: Target): Promise<CheckedLocks> {
  const findings: FitFinding[] = [];
  const pinned = new Map<string, string>();
  const named = new Set<string>();
  for (const path of paths) {
    const lock = await tryLock(view, path);
    if ('fit' in lock) {
      findings.push(lock);
      continue;
    }
    const needed = neededOf(lock, markersOf(target));
    for (const { locked, isCertain } of needed) {
      named.add(locked.name);
      if (isCertain && locked.version !== undefined) pinned.set(locked.name, locked.version);
    }
    findings.push(...checkLock(path, lock, { needed, target }));
  }
  return { findings, pinned, named };
}

async function tryLock(view: PackageView, path: string): Promise<ReadLock | FitFinding> {
  const common = { rule: 'compat-lock', subject: path };
  try {
    const text = await view.text(path, MAX_LOCK_SIZE);
    if (text === undefined)
      return finding('cannot-tell', {
        ...common,
        message: 'is named as a lock, and is not in the package',
        remedy: `Add ${path} to a component in waybill.yaml`,
      });
    return await readLock({ path, text, open: (other) => view.text(other, MAX_LOCK_SIZE) });
  } catch (error) {
    if (!(error instanceof WaybillError) || !['UNSUPPORTED', 'LOCK_INVALID', 'LIMIT_EXCEEDED'].includes(error.code))
      throw error;
    return finding('cannot-tell', {
      ...common,
      message: error.message.replace(/^Cannot read [^:]*: /, 'cannot be read: '),
      ...(error.hint === undefined ? {} : { remedy: error.hint }),
    });
  }
}

function checkLock(
  path: string,
  lock: ReadLock,
  { needed, target }: { needed: readonly NeededPackage[]; target: Target },
): readonly FitFinding[] {
  const common = { rule: 'compat-lock', subject: path };
  const findings: FitFinding[] = [];
  const version = target.python?.version;
  if (lock.requiresPython !== undefined && version !== undefined && !contains(lock.requiresPython, version))
    findings.push(
      finding('does-not-fit', {
        ...common,
        required: lock.requiresPython.text,
        found: version,
        message: `is for Python ${lock.requiresPython.text}, and the target has ${version}`,
        remedy: `Install Python ${lock.requiresPython.text}, or lock for ${version}`,
      }),
    );
  if (lock.findings.length > 0)
    findings.push(
      finding('cannot-tell', {
        ...common,
        message: `${lock.findings.length === 1 ? 'a part of it is' : `${lock.findings.length} parts of it are`} not understood: ${lock.findings[0]?.path}: ${lock.findings[0]?.message}`,
        details: lock.findings.map((one) => `${one.path}: ${one.message}`),
      }),
    );
  const installed = installedOf(target);
  if (installed === undefined) {
    if (needed.length > 0)
      findings.push(
        finding('cannot-tell', {
          ...common,
          message: `locks ${countOf(needed.length)}, and the target does not say what is installed`,
        }),
      );
    return findings;
  }
  const compared = needed.map(({ locked, isCertain }) => ({ ...compare(locked, installed), isCertain }));
  const wrong = compared.flatMap(({ problem, isCertain }) => (problem !== undefined && isCertain ? [problem] : []));
  const unsure = compared.flatMap(({ problem, doubt, isCertain }) => doubt ?? (isCertain ? undefined : problem) ?? []);
  if (wrong.length > 0)
    findings.push(
      finding('does-not-fit', {
        ...common,
        message: `${wrong.length} of ${countOf(needed.length)} ${wrong.length === 1 ? 'is' : 'are'} not as locked: ${shown(wrong)}`,
        details: wrong,
        remedy: lock.install,
      }),
    );
  if (unsure.length > 0)
    findings.push(
      finding('cannot-tell', {
        ...common,
        message: `of ${unsure.length} of ${countOf(needed.length)} it cannot be told: ${shown(unsure)}`,
        details: unsure,
      }),
    );
  if (findings.length === 0)
    findings.push(finding('fits', { ...common, message: `${countOf(needed.length)} as locked` }));
  return findings;
}

function compare(locked: LockedPackage, installed: ReadonlyMap<string, string>): { problem?: string; doubt?: string } {
  const { name, version, specifiers, source } = locked;
  if (!isName(name)) return { doubt: `${name} is named by where it lies, not by its name` };
  const found = installed.get(name);
  const pin =
    version === undefined || readSpecifier(`==${version}`) === undefined ? undefined : parseSpecifiers(`==${version}`);
  const wanted = version ?? specifiers?.text ?? '';
  if (found === undefined) return { problem: `${name}${wanted === '' ? '' : ` ${wanted}`} is missing` };
  if (pin !== undefined && !contains(pin, found)) return { problem: `${name} ${found} in place of ${wanted}` };
  if (specifiers !== undefined && !contains(specifiers, found))
    return { problem: `${name} ${found} in place of ${wanted}` };
  if (source === 'vcs') return { doubt: `${name} comes from a repository, and ${found} says nothing of its revision` };
  return {};
}

function countOf(number: number): string {
  return `${number} ${number === 1 ? 'package' : 'packages'}`;
}

function shown(texts: readonly string[]): string {
  const more = texts.length - SHOWN;
  return `${texts.slice(0, SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
