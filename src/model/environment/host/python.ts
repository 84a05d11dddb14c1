/**
 * The Python of a host and what it would find installed. It is started once, without its site-packages (`-I -S`), to
 * say its version and where it looks; the distributions there are read from their METADATA. No code of them runs.
 */
import path from 'node:path';
import { known } from '../known.ts';
import type { Target } from '../target/schema.ts';
import { distributionsIn } from './distributions.ts';
import { type HostSources, printed } from './sources.ts';

const QUESTION = `import json, platform, site, sys
print(json.dumps([platform.python_version(), sys.implementation.name, sys.executable, site.getsitepackages(), site.getusersitepackages()]))`;

export interface PythonQuestion {
  /** A program, or a folder of a virtual environment; what `python3` means, if absent. */
  readonly python?: string | undefined;
}

export async function pythonFacts(sources: HostSources, { python }: PythonQuestion): Promise<Partial<Target>> {
  const program = python === undefined ? 'python3' : programOf(sources, python);
  const answer = await printed(sources, program, ['-I', '-S', '-c', QUESTION]);
  if (answer === undefined) {
    const isThere =
      python !== undefined || sources.programFolders.some((folder) => sources.has(path.join(folder, 'python3')));
    return isThere || sources.programFolders.length === 0 ? {} : { python: null };
  }
  const said = readAnswer(answer);
  if (said === undefined) return {};
  const { version, implementation, executable } = said;
  const folders = foldersOf(sources, said);
  return {
    python: {
      version,
      ...known('implementation', implementation),
      ...known('executable', executable === '' ? undefined : executable),
      packages: distributionsIn(sources, folders),
    },
  };
}

interface Answer {
  readonly version: string;
  readonly implementation: string | undefined;
  readonly executable: string;
  readonly sites: readonly string[];
  readonly userSite: string;
}

function readAnswer(text: string): Answer | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text.trim().split('\n').at(-1) ?? '');
  } catch {
    return undefined;
  }
  if (!Array.isArray(value)) return undefined;
  const [version, implementation, executable, sites, userSite]: readonly unknown[] = value;
  if (typeof version !== 'string' || !/^\d{1,3}\.\d{1,3}[\w.+]{0,50}$/.test(version)) return undefined;
  return {
    version,
    implementation:
      typeof implementation === 'string' && /^\w{1,50}$/.test(implementation) ? implementation : undefined,
    executable: typeof executable === 'string' && executable.length <= 1000 ? executable : '',
    sites: Array.isArray(sites) ? sites.filter((site) => typeof site === 'string') : [],
    userSite: typeof userSite === 'string' ? userSite : '',
  };
}

/** A virtual environment is named by its folder, or by the program in it. */
function programOf(sources: HostSources, python: string): string {
  return sources.has(path.join(python, 'pyvenv.cfg')) ? path.join(python, 'bin', 'python3') : python;
}

/** Where it looks, in its order. "venv" of Python's library: `pyvenv.cfg` beside the program, or above. */
function foldersOf(sources: HostSources, { version, executable, sites, userSite }: Answer): readonly string[] {
  const folder = path.dirname(executable);
  const roots = executable === '' ? [] : [folder, path.dirname(folder)];
  const root = roots.find((one) => sources.has(path.join(one, 'pyvenv.cfg')));
  if (root === undefined) return [userSite, ...sites];
  const [name = ''] = /^\d+\.\d+/.exec(version) ?? [];
  const own = ['lib', 'lib64'].map((lib) => path.join(root, lib, `python${name}`, 'site-packages'));
  const isOpen = /^include-system-site-packages\s*=\s*true\s*$/im.test(
    sources.read(path.join(root, 'pyvenv.cfg')) ?? '',
  );
  return isOpen ? [...own, userSite, ...sites] : own;
}
