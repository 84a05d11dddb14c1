/** Python and its libraries: what a package requires, against what a target has installed. */

import type { Requires } from '../../waybill-file/environment.ts';
import type { MarkerEnvironment } from '../python/markers.ts';
import { normalizeName } from '../python/name.ts';
import { contains, parseSpecifiers } from '../python/specifiers.ts';
import type { Target } from '../target/schema.ts';
import { type FitFinding, finding } from './fit.ts';

export function checkPython({ python: range }: Requires, { python }: Target): readonly FitFinding[] {
  if (range === undefined) return [];
  const common = { rule: 'compat-python', subject: 'python', required: range };
  if (python === undefined)
    return [
      finding('cannot-tell', { ...common, message: `needs Python ${range}, and the target does not say which it has` }),
    ];
  if (python !== null && contains(parseSpecifiers(range), python.version))
    return [finding('fits', { ...common, found: python.version, message: `has ${python.version}` })];
  return [
    finding('does-not-fit', {
      ...common,
      ...(python === null ? {} : { found: python.version }),
      message:
        python === null ? `needs Python ${range}, and there is none` : `needs Python ${range}, has ${python.version}`,
      remedy: `Install Python ${range}`,
    }),
  ];
}

export function checkLibraries({ libraries }: Requires, target: Target): readonly FitFinding[] {
  const installed = installedOf(target);
  return Object.entries(libraries ?? {}).map(([name, range]) => {
    const common = { rule: 'compat-library', subject: name, required: range === '' ? 'any version' : range };
    const wanted = range === '' ? 'it' : range;
    if (installed === undefined)
      return finding('cannot-tell', {
        ...common,
        message: `needs ${wanted}, and the target does not say what is installed`,
      });
    const found = installed.get(normalizeName(name));
    const remedy = `pip install '${name}${range.replaceAll(/\s+/g, '')}'`;
    if (found === undefined)
      return finding('does-not-fit', { ...common, message: `needs ${wanted}, which is not installed`, remedy });
    if (contains(parseSpecifiers(range), found)) return finding('fits', { ...common, found, message: `has ${found}` });
    return finding('does-not-fit', { ...common, found, message: `needs ${range}, has ${found}`, remedy });
  });
}

/** Versions by normalised name; undefined where that is not known. */
export function installedOf({ python }: Target): ReadonlyMap<string, string> | undefined {
  if (python === null) return new Map();
  if (python?.packages === undefined) return undefined;
  return new Map(Object.entries(python.packages).map(([name, version]) => [normalizeName(name), version]));
}

/** Names of a system and its architectures in markers: `sys.platform`, `os.name`, `platform.system()`, `platform.machine()`. */
const SYSTEMS = {
  linux: { sys_platform: 'linux', os_name: 'posix', platform_system: 'Linux', amd64: 'x86_64', arm64: 'aarch64' },
  darwin: { sys_platform: 'darwin', os_name: 'posix', platform_system: 'Darwin', amd64: 'x86_64', arm64: 'arm64' },
  windows: { sys_platform: 'win32', os_name: 'nt', platform_system: 'Windows', amd64: 'AMD64', arm64: 'ARM64' },
} as const;
const IMPLEMENTATIONS: Readonly<Record<string, string>> = { cpython: 'CPython', pypy: 'PyPy', graalpy: 'GraalVM' };

/** What markers ask for, as far as it is known of a target. */
export function markersOf({ os, architecture, kernel, python }: Target): MarkerEnvironment {
  const system = os === undefined ? undefined : SYSTEMS[os];
  const machine = architecture === 'amd64' || architecture === 'arm64' ? system?.[architecture] : architecture;
  const version = python?.version;
  const implementation = python?.implementation;
  return {
    sys_platform: system?.sys_platform,
    os_name: system?.os_name,
    platform_system: system?.platform_system,
    platform_machine: system === undefined ? undefined : machine,
    platform_release: kernel,
    python_version: version === undefined ? undefined : /^\d+\.\d+/.exec(version)?.[0],
    python_full_version: version,
    implementation_name: implementation,
    platform_python_implementation: implementation === undefined ? undefined : IMPLEMENTATIONS[implementation],
    implementation_version: implementation === 'cpython' ? version : undefined,
  };
}
