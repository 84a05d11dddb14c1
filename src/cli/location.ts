/** Where an artifact or a folder is: the forms of references that verbs accept. */
import { existsSync } from 'node:fs';
import { WaybillError } from '../base/errors.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { type Digest, isDigest } from '../oci/digest.ts';
import { type Layout, openLayout } from '../oci/layout/layout.ts';
import { formatReference, parseReference, type Reference } from '../oci/reference.ts';
import type { TaggedDescriptor } from '../oci/store.ts';
import type { OpenStore, StoreKind } from '../oci/store-kind.ts';
import { stores } from '../oci/stores/index.ts';
import type { Context } from './context.ts';

export type Location =
  | { readonly kind: 'folder'; readonly folder: string }
  | { readonly kind: 'local'; readonly reference: Reference }
  | {
      readonly kind: 'place';
      readonly store: StoreKind;
      /** Folder or file. */
      readonly path: string;
      /** Tag or digest in it, if one is named. */
      readonly name: string | undefined;
    };

/**
 * Reads a location: `./folder`, `acme/digits:1.2.0`, `oci:DIR[:TAG|@DIGEST]`, `oci-archive:FILE[:TAG]`.
 * @throws WaybillError NAME_INVALID
 */
export function parseLocation(text: string): Location {
  if (/^[./]/.test(text)) return { kind: 'folder', folder: text };
  const scheme = /^([a-z-]+):/.exec(text)?.[1];
  const store = stores.find(({ id }) => id === scheme && id !== 'memory');
  if (store === undefined) return { kind: 'local', reference: parseReference(text) };
  const rest = text.slice(store.id.length + 1);
  const [, path = '', digest, name] = /^([^:@]*(?:@(?!sha)[^:@]*)*)(?:@(sha(?:256|512):.*)|:(.+))?$/s.exec(rest) ?? [];
  if (path === '')
    throw new WaybillError('NAME_INVALID', `Cannot read ${JSON.stringify(text)}: behind ${store.id}: stands no path`, {
      hint: `${store.id}:PATH, ${store.id}:PATH:TAG or ${store.id}:PATH@sha256:…`,
    });
  if (digest !== undefined && !isDigest(digest))
    throw new WaybillError('NAME_INVALID', `Cannot read ${JSON.stringify(text)}: behind @ stands no digest`);
  return { kind: 'place', store, path, name: digest ?? name };
}

/** An artifact in an open store; disposing closes the store. */
export interface Located extends AsyncDisposable {
  readonly store: OpenStore;
  readonly target: Descriptor;
  /** The name under which it was found, if it has one. */
  readonly name: string | undefined;
}

/**
 * Opens the store that a location names and finds the artifact.
 * @throws WaybillError MANIFEST_UNKNOWN, STORE_UNAVAILABLE, USAGE for a folder
 */
export async function locate(context: Context, text: string): Promise<Located> {
  const location = parseLocation(text);
  if (location.kind === 'folder')
    throw new WaybillError('USAGE', `Cannot use ${text}: it is a folder, an artifact is needed here`, {
      hint: `Pack it first: waybill pack ${text}`,
    });
  const store = await openFor(context, location);
  try {
    const found = await findIn(store, location, text);
    return { store, ...found, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
  } catch (error) {
    await store[Symbol.asyncDispose]();
    throw error;
  }
}

async function openFor(context: Context, location: Exclude<Location, { kind: 'folder' }>): Promise<OpenStore> {
  if (location.kind === 'place') return location.store.open(location.path, { access: 'read' });
  return openLocalStore(context, 'read');
}

/** The user's own store; reading one that is not there yet says so in the reader's words. */
export async function openLocalStore(context: Context, access: 'read' | 'write'): Promise<Layout> {
  if (access === 'read' && !existsSync(context.storeFolder)) {
    throw new WaybillError(
      'STORE_UNAVAILABLE',
      `Cannot open the local store ${context.storeFolder}: nothing has been packed yet`,
      {
        hint: 'waybill pack DIR makes it',
      },
    );
  }
  return openLayout(context.storeFolder, access);
}

type Found = Pick<Located, 'target' | 'name'>;

async function findIn(store: OpenStore, location: Exclude<Location, { kind: 'folder' }>, text: string): Promise<Found> {
  const tags = await store.tags();
  if (location.kind === 'local') {
    const { reference } = location;
    if (reference.digest !== undefined) return findByDigest(store, tags, reference.digest, text);
    const full = formatReference(reference);
    const own = tags.filter(({ name }) => (reference.tag === undefined ? name.startsWith(`${full}:`) : name === full));
    return theOnly(store, own, text, {
      none: `the local store has no artifact of this name`,
      hint: hintFor(reference, text),
    });
  }
  const { name, path } = location;
  if (isDigest(name)) return findByDigest(store, tags, name, text);
  const own = name === undefined ? tags : tags.filter((tag) => tag.name === name);
  const known = tags.slice(0, 10).map((tag) => tag.name);
  return theOnly(store, own, text, {
    none: `${path} has no ${name === undefined ? 'tagged artifact' : 'such tag'}`,
    hint: known.length === 0 ? 'Name its digest' : `It has: ${known.join(', ')}`,
  });
}

function hintFor({ host }: Reference, text: string): string {
  if (existsSync(text)) return `For the folder write ./${text}`;
  return host === undefined
    ? 'waybill list shows what it holds'
    : 'This version reads no registries: bring it with skopeo copy docker://REF oci-archive:FILE';
}

async function findByDigest(
  store: OpenStore,
  tags: readonly TaggedDescriptor[],
  digest: Digest,
  text: string,
): Promise<Found> {
  const target = await store.resolve(digest);
  if (target === undefined)
    throw unknown(text, 'the store does not hold this digest', 'waybill list shows what the local store holds');
  return { target, name: tags.find((tag) => tag.target.digest === digest)?.name };
}

async function theOnly(
  store: OpenStore,
  found: readonly TaggedDescriptor[],
  text: string,
  { none, hint }: { none: string; hint: string },
): Promise<Found> {
  const [only, ...others] = found;
  if (only === undefined) throw unknown(text, none, hint);
  if (others.some(({ name }) => name !== only.name))
    throw unknown(
      text,
      `several artifacts fit: ${found
        .slice(0, 10)
        .map(({ name }) => name)
        .join(', ')}`,
      `Name one of them, for example ${only.name}`,
    );
  // A name may stand in an index twice: the store refuses it if it means two artifacts.
  return { name: only.name, target: (await store.resolve(only.name)) ?? only.target };
}

function unknown(text: string, found: string, hint: string): WaybillError {
  return new WaybillError('MANIFEST_UNKNOWN', `Cannot find ${text}: ${found}`, { hint });
}
