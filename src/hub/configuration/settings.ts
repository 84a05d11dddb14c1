/** What a hub runs with: hub.yaml, what the command line says instead, and defaults. */
import fs from 'node:fs';
import path from 'node:path';
import { createSecureContext } from 'node:tls';
import { WaybillError } from '../../base/errors.ts';
import type { Finding } from '../../base/finding.ts';
import { explainSystemError } from '../../base/system-errors.ts';
import { readYaml } from '../../base/yaml/read.ts';
import type { Anonymous } from '../access/access.ts';
import type { Tls } from '../http/server.ts';
import type { LookAlikes } from '../registry/claim-name.ts';
import { type ListenAddress, parseListenAddress } from './listen.ts';
import { HUB_FILE_VERSION, HubFile } from './schema.ts';

export interface Settings {
  /** Folder of all that the hub keeps. */
  readonly folder: string;
  readonly listen: ListenAddress;
  /** The hub as clients reach it. */
  readonly url?: string;
  readonly tls?: Tls;
  /** Absent: as the address and the users make it. */
  readonly anonymous?: Anonymous;
  readonly isBehindTlsProxy: boolean;
  /** How many serve; with one, it is the one that was started. */
  readonly processes: number;
  readonly immutableTags: readonly string[];
  readonly lookAlikes: LookAlikes;
  readonly graceMilliseconds: number;
  readonly collectMilliseconds: number;
  readonly maxBlobSize: number;
}

/** A hundred rules are some kilobytes, a chain of certificates too. */
const MAX_HUB_FILE_SIZE = 256 * 1024;
const DEFAULT_ADDRESS = '127.0.0.1:5000';
const MINUTE = 60_000;
/** Longer than any push takes, resumed ones included. */
const DEFAULT_GRACE_HOURS = 24;
const DEFAULT_COLLECT_MINUTES = 60;
const TEBIBYTE = 1024 ** 4;

/**
 * @param configuration path of a hub.yaml, if there is one
 * @param overrides what the command line says
 * @param defaultFolder where data lies if nobody says otherwise
 * @throws WaybillError CONFIG_INVALID with every problem, FILE_UNREADABLE, USAGE
 */
export function resolveSettings(
  configuration: string | undefined,
  overrides: { readonly listen?: string | undefined; readonly data?: string | undefined },
  defaultFolder: string,
): { settings: Settings; findings: readonly Finding[] } {
  const { file, findings } = configuration === undefined ? { file: undefined, findings: [] } : read(configuration);
  const beside = (name: string) => path.resolve(path.dirname(configuration ?? '.'), name);
  const { url, tls, access, tags, names, collection, limits } = file ?? {};
  const fromFile = file?.data === undefined ? defaultFolder : beside(file.data);
  const settings: Settings = {
    folder: overrides.data === undefined ? fromFile : path.resolve(overrides.data),
    listen: parseListenAddress(overrides.listen ?? file?.listen ?? DEFAULT_ADDRESS),
    ...(url === undefined ? {} : { url }),
    ...(tls === undefined ? {} : { tls: readTls(beside(tls.certificate), beside(tls.key)) }),
    ...(access?.anonymous === undefined ? {} : { anonymous: access.anonymous }),
    processes: file?.processes ?? 1,
    isBehindTlsProxy: access?.behindTlsProxy ?? false,
    immutableTags: tags?.immutable ?? [],
    lookAlikes: names?.lookAlikes ?? 'refuse',
    graceMilliseconds: (collection?.graceHours ?? DEFAULT_GRACE_HOURS) * 60 * MINUTE,
    collectMilliseconds: (collection?.everyMinutes ?? DEFAULT_COLLECT_MINUTES) * MINUTE,
    maxBlobSize: limits?.blobBytes ?? TEBIBYTE,
  };
  return { settings, findings };
}

function read(name: string): { file: HubFile; findings: readonly Finding[] } {
  return readYaml(text(name), {
    name,
    schema: HubFile,
    versionKey: 'hub',
    version: HUB_FILE_VERSION,
    code: 'CONFIG_INVALID',
    maxSize: MAX_HUB_FILE_SIZE,
  });
}

/** Tried out here, where it can still be said in words. */
function readTls(certificateFile: string, keyFile: string): Tls {
  const tls = { certificate: text(certificateFile), key: text(keyFile) };
  try {
    createSecureContext({ cert: tls.certificate, key: tls.key });
    return tls;
  } catch (cause) {
    throw new WaybillError(
      'CONFIG_INVALID',
      `Cannot use ${certificateFile} with ${keyFile}: ${cause instanceof Error ? cause.message : 'they are not understood'}`,
      { hint: 'tls.certificate and tls.key name PEM files that belong together; the key must not be encrypted', cause },
    );
  }
}

function text(file: string): string {
  try {
    const { size } = fs.statSync(file);
    if (size > MAX_HUB_FILE_SIZE)
      throw new WaybillError('LIMIT_EXCEEDED', `Cannot read ${file}: it is larger than ${MAX_HUB_FILE_SIZE} bytes`);
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    throw explainSystemError(`Cannot read ${file}`, error);
  }
}
