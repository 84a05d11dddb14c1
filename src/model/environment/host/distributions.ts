/**
 * Installed Python distributions, read from what their installers wrote: "Recording installed projects" of
 * packaging.python.org, and the `.egg-info` of older tools. The first of a name is the one that Python takes.
 */
import path from 'node:path';
import { isName, normalizeName } from '../python/name.ts';
import type { HostSources } from './sources.ts';

/** The largest environments have some 1,500. */
const MAX_DISTRIBUTIONS = 20_000;
/** Name and version stand in the first lines, before a description of any length. */
const HEAD_SIZE = 8 * 1024;

/** Versions by normalised name, sorted by name. */
export function distributionsIn(sources: HostSources, folders: readonly string[]): Record<string, string> {
  const found = new Map<string, string>();
  for (const folder of folders) {
    for (const entry of (sources.list(folder) ?? []).slice(0, MAX_DISTRIBUTIONS)) {
      const file = /\.dist-info$/.test(entry)
        ? path.join(folder, entry, 'METADATA')
        : /\.egg-info$/.test(entry)
          ? path.join(folder, entry, 'PKG-INFO')
          : undefined;
      if (file === undefined) continue;
      // An .egg-info may be the file itself.
      const head =
        sources.read(file, HEAD_SIZE) ??
        (entry.endsWith('.egg-info') ? sources.read(path.join(folder, entry), HEAD_SIZE) : undefined);
      const { name, version } = namedIn(head ?? '');
      if (name !== undefined && version !== undefined && !found.has(name) && found.size < MAX_DISTRIBUTIONS)
        found.set(name, version);
    }
  }
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** "Core metadata specifications": headers, an empty line, a description. */
function namedIn(text: string): { name?: string; version?: string } {
  const [headers = ''] = `\n${text}`.split(/\r?\n\r?\n/, 1);
  const name = /^Name:[ \t]*(\S{1,200})[ \t]*\r?$/m.exec(headers)?.[1];
  const version = /^Version:[ \t]*(\S{1,200})[ \t]*\r?$/m.exec(headers)?.[1];
  if (name === undefined || version === undefined || !isName(name)) return {};
  return { name: normalizeName(name), version };
}
