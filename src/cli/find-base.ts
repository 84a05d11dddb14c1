/** Where the command line looks for the base of a model. */
import fs from 'node:fs';
import type { FindBase, FoundPackage } from '../model/bases/follow.ts';
import type { Digest } from '../oci/digest.ts';
import { openLayout } from '../oci/layout/layout.ts';
import { parseReference, type Reference } from '../oci/reference.ts';
import type { OpenStore } from '../oci/store-kind.ts';
import type { Context } from './context.ts';
import { openRepository } from './registry.ts';

/** Stores that were opened on the way stay open until this is disposed. */
export interface BaseFinder extends AsyncDisposable {
  readonly find: FindBase;
}

export interface BaseSearch {
  /** Where the package lies, if that is a store. */
  readonly store: OpenStore | undefined;
  /** Of the package, where it has one: names without a host are looked up there too. */
  readonly host: string | undefined;
  /** Whether registries are asked. */
  readonly isFar: boolean;
}

/**
 * Looks in the store of the package and in the local store; with `isFar` also in the registry that the base names.
 * A name in a package decides there which host is asked: only whoever says so follows it.
 */
export function openBaseFinder(context: Context, { store: own, host, isFar }: BaseSearch): BaseFinder {
  const opened: OpenStore[] = [];
  const keep = (store: OpenStore): OpenStore => {
    opened.push(store);
    return store;
  };
  return {
    async find(stated, digest) {
      const here = own === undefined ? undefined : await foundIn(own, digest);
      const near = here ?? (await foundLocally(context, digest, keep));
      return near ?? (isFar ? foundFar(context, referenceOf(stated.ref, host), digest, keep) : undefined);
    },
    async [Symbol.asyncDispose]() {
      for (const store of opened) await store[Symbol.asyncDispose]();
    },
  };
}

async function foundLocally(
  context: Context,
  digest: Digest,
  keep: (store: OpenStore) => OpenStore,
): Promise<FoundPackage | undefined> {
  if (!fs.existsSync(context.storeFolder)) return undefined;
  return foundIn(keep(await openLayout(context.storeFolder, 'read')), digest);
}

async function foundFar(
  context: Context,
  reference: Reference | undefined,
  digest: Digest,
  keep: (store: OpenStore) => OpenStore,
): Promise<FoundPackage | undefined> {
  if (reference?.host === undefined) return undefined;
  return foundIn(keep(await openRepository(context, reference)), digest);
}

async function foundIn(store: OpenStore, digest: Digest): Promise<FoundPackage | undefined> {
  const target = await store.resolve(digest);
  return target === undefined ? undefined : { store, target };
}

/** Bases are also named as other places name them; those are no references. */
function referenceOf(ref: string, host: string | undefined): Reference | undefined {
  try {
    const reference = parseReference(ref);
    return reference.host === undefined && host !== undefined ? { ...reference, host } : reference;
  } catch {
    return undefined;
  }
}
