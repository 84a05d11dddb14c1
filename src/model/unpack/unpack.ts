/** Restores the files of an artifact: all of them, verified, or nothing. */
import fs from 'node:fs';
import path from 'node:path';
import { diskFull, freeBytes } from '../../base/disk-space.ts';
import { WaybillError } from '../../base/errors.ts';
import type { Finding } from '../../base/finding.ts';
import type { Progress } from '../../base/progress.ts';
import { explainSystemError } from '../../base/system-errors.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import type { Store } from '../../oci/store.ts';
import { checkContent, readContent } from '../../oci/verified.ts';
import type { Layer } from '../artifact/layer.ts';
import { assertRestorable, readStructure, type Structure } from '../artifact/structure.ts';
import { compareSums } from '../compare-sums.ts';
import type { Component } from '../media-types.ts';
import { findCollision } from '../paths/collisions.ts';
import { MAX_SUMS_SIZE, parseSums, SUMS_FILE } from '../sums.ts';
import { type Destination, openDestination } from './destination.ts';
import { Restore, twice } from './restore.ts';

export interface UnpackOptions {
  /** Only these components; all if absent. */
  readonly only?: readonly Component[];
  readonly bring?: 'clone' | 'link';
  /** Whether a folder that is there may be replaced. */
  readonly overwrite?: boolean;
  /** Small files to lay beside those of the (first) package, as a signature over them. */
  readonly beside?: ReadonlyMap<string, Uint8Array>;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

export interface Unpacked {
  readonly digest: Digest;
  readonly fileCount: number;
  readonly bytesWritten: number;
  readonly findings: readonly Finding[];
}

/**
 * @throws WaybillError DIGEST_INVALID, SIZE_INVALID, ARCHIVE_UNSAFE, MANIFEST_INVALID, DESTINATION_EXISTS,
 *   DISK_FULL; the destination is then as it was
 */
export async function unpack(
  store: Store,
  target: Descriptor,
  folder: string,
  options: UnpackOptions = {},
): Promise<Unpacked> {
  const [unpacked] = await unpackTogether([{ store, target, under: undefined }], folder, options);
  return unpacked;
}

/** A package among several that are restored side by side. */
export interface UnpackPart {
  readonly store: Store;
  readonly target: Descriptor;
  /** A folder of its own in the destination; undefined for the destination itself. */
  readonly under: string | undefined;
}

/**
 * Restores several packages into one destination: all of them or nothing.
 * @throws WaybillError as `unpack` does
 */
export async function unpackTogether<Parts extends readonly [UnpackPart, ...UnpackPart[]]>(
  parts: Parts,
  folder: string,
  options: UnpackOptions = {},
): Promise<{ readonly [Index in keyof Parts]: Unpacked }> {
  const plans = await Promise.all(parts.map((part) => planOf(part, options)));
  await using destination = await openDestination(folder, options.overwrite ?? false);
  const unpacked: Unpacked[] = [];
  if (options.bring !== 'link') await checkSpace(plans, folder);
  for (const plan of plans) unpacked.push(await restore(plan, destination, options));
  for (const [name, bytes] of options.beside ?? []) layBeside(destination, name, bytes);
  await destination.finish();
  return unpacked as { readonly [Index in keyof Parts]: Unpacked };
}

interface Plan extends UnpackPart {
  readonly structure: Structure;
  /** Those that are restored. */
  readonly layers: readonly Layer[];
}

async function planOf(part: UnpackPart, { only }: UnpackOptions): Promise<Plan> {
  const { store, target } = part;
  const structure = await readStructure(store, target);
  assertRestorable(structure, target.digest);
  const layers = structure.layers.filter(({ component }) => only?.includes(component) ?? true);
  if (layers.length === 0) {
    throw new WaybillError('USAGE', `Cannot unpack ${target.digest}: it has no files in ${only?.join(', ') ?? 'it'}`);
  }
  refuseCollisions(layers.filter(({ form }) => form === 'raw').map(({ path }) => path));
  return { ...part, structure, layers };
}

async function restore(plan: Plan, destination: Destination, options: UnpackOptions): Promise<Unpacked> {
  const { store, target, under, structure, layers } = plan;
  const restoring = new Restore(store, under === undefined ? destination : destination.within(under), options);
  await restoring.rawLayers(layers.filter(({ form }) => form === 'raw'));
  for (const layer of layers) if (layer.form !== 'raw') await restoring.packedLayer(layer);
  refuseCollisions(restoring.files.keys());
  await holdToSums(store, structure.layers, restoring.files, options.only !== undefined);
  return {
    digest: target.digest,
    fileCount: restoring.files.size,
    bytesWritten: restoring.bytesWritten,
    findings: structure.findings,
  };
}

function layBeside(destination: Destination, name: string, bytes: Uint8Array): void {
  try {
    fs.writeFileSync(destination.pathFor(name), bytes, { flag: 'wx' });
  } catch (error) {
    throw explainSystemError(`Cannot write ${name} beside the files of the package`, error);
  }
}

function refuseCollisions(paths: Iterable<string>): void {
  const collision = findCollision(paths);
  if (collision === undefined) return;
  if (collision[0] === collision[1]) throw twice(collision[0]);
  const [a, b] = collision.map((path) => JSON.stringify(path));
  throw new WaybillError(
    'ARCHIVE_UNSAFE',
    `Cannot unpack ${a} and ${b}: some file systems could keep only one of them`,
  );
}

async function holdToSums(
  store: Store,
  layers: readonly Layer[],
  files: ReadonlyMap<string, Digest>,
  isPart: boolean,
): Promise<void> {
  const sums = layers.find(({ form, path }) => form === 'raw' && path === SUMS_FILE);
  if (sums === undefined) return;
  const text = (await readContent(store, sums.descriptor, MAX_SUMS_SIZE, SUMS_FILE)).toString('utf8');
  const others = new Map([...files].filter(([path]) => path !== SUMS_FILE));
  const expected = parseSums(text).filter(({ path }) => !isPart || others.has(path));
  const [first, ...more] = compareSums(expected, others);
  if (first === undefined) return;
  throw new WaybillError(
    'DIGEST_INVALID',
    `Cannot unpack: ${first.path} ${first.message}${more.length === 0 ? '' : ` (and ${more.length} more)`}; the artifact contradicts its own ${SUMS_FILE}`,
  );
}

async function checkSpace(plans: readonly Plan[], folder: string): Promise<void> {
  const wanted = plans.flatMap(({ store, layers }) => layers.map(({ descriptor }) => ({ store, descriptor })));
  const needed = wanted.reduce((sum, { descriptor }) => sum + descriptor.size, 0);
  const free = freeBytes(path.dirname(path.resolve(folder)));
  if (free === undefined || needed <= free) return;
  // Unless the sizes themselves are a lie.
  for (const { store, descriptor } of wanted) {
    const found = await store.stat(descriptor);
    if (found !== undefined) checkContent(descriptor, found);
  }
  throw diskFull(`Cannot unpack into ${folder}`, {
    needed,
    free,
    hint: 'Free some space, name a folder on another disk, or add --link if the store is on the same one',
  });
}
