/** How a signer says that he listed and hashed the files: OpenSSF Model Signing 1.0 §5.2.2. */
import { WaybillError } from '../../base/errors.ts';
import type { Finding } from '../../base/finding.ts';
import { objectWith } from '../encoding/signed-json.ts';
import { leftOutNames } from './left-out.ts';

export interface Serialization {
  /** Paths that were left out beside those that are always left out. */
  readonly ignoredPaths: readonly string[];
  /** Whether links were followed while signing. */
  readonly allowsLinks: boolean;
}

/** Whoever leaves more out than this signs something else than the model. */
const MAX_IGNORED_PATHS = 10_000;

/** What the specification knows beside what we recompute (§6.3.2, §7). */
const OTHER_METHODS: readonly unknown[] = ['shards'];
const OTHER_HASHES: readonly unknown[] = ['blake2b', 'blake3'];

const WHAT = 'how the model signature was made';

/** @throws WaybillError STATEMENT_INVALID, UNSUPPORTED */
export function parseSerialization(value: unknown): Serialization {
  const {
    method,
    hash_type: hashType,
    shard_size: shardSize,
    allow_symlinks: allowsLinks,
    ignore_paths: ignored = [],
  } = objectWith(
    value,
    ['method', 'hash_type', 'shard_size', 'allow_symlinks', 'ignore_paths'],
    WHAT,
    'STATEMENT_INVALID',
  );
  if (OTHER_METHODS.includes(method)) throw unsupported('it is over pieces of files ("shards")');
  if (OTHER_HASHES.includes(hashType)) throw unsupported(`its digests are ${hashType}`);
  if (method !== 'files' || hashType !== 'sha256' || shardSize !== undefined)
    throw invalid('method, hash_type and shard_size are not "files", "sha256" and absent');
  if (typeof allowsLinks !== 'boolean') throw invalid('allow_symlinks is neither true nor false');
  if (!Array.isArray(ignored) || ignored.length > MAX_IGNORED_PATHS)
    throw invalid(`ignore_paths is not a list of at most ${MAX_IGNORED_PATHS}`);
  return { ignoredPaths: ignored.map(parseIgnored).filter((path) => !leftOutNames.includes(path)), allowsLinks };
}

/** What the signer did that a reader may not expect. */
export function ignoredFindings(ignoredPaths: readonly string[], allowsLinks: boolean): readonly Finding[] {
  const paths = ignoredPaths.map(
    (path): Finding => ({
      rule: 'path-ignored',
      level: 'warning',
      path,
      message: 'was left out by the signer: whatever lies there is not covered',
    }),
  );
  if (!allowsLinks) return paths;
  const message = 'The signer followed symbolic links; a folder is verified without';
  return [...paths, { rule: 'links-followed', level: 'warning', message }];
}

/** Text that a path begins with and nothing more: compared with paths of the folder, never opened. */
function parseIgnored(path: unknown): string {
  if (typeof path !== 'string' || path === '') throw invalid('ignore_paths has something that is not text');
  return path;
}

function unsupported(found: string): WaybillError {
  return new WaybillError('UNSUPPORTED', `Cannot verify the model signature: ${found}, which Waybill does not read`, {
    hint: 'Have the model signed by whole files with SHA-256: the default of model_signing, and what waybill sign does',
  });
}

function invalid(found: string): WaybillError {
  return new WaybillError('STATEMENT_INVALID', `Cannot read ${WHAT}: ${found}`);
}
