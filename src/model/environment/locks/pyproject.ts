/** pyproject.toml: what a project needs. "pyproject.toml specification" (PEP 621) and "Dependency Groups" (PEP 735) of packaging.python.org. */
import { checkPackageCount, type Lock, type LockFile, type LockReader, unreadPart } from '../lock/lock.ts';
import { type Reading, rangeOf, requirementOf } from '../lock/parts.ts';
import { isTable, listAt, readToml, type Table, tableAt, textAt, textsAt } from '../lock/toml.ts';
import { normalizeName } from '../python/name.ts';

export const pyproject: LockReader = {
  id: 'pyproject',
  title: 'pyproject.toml',
  specification: 'https://packaging.python.org/en/latest/specifications/pyproject-toml/',
  names: /^pyproject\.toml$/,
  install: () => 'pip install .',
  read,
};

/** Groups include each other two or three deep. */
const MAX_GROUP_DEPTH = 50;

async function read(file: LockFile): Promise<Lock> {
  const { path } = file;
  const document = await readToml(file);
  const reading: Reading = { path, findings: [] };
  const { findings } = reading;
  const project = tableAt(document, 'project');
  const texts = textsAt(project, 'dependencies');
  checkPackageCount(path, texts.length);
  const packages = texts.flatMap(
    (text, index) => requirementOf(reading, `${path}: dependencies[${index}]`, text) ?? [],
  );
  checkGroups(tableAt(document, 'dependency-groups'), reading);
  if (textsAt(project, 'dynamic').includes('dependencies'))
    findings.push(unreadPart(path, 'its dependencies are dynamic: they are known only when the project is built'));
  const poetry = tableAt(tableAt(document, 'tool'), 'poetry');
  if (isTable(poetry['dependencies']) && texts.length === 0)
    findings.push(
      unreadPart(path, "its dependencies are in tool.poetry, in poetry's own form: lock them (poetry.lock is read)"),
    );
  const requiresPython = rangeOf(reading, `${path}: requires-python`, textAt(project, 'requires-python'));
  return { packages, ...(requiresPython === undefined ? {} : { requiresPython }), findings };
}

/** Groups are for those who develop: nothing of them has to be installed, but mistakes in them are told. */
function checkGroups(groups: Table, reading: Reading): void {
  const byName = new Map(Object.keys(groups).map((name) => [normalizeName(name), name]));
  if (byName.size < Object.keys(groups).length)
    reading.findings.push(unreadPart(reading.path, 'two of its dependency groups have one name'));
  const checked = new Set<string>();
  const check = (name: string, open: readonly string[]): void => {
    const at = `${reading.path}: dependency-groups.${name}`;
    const own = byName.get(normalizeName(name));
    if (own === undefined) reading.findings.push(unreadPart(at, 'there is no such group'));
    else if (open.includes(own) || open.length > MAX_GROUP_DEPTH)
      reading.findings.push(unreadPart(at, 'it includes itself'));
    else if (!checked.has(own)) {
      for (const [index, item] of listAt(groups, own).entries()) {
        if (typeof item === 'string') requirementOf(reading, `${at}[${index}]`, item);
        else if (isTable(item) && typeof item['include-group'] === 'string')
          check(item['include-group'], [...open, own]);
        else reading.findings.push(unreadPart(`${at}[${index}]`, 'it is neither a requirement nor another group'));
      }
      checked.add(own);
    }
  };
  for (const name of Object.keys(groups)) check(name, []);
}
