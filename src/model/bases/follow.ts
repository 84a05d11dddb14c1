/** Follows `model.baseModels` of waybill.yaml to the packages themselves, and theirs, as far as they are pinned by digest. */
import { WaybillError } from '../../base/errors.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { type Digest, isDigest } from '../../oci/digest.ts';
import type { ArtifactStore } from '../../oci/store.ts';
import { readStructure, type Structure } from '../artifact/structure.ts';
import { readOwnFile } from '../own-file.ts';
import type { WaybillFile } from '../waybill-file/schema.ts';

/** As `waybill.yaml` names it. */
export type BaseModel = NonNullable<NonNullable<WaybillFile['model']>['baseModels']>[number];

/** A package in the store where it was found. */
export interface FoundPackage {
  readonly store: ArtifactStore;
  readonly target: Descriptor;
}

export interface Base {
  readonly stated: BaseModel;
  /** Undefined where it could not be found. */
  readonly found: FollowedPackage | undefined;
  /** How it was asked for: by the package itself 1, by its base 2. */
  readonly depth: number;
}

export interface FollowedPackage extends FoundPackage {
  readonly structure: Structure;
  readonly file: WaybillFile | undefined;
}

/** Where a base may be: the store of the package, the local store, a registry. */
export type FindBase = (stated: BaseModel, digest: Digest) => Promise<FoundPackage | undefined>;

/** An adapter of a quantised fine-tune of a base is three deep; merges name some ten. */
const MAX_DEPTH = 8;
const MAX_BASES = 64;

/**
 * Every base, each once by its digest, in the order in which they are named; one without a digest is told as not found.
 * @throws WaybillError LIMIT_EXCEEDED where the bases go on without end; what reading them throws
 */
export async function followBases(file: WaybillFile | undefined, find: FindBase): Promise<readonly Base[]> {
  const bases: Base[] = [];
  const seen = new Set<string>();
  let named = statedBases(file, 1);
  while (named.length > 0) {
    const next: { stated: BaseModel; depth: number }[] = [];
    for (const { stated, depth } of named) {
      const key = stated.digest ?? stated.ref;
      if (seen.has(key)) continue;
      seen.add(key);
      if (depth > MAX_DEPTH || seen.size > MAX_BASES)
        throw new WaybillError(
          'LIMIT_EXCEEDED',
          `Cannot follow the base models: there are more than ${depth > MAX_DEPTH ? `${MAX_DEPTH} one upon another` : MAX_BASES}`,
        );
      const found = isDigest(stated.digest) ? await open(stated, stated.digest, find) : undefined;
      bases.push({ stated, found, depth });
      next.push(...statedBases(found?.file, depth + 1));
    }
    named = next;
  }
  return bases;
}

function statedBases(file: WaybillFile | undefined, depth: number): { stated: BaseModel; depth: number }[] {
  return (file?.model?.baseModels ?? []).map((stated) => ({ stated, depth }));
}

async function open(stated: BaseModel, digest: Digest, find: FindBase): Promise<FollowedPackage | undefined> {
  const found = await find(stated, digest);
  if (found === undefined) return undefined;
  const structure = await readStructure(found.store, found.target);
  return { ...found, structure, file: await readOwnFile(found.store, structure) };
}
