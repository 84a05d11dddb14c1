/** poetry.lock, of Poetry 1.0 to 2: all packages of a project, by group. "poetry.lock" in Poetry's sources, `packages/locker.py`. */
import {
  checkPackageCount,
  invalidLock,
  type Lock,
  type LockedPackage,
  type LockFile,
  type LockReader,
  unreadPart,
} from '../lock/lock.ts';
import { markerOf, nameOf, type Reading, rangeOf, versionOf } from '../lock/parts.ts';
import { isTable, readToml, type Table, tableAt, tablesAt, textAt, textsAt } from '../lock/toml.ts';

export const poetry: LockReader = {
  id: 'poetry',
  title: 'poetry.lock',
  specification: 'https://python-poetry.org/docs/basic-usage/#installing-with-poetrylock',
  names: /^poetry\.lock$/,
  install: () => 'poetry sync',
  read,
};

async function read(file: LockFile): Promise<Lock> {
  const { path } = file;
  const document = await readToml(file);
  const metadata = tableAt(document, 'metadata');
  const version = textAt(metadata, 'lock-version');
  if (version === undefined || !/^[12]\.\d+$/.test(version))
    throw invalidLock(path, `its lock-version is ${JSON.stringify(version)}, and 1 and 2 are read`);
  const reading: Reading = { path, findings: [] };
  const tables = tablesAt(document, 'package');
  checkPackageCount(path, tables.length);
  // Before groups there were categories; between the two a lock did not say what is for developers only.
  const saysGroups = tables.some((table) => 'groups' in table || 'category' in table);
  if (!saysGroups && tables.length > 0)
    reading.findings.push(
      unreadPart(
        path,
        'it does not say which packages are for developers only: all of it is looked at (poetry lock, of Poetry 2, writes it anew)',
      ),
    );
  const main = tables.filter((table) => table['optional'] !== true && isMain(table));
  const python = textAt(metadata, 'python-versions');
  const requiresPython =
    python === '*' ? undefined : rangeOf(reading, `${path}: python-versions`, python && plainRange(python));
  return {
    packages: main.map((table) => readPackage(table, reading)),
    ...(requiresPython === undefined ? {} : { requiresPython }),
    findings: reading.findings,
  };
}

function isMain(table: Table): boolean {
  if ('groups' in table) return textsAt(table, 'groups').includes('main');
  return (textAt(table, 'category') ?? 'main') === 'main';
}

function readPackage(table: Table, reading: Reading): LockedPackage {
  const name = nameOf(reading.path, textAt(table, 'name'));
  const at = `${reading.path}: ${name}`;
  const markers = table['markers'];
  const marker = isTable(markers) ? textAt(markers, 'main') : textAt(table, 'markers');
  return {
    name,
    ...versionOf(reading, at, textAt(table, 'version')),
    ...markerOf(reading, at, marker),
    hashes: tablesAt(table, 'files').flatMap((one) => textAt(one, 'hash') ?? []),
    source: sourceOf(tableAt(table, 'source')),
    at,
  };
}

function sourceOf(source: Table): LockedPackage['source'] {
  const type = textAt(source, 'type');
  if (type === 'git') return 'vcs';
  if (type === 'url') return 'url';
  return type === 'directory' || type === 'file' ? 'path' : 'index';
}

/** Poetry's own `^3.11` and `^0.2` as a range of PEP 440; what else there is stays as it is. */
function plainRange(text: string): string {
  return text.replaceAll(/\^(\d+(?:\.\d+)*)/g, (_, version: string) => {
    const parts = version.split('.').map(Number);
    const first = parts.findIndex((part) => part > 0);
    const at = first < 0 ? parts.length - 1 : first;
    return `>=${version},<${[...parts.slice(0, at), (parts[at] ?? 0) + 1].join('.')}`;
  });
}
