/** What an MLflow model says of its environment: python_version, requirements.txt, conda.yaml, python_env.yaml. */
import type { Imported, LookedAt } from '../imported.ts';
import { type Mlmodel, parseYaml, section } from './mlmodel.ts';

/** PEP 508 as MLflow writes it: a name, maybe extras, then ranges. */
const NAME = /^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\s*\[[^\]]*\])?/;
const RANGE = /^(?:===?|[<>!~]=|[<>])\s*[A-Za-z0-9.*+!_-]+$/;

export interface Environment {
  readonly requires: Imported['requires'];
  readonly missing: readonly string[];
}

export function environmentOf({ flavors }: Mlmodel, { read }: LookedAt): Environment {
  const python = pythonOf(flavors['python_function']?.['python_version'], read);
  const { libraries, missing } = librariesOf(read('requirements.txt') ?? '');
  return {
    requires: {
      ...(python === undefined ? {} : { python }),
      ...(Object.keys(libraries).length === 0 ? {} : { libraries }),
    },
    missing: [...missing, ...condaPackages(read('conda.yaml') ?? '')],
  };
}

/** Pickles and compiled libraries belong to one minor version of Python: 3.11.7 becomes `>=3.11,<3.12`. */
function pythonOf(stated: unknown, read: LookedAt['read']): string | undefined {
  const version = typeof stated === 'string' ? stated : parseYaml(read('python_env.yaml') ?? '')['python'];
  const [, major, minor] = /^(\d+)\.(\d+)(?:\.\d+)?$/.exec(String(version ?? '')) ?? [];
  return major === undefined ? undefined : `>=${major}.${minor},<${major}.${Number(minor) + 1}`;
}

function librariesOf(text: string): { readonly libraries: Readonly<Record<string, string>>; missing: string[] } {
  const libraries: [string, string][] = [];
  const missing: string[] = [];
  for (const [index, written] of text.split(/\r?\n/).entries()) {
    const line = written.replace(/(?:^|\s)#.*$/, '').trim();
    if (line === '') continue;
    const [whole = '', name] = NAME.exec(line) ?? [];
    const ranges = line
      .slice(whole.length)
      .split(',')
      .map((range) => range.trim())
      .filter((range) => range !== '');
    if (name === undefined || !ranges.every((range) => RANGE.test(range)))
      missing.push(`requirements.txt, line ${index + 1}: not taken into environment.requires`);
    else libraries.push([name, ranges.map((range) => range.replace(/\s+/g, '')).join(',')]);
  }
  return { libraries: Object.fromEntries(libraries), missing };
}

/** Packages of conda itself: they have no place in waybill.yaml. */
function condaPackages(text: string): string[] {
  const { dependencies } = parseYaml(text);
  const names = (Array.isArray(dependencies) ? dependencies : [])
    .filter((one) => typeof one === 'string' && !/^(?:python|pip)\b/.test(one))
    .concat(Object.keys(section(dependencies)));
  return names.length === 0 ? [] : [`conda.yaml: packages of conda are not taken over (${names.join(', ')})`];
}
