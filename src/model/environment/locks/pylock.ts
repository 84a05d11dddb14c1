/** pylock.toml: "pylock.toml Specification" of packaging.python.org, from PEP 751. */
import {
  checkPackageCount,
  invalidLock,
  type Lock,
  type LockedPackage,
  type LockFile,
  type LockReader,
} from '../lock/lock.ts';
import { markerOf, nameOf, type Reading, rangeOf, versionOf } from '../lock/parts.ts';
import { isTable, readToml, type Table, tableAt, tablesAt, textAt, textsAt } from '../lock/toml.ts';

export const pylock: LockReader = {
  id: 'pylock',
  title: 'pylock.toml',
  specification: 'https://packaging.python.org/en/latest/specifications/pylock-toml/',
  names: /^pylock(?:\.[^.]+)?\.toml$/,
  install: (path) => `uv pip sync ${path}`,
  read,
};

async function read(file: LockFile): Promise<Lock> {
  const { path } = file;
  const document = await readToml(file);
  const version = textAt(document, 'lock-version');
  if (version === undefined || !/^1\.\d+$/.test(version))
    throw invalidLock(path, `its lock-version is ${JSON.stringify(version)}, and 1.0 is read`);
  const reading: Reading = { path, findings: [] };
  const tables = tablesAt(document, 'packages');
  checkPackageCount(path, tables.length);
  const packages = tables.map((table, index): LockedPackage => {
    const name = nameOf(path, textAt(table, 'name'));
    const at = `${path}: packages[${index}]`;
    return {
      name,
      ...versionOf(reading, at, textAt(table, 'version')),
      ...markerOf(reading, at, textAt(table, 'marker')),
      hashes: hashesOf(table),
      source: sourceOf(table),
      at,
    };
  });
  const requiresPython = rangeOf(reading, `${path}: requires-python`, textAt(document, 'requires-python'));
  return {
    packages,
    ...(requiresPython === undefined ? {} : { requiresPython }),
    environment: { extras: new Set(), dependency_groups: new Set(textsAt(document, 'default-groups')) },
    findings: reading.findings,
  };
}

function sourceOf(table: Table): LockedPackage['source'] {
  if (isTable(table['vcs'])) return 'vcs';
  if (isTable(table['directory'])) return table['directory']['editable'] === true ? 'editable' : 'path';
  return isTable(table['archive']) ? 'url' : 'index';
}

function hashesOf(table: Table): readonly string[] {
  return [...tablesAt(table, 'wheels'), tableAt(table, 'sdist'), tableAt(table, 'archive')].flatMap((one) =>
    Object.entries(tableAt(one, 'hashes')).map(([algorithm, hash]) => `${algorithm}:${String(hash)}`),
  );
}
