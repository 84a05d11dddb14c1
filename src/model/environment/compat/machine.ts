/** What a package requires of a machine itself, against a target: system, C library, processor, disk, container image. */

import type { Requires } from '../../waybill-file/environment.ts';
import { contains, parseSpecifiers } from '../python/specifiers.ts';
import type { Target } from '../target/schema.ts';
import { type FitFinding, finding } from './fit.ts';

/** What is meant, and what the target says of it. */
export function checkMachine(requires: Requires, target: Target): readonly FitFinding[] {
  return [
    ...checkOneOf({ rule: 'compat-os', subject: 'os' }, requires.os, target.os),
    ...checkOneOf({ rule: 'compat-architecture', subject: 'architecture' }, requires.architecture, target.architecture),
    ...checkLibc(requires, target),
    ...checkCpuFeatures(requires, target),
    ...checkImage(requires, target),
    ...checkNode(requires, target),
  ];
}

function checkOneOf(
  about: { readonly rule: string; readonly subject: string },
  wanted: readonly string[] | undefined,
  found: string | undefined,
): readonly FitFinding[] {
  if (wanted === undefined) return [];
  const required = wanted.join(' or ');
  if (found === undefined)
    return [finding('cannot-tell', { ...about, required, message: `needs ${required}, and the target does not say` })];
  const parts = { ...about, required, found };
  if (wanted.includes(found)) return [finding('fits', { ...parts, message: `is ${found}` })];
  return [
    finding('does-not-fit', {
      ...parts,
      message: `needs ${required}, is ${found}`,
      remedy: `Choose a machine with ${required}`,
    }),
  ];
}

function checkLibc({ libc }: Requires, { os, libc: own }: Target): readonly FitFinding[] {
  if (libc === undefined || (os !== undefined && os !== 'linux')) return [];
  const ranges = (['glibc', 'musl'] as const).flatMap((kind) =>
    libc[kind] === undefined ? [] : [[kind, libc[kind]] as const],
  );
  const required = ranges.map(([kind, range]) => `${kind} ${range}`).join(' or ');
  const common = { rule: 'compat-libc', subject: 'libc', required };
  if (own === undefined)
    return [
      finding('cannot-tell', { ...common, message: `needs ${required}, and the target does not say which it has` }),
    ];
  const found = own.version === undefined ? own.kind : `${own.kind} ${own.version}`;
  const range = libc[own.kind];
  if (range !== undefined && own.version === undefined)
    return [
      finding('cannot-tell', {
        ...common,
        found,
        message: `needs ${required}, has ${own.kind} of a version that is not known`,
      }),
    ];
  if (range !== undefined && contains(parseSpecifiers(range), own.version ?? ''))
    return [finding('fits', { ...common, found, message: `has ${found}` })];
  return [
    finding('does-not-fit', {
      ...common,
      found,
      message: `needs ${required}, has ${found}`,
      remedy: `Choose a system with ${required}, or an image that brings it`,
    }),
  ];
}

/** Names that people use beside Linux' own. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  neon: 'asimd',
  sse3: 'pni',
  avx512: 'avx512f',
  amx: 'amxtile',
  aesni: 'aes',
};

/** `avx512_vnni`, `AVX512-VNNI` and `avx512vnni` are one. */
function featureName(name: string): string {
  const bare = name.toLowerCase().replaceAll(/[._-]/g, '');
  return OTHER_NAMES[bare] ?? bare;
}

function checkCpuFeatures({ cpuFeatures }: Requires, { cpu }: Target): readonly FitFinding[] {
  if (cpuFeatures === undefined || cpuFeatures.length === 0) return [];
  const common = { rule: 'compat-cpu', subject: 'cpuFeatures', required: cpuFeatures.join(', ') };
  if (cpu?.features === undefined)
    return [
      finding('cannot-tell', { ...common, message: `needs ${common.required}, and the target names no features` }),
    ];
  const own = new Set(cpu.features.map(featureName));
  const missing = cpuFeatures.filter((name) => !own.has(featureName(name)));
  const model = cpu.model === undefined ? {} : { found: cpu.model };
  if (missing.length === 0) return [finding('fits', { ...common, ...model, message: `has ${common.required}` })];
  if (cpu.hasAllFeatures === false)
    return [
      finding('cannot-tell', {
        ...common,
        ...model,
        message: `needs ${missing.join(', ')}, which the target does not name, but it does not name all that it has`,
        remedy: 'On the machine itself: waybill host',
      }),
    ];
  return [
    finding('does-not-fit', {
      ...common,
      ...model,
      message: `needs ${missing.join(', ')}, which the processor does not have`,
      remedy: `Choose a machine whose processor has ${missing.join(', ')}, or build for one without`,
    }),
  ];
}

function checkImage({ baseImage }: Requires, { containers }: Target): readonly FitFinding[] {
  if (baseImage === undefined) return [];
  const common = { rule: 'compat-image', subject: 'baseImage', required: baseImage };
  if (containers === undefined)
    return [
      finding('cannot-tell', { ...common, message: 'needs something that runs containers, and the target names none' }),
    ];
  const found = Object.entries(containers).map(([name, version]) => `${name} ${version}`);
  if (found.length > 0)
    return [
      finding('fits', { ...common, found: found.join(', '), message: `containers run with ${found.join(', ')}` }),
    ];
  return [
    finding('does-not-fit', {
      ...common,
      message: 'needs something that runs containers, and there is nothing',
      remedy: 'Install podman or docker',
    }),
  ];
}

function checkNode({ node: range }: Requires, { node }: Target): readonly FitFinding[] {
  if (range === undefined) return [];
  const common = { rule: 'compat-node', subject: 'node', required: range };
  if (node === undefined)
    return [finding('cannot-tell', { ...common, message: `needs Node ${range}, and the target does not say` })];
  if (node !== null && contains(parseSpecifiers(range), node))
    return [finding('fits', { ...common, found: node, message: `has ${node}` })];
  return [
    finding('does-not-fit', {
      ...common,
      ...(node === null ? {} : { found: node }),
      message: node === null ? `needs Node ${range}, and there is none` : `needs Node ${range}, has ${node}`,
      remedy: `Install Node ${range}`,
    }),
  ];
}
