/** uv.lock, version 1: a project and all that it needs on any system. "Locking" and "Resolution" of uv's documentation. */
import {
  checkPackageCount,
  type Dependency,
  invalidLock,
  type Lock,
  type LockedPackage,
  type LockFile,
  type LockReader,
  unreadPart,
} from '../lock/lock.ts';
import { markerOf, nameOf, type Reading, rangeOf, versionOf } from '../lock/parts.ts';
import { readToml, type Table, tableAt, tablesAt, textAt, textsAt } from '../lock/toml.ts';
import { normalizeName } from '../python/name.ts';

export const uv: LockReader = {
  id: 'uv',
  title: 'uv.lock',
  specification: 'https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile',
  names: /^uv\.lock$/,
  install: () => 'uv sync --frozen',
  read,
};

async function read(file: LockFile): Promise<Lock> {
  const { path } = file;
  const document = await readToml(file);
  if (document['version'] !== 1)
    throw invalidLock(path, `its version is ${JSON.stringify(document['version'])}, and 1 is read`);
  const reading: Reading = { path, findings: [] };
  const tables = tablesAt(document, 'package');
  checkPackageCount(path, tables.length);
  const all = tables.map((table) => readPackage(table, reading));
  const own = all.filter(({ isProject }) => isProject);
  if (own.length === 0)
    reading.findings.push(unreadPart(path, 'it names no project to begin with: all of it is looked at'));
  const requiresPython = rangeOf(reading, `${path}: requires-python`, textAt(document, 'requires-python'));
  return {
    packages: all.filter(({ isProject }) => !isProject).map(({ locked }) => locked),
    ...(own.length === 0 ? {} : { roots: own.flatMap(({ locked }) => locked.dependencies ?? []) }),
    ...(requiresPython === undefined ? {} : { requiresPython }),
    findings: reading.findings,
  };
}

function readPackage(table: Table, reading: Reading): { locked: LockedPackage; isProject: boolean } {
  const name = nameOf(reading.path, textAt(table, 'name'));
  const at = `${reading.path}: ${name}`;
  const source = tableAt(table, 'source');
  // The project itself, and members of its workspace.
  const isProject = 'virtual' in source || 'editable' in source;
  const forks = textsAt(table, 'resolution-markers').map((text) => `(${text})`);
  const files = [...tablesAt(table, 'wheels'), tableAt(table, 'sdist')];
  return {
    isProject,
    locked: {
      name,
      ...versionOf(reading, at, textAt(table, 'version')),
      ...markerOf(reading, at, forks.join(' or ')),
      hashes: files.flatMap((one) => textAt(one, 'hash') ?? []),
      source: isProject
        ? 'editable'
        : 'registry' in source
          ? 'index'
          : 'git' in source
            ? 'vcs'
            : 'url' in source
              ? 'url'
              : 'path',
      at,
      dependencies: dependenciesOf(tablesAt(table, 'dependencies'), { reading, at }),
      optional: Object.fromEntries(
        Object.keys(tableAt(table, 'optional-dependencies')).map((extra) => [
          normalizeName(extra),
          dependenciesOf(tablesAt(tableAt(table, 'optional-dependencies'), extra), { reading, at }),
        ]),
      ),
    },
  };
}

function dependenciesOf(
  tables: readonly Table[],
  { reading, at }: { reading: Reading; at: string },
): readonly Dependency[] {
  return tables.map((table) => ({
    name: nameOf(reading.path, textAt(table, 'name')),
    ...versionOf(reading, at, textAt(table, 'version')),
    ...markerOf(reading, at, textAt(table, 'marker')),
    extras: textsAt(table, 'extra').map(normalizeName),
  }));
}
