/** Where Waybill keeps things for a user: XDG Base Directory Specification; Apple's folders on macOS. */
import { homedir } from 'node:os';
import path from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The local store. */
export function storeFolder(environment: Environment, platform: NodeJS.Platform): string {
  const named = environment['WAYBILL_STORE'];
  if (named !== undefined && named !== '') return path.resolve(named);
  return path.join(dataFolder(environment, platform), 'store');
}

/** What cannot be made again. */
export function dataFolder(environment: Environment, platform: NodeJS.Platform): string {
  return baseFolder(environment, platform, 'XDG_DATA_HOME', '.local/share', 'Library/Application Support');
}

/** What was seen of registries and of revocation lists before. */
export function seenFolder(environment: Environment, platform: NodeJS.Platform): string {
  return path.join(dataFolder(environment, platform), 'seen');
}

/** Where the last checkpoint of each log is remembered. */
export function logMemoryFolder(environment: Environment, platform: NodeJS.Platform): string {
  return path.join(dataFolder(environment, platform), 'logs');
}

/** The digest cache: private, and safe to remove. */
export function cacheFile(environment: Environment, platform: NodeJS.Platform): string {
  return path.join(cacheFolder(environment, platform), 'digests-1.sqlite');
}

/** What can be made again: private, and safe to remove. */
export function cacheFolder(environment: Environment, platform: NodeJS.Platform): string {
  return baseFolder(environment, platform, 'XDG_CACHE_HOME', '.cache', 'Library/Caches');
}

function baseFolder(
  environment: Environment,
  platform: NodeJS.Platform,
  variable: string,
  usual: string,
  apple: string,
): string {
  const named = environment[variable];
  // The specification: a path that is not absolute is to be ignored.
  if (named !== undefined && path.isAbsolute(named)) return path.join(named, 'waybill');
  return path.join(environment['HOME'] ?? homedir(), platform === 'darwin' ? apple : usual, 'waybill');
}

/** Credentials of `waybill login`, in the folder that XDG names for configuration. */
export function credentialFile(environment: Environment): string {
  const named = environment['XDG_CONFIG_HOME'];
  const base =
    named !== undefined && path.isAbsolute(named) ? named : path.join(environment['HOME'] ?? homedir(), '.config');
  return path.join(base, 'waybill', 'auth.json');
}
