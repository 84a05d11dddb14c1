/** requirements.txt: lines as pip reads them, with what they include. "Requirements File Format" of pip's documentation. */
import path from 'node:path';
import type { Finding } from '../../../base/finding.ts';
import {
  checkPackageCount,
  type Lock,
  type LockedPackage,
  type LockFile,
  type LockReader,
  unreadPart,
} from '../lock/lock.ts';
import { requirementOf, sourceOf } from '../lock/parts.ts';
import { linesOf, readOption, splitOptions } from '../lock/requirement-lines.ts';
import { isName, normalizeName } from '../python/name.ts';
import { parseSpecifiers } from '../python/specifiers.ts';

export const requirements: LockReader = {
  id: 'requirements',
  title: 'requirements.txt',
  specification: 'https://pip.pypa.io/en/stable/reference/requirements-file-format/',
  names: /^(?:.*requirements.*|.*constraints.*|.*\.txt|.*\.lock|.*\.in)$/i,
  install: (path) => `pip install -r ${path}`,
  read,
};

/** Real ones include two or three, each for one purpose. */
const MAX_INCLUDED_FILES = 100;

/** Options that say where packages come from or how they are installed, not which. */
const QUIET_OPTIONS =
  /^(?:-i|--index-url|--extra-index-url|--no-index|-f|--find-links|--no-binary|--only-binary|--prefer-binary|--require-hashes|--pre|--trusted-host|--use-feature|--pypi-url)$/;

interface Gathering {
  readonly packages: LockedPackage[];
  readonly constraints: LockedPackage[];
  readonly findings: Finding[];
  /** Files that were read, and those that are being read. */
  readonly read: Set<string>;
  readonly open: Set<string>;
}

async function read(file: LockFile): Promise<Lock> {
  const gathering: Gathering = {
    packages: [],
    constraints: [],
    findings: [],
    read: new Set(),
    open: new Set(),
  };
  await readFile(file, { ...gathering, into: gathering.packages, root: file });
  const { packages, constraints, findings } = gathering;
  return { packages: packages.map((locked) => constrain(locked, constraints)), findings };
}

async function readFile(
  file: { path: string; text: string },
  gathering: Gathering & { into: LockedPackage[]; root: LockFile },
): Promise<void> {
  const { into, findings, open } = gathering;
  open.add(file.path);
  gathering.read.add(file.path);
  for (const { line, text } of linesOf(file.text)) {
    const at = `${file.path}:${line}`;
    if (/\$\{[A-Z0-9_]+\}/.test(text)) {
      findings.push(unreadPart(at, 'it names a variable of the environment, whose value is not known here'));
      continue;
    }
    const option = text.startsWith('-') ? readOption(text) : undefined;
    if (option === undefined) {
      const locked = readRequirement(text, { at, path: file.path, findings });
      if (locked !== undefined) into.push(locked);
      checkPackageCount(file.path, into.length);
    } else if (/^(?:-r|--requirement|-c|--constraint)$/.test(option.name)) {
      await include(file.path, option, { ...gathering, at });
    } else if (/^(?:-e|--editable)$/.test(option.name)) {
      into.push({ ...fromAddress(option.value, at), source: 'editable' });
    } else if (!QUIET_OPTIONS.test(option.name)) {
      findings.push(unreadPart(at, `the option ${option.name} is not known`));
    }
  }
  open.delete(file.path);
}

async function include(
  from: string,
  { name, value }: { name: string; value: string },
  gathering: Gathering & { into: LockedPackage[]; root: LockFile; at: string },
): Promise<void> {
  const { findings, at, open, root } = gathering;
  const isConstraint = name === '-c' || name === '--constraint';
  if (/^[a-z]+:\/\//i.test(value)) {
    findings.push(unreadPart(at, `${value} is not in the package: nothing is fetched`));
    return;
  }
  const target = path.posix.normalize(path.posix.join(path.posix.dirname(from), value));
  const text = target.startsWith('../') || path.posix.isAbsolute(value) ? undefined : await root.open(target);
  if (text === undefined) {
    findings.push({
      rule: 'lock-include',
      level: 'warning',
      path: at,
      message: `it includes ${value}, which is not in the package`,
    });
  } else if (open.has(target)) {
    findings.push({
      rule: 'lock-include',
      level: 'warning',
      path: at,
      message: `it includes ${value}, which includes it: it is read once`,
    });
  } else if (!gathering.read.has(target)) {
    if (gathering.read.size >= MAX_INCLUDED_FILES)
      findings.push(unreadPart(at, `more than ${MAX_INCLUDED_FILES} files are included: this one is not read`));
    else
      await readFile({ path: target, text }, isConstraint ? { ...gathering, into: gathering.constraints } : gathering);
  }
}

function readRequirement(
  text: string,
  reading: { at: string; path: string; findings: Finding[] },
): LockedPackage | undefined {
  const { at } = reading;
  const { subject, hashes } = splitOptions(text);
  const isAddress =
    /^(?:[a-z][a-z0-9+.-]*:\/\/|git\+|\.{0,2}\/|file:)/i.test(subject) || /^[^\s;@<>=!~[]*[\\/]/.test(subject);
  if (isAddress || /\.(?:whl|tar\.gz|zip)(?:\s|$)/.test(subject.split('@')[0] ?? ''))
    return { ...fromAddress(subject, at), hashes };
  const locked = requirementOf(reading, at, subject);
  return locked && { ...locked, hashes };
}

/** A package that is named by where it lies: its name stands behind `#egg=`, or in the name of its wheel. */
function fromAddress(text: string, at: string): LockedPackage {
  const [address = ''] = text.split(/\s+;/);
  const egg = /[#&]egg=([A-Za-z0-9._-]+)/.exec(address)?.[1];
  const [, wheel, version] = /([A-Za-z0-9._]+)-([^-/]+)(?:-[^-/]+){3,4}\.whl(?:$|[?#])/.exec(address) ?? [];
  const name = [egg, wheel].find((one) => one !== undefined && isName(one));
  return {
    name: name === undefined ? address : normalizeName(name),
    ...(version === undefined || egg !== undefined ? {} : { version }),
    hashes: [],
    source: sourceOf(address),
    at,
  };
}

/** A constraint says which version, not that it is wanted. */
function constrain(locked: LockedPackage, constraints: readonly LockedPackage[]): LockedPackage {
  const own = constraints.filter(({ name, specifiers }) => name === locked.name && specifiers !== undefined);
  if (own.length === 0) return locked;
  const texts = [locked, ...own].flatMap(({ specifiers }) => (specifiers === undefined ? [] : [specifiers.text]));
  const version = locked.version ?? own.find((one) => one.version !== undefined)?.version;
  return {
    ...locked,
    ...(version === undefined ? {} : { version }),
    specifiers: parseSpecifiers(texts.join(',')),
  };
}
