/** Finds the artifact that a location names, in whichever store it lies. */
import { existsSync } from 'node:fs';
import { WaybillError } from '../base/errors.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { type Digest, isDigest } from '../oci/digest.ts';
import { type Layout, openLayout } from '../oci/layout/layout.ts';
import { isManifestType, MAX_MANIFEST_SIZE, parseManifest } from '../oci/manifest.ts';
import { formatReference, type Reference } from '../oci/reference.ts';
import { isIndexed, type TaggedDescriptor } from '../oci/store.ts';
import type { OpenStore } from '../oci/store-kind.ts';
import { readContent } from '../oci/verified.ts';
import type { Context } from './context.ts';
import { parseLocation } from './location.ts';
import { openRepository } from './registry.ts';

/** An artifact in an open store; disposing closes the store. */
export interface Located extends AsyncDisposable {
  readonly store: OpenStore;
  readonly target: Descriptor;
  /** The name under which it was found, if it has one. */
  readonly name: string | undefined;
  /** Whether it was found in a registry. */
  readonly isRemote: boolean;
}

/** Names or digests in a message. */
const MAX_SHOWN = 10;

type Found = Pick<Located, 'target' | 'name'>;

export interface LocateOptions {
  /** Whether a reference with a host means its registry even if the local store has it. */
  readonly fromRegistry?: boolean;
}

/**
 * Opens the store that a location names and finds the artifact.
 * @throws WaybillError MANIFEST_UNKNOWN, STORE_UNAVAILABLE, REGISTRY_UNAVAILABLE, USAGE for a folder
 */
export async function locate(
  context: Context,
  text: string,
  { fromRegistry = false }: LocateOptions = {},
): Promise<Located> {
  const location = parseLocation(text);
  if (location.kind === 'folder') {
    throw new WaybillError('USAGE', `Cannot use ${text}: it is a folder, an artifact is needed here`, {
      hint: `Pack it first: waybill pack ${text}`,
    });
  }
  if (location.kind === 'place') {
    const { path, name } = location;
    return within(await location.store.open(path, { access: 'read' }), (store) => findAt(store, { path, name, text }));
  }
  if (location.kind === 'local') return locateLocally(context, location.reference, text);
  const { reference } = location;
  if (!fromRegistry && (await isInLocalStore(context, reference))) return locateLocally(context, reference, text);
  const found = await within(await openRepository(context, reference), (store) => findRemotely(store, reference, text));
  return { ...found, isRemote: true };
}

/** Finds what a reference, with a host or without, names in the local store. */
export async function locateLocally(context: Context, reference: Reference, text: string): Promise<Located> {
  return within(await openLocalStore(context, 'read'), (store) => findLocally(store, reference, text));
}

/** The user's own store; reading one that is not there yet says so in the reader's words. */
export async function openLocalStore(context: Context, access: 'read' | 'write'): Promise<Layout> {
  const { storeFolder } = context;
  if (access === 'read' && !existsSync(storeFolder)) {
    throw new WaybillError(
      'STORE_UNAVAILABLE',
      `Cannot open the local store ${storeFolder}: nothing has been packed yet`,
      { hint: 'waybill pack DIR makes it' },
    );
  }
  return openLayout(storeFolder, access);
}

async function within(store: OpenStore, find: (store: OpenStore) => Promise<Found>): Promise<Located> {
  try {
    const found = await find(store);
    return { store, ...found, isRemote: false, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
  } catch (error) {
    await store[Symbol.asyncDispose]();
    throw error;
  }
}

async function isInLocalStore(context: Context, reference: Reference): Promise<boolean> {
  if (!existsSync(context.storeFolder)) return false;
  await using store = await openLayout(context.storeFolder, 'read');
  return (await store.resolve(reference.digest ?? formatReference(reference))) !== undefined;
}

async function findRemotely(store: OpenStore, reference: Reference, text: string): Promise<Found> {
  const name = reference.digest ?? reference.tag;
  if (name === undefined)
    throw new WaybillError('USAGE', `Cannot use ${text}: it names no tag`, { hint: `For example ${text}:1.0.0` });
  const target = await store.resolve(name);
  if (target === undefined) throw unknown(text, 'the registry has no such artifact', 'Check the name and the tag');
  return { target, name: reference.digest === undefined ? formatReference(reference) : undefined };
}

async function findLocally(store: OpenStore, reference: Reference, text: string): Promise<Found> {
  const tags = await store.tags();
  if (reference.digest !== undefined) return findByDigest(store, tags, reference.digest, text);
  const full = formatReference(reference);
  const own = tags.filter(({ name }) => (reference.tag === undefined ? name.startsWith(`${full}:`) : name === full));
  const hint = hintFor(reference, text);
  return theOnly(store, own, text, { none: 'the local store has no artifact of this name', hint });
}

async function findAt(
  store: OpenStore,
  { path, name, text }: { path: string; name: string | undefined; text: string },
): Promise<Found> {
  const tags = await store.tags();
  if (isDigest(name)) return findByDigest(store, tags, name, text);
  if (name === undefined && tags.length === 0) return findUnnamed(store, path, text);
  const own = name === undefined ? tags : tags.filter((tag) => tag.name === name);
  const known = namesOf(tags);
  return theOnly(store, own, text, {
    none: `${path} has no such tag`,
    hint: known === '' ? 'Name its digest' : `It has: ${known}`,
  });
}

/** skopeo, oras and crane give a lone artifact no name unless one is asked for. */
async function findUnnamed(store: OpenStore, path: string, text: string): Promise<Found> {
  const found = new Map<Digest, Descriptor>();
  for (const target of isIndexed(store) ? await store.unnamed() : []) {
    if (found.size > MAX_SHOWN) break;
    if (!(await hasSubject(store, target))) found.set(target.digest, target);
  }
  const [only, ...others] = found.values();
  if (only === undefined) throw unknown(text, `${path} holds no artifact`, 'Look into its index.json');
  if (others.length === 0) return { target: only, name: undefined };
  const digests = [...found.keys()].slice(0, MAX_SHOWN).join(', ');
  throw unknown(text, `${path} holds several artifacts without names`, `Name one by its digest: ${digests}`);
}

/** What is about another manifest was attached to it, and is not what was asked for. */
async function hasSubject(store: OpenStore, target: Descriptor): Promise<boolean> {
  if (!isManifestType(target.mediaType)) return false;
  const bytes = await readContent(store, target, MAX_MANIFEST_SIZE, `manifest ${target.digest}`);
  return parseManifest(bytes, target.mediaType).subject !== undefined;
}

/** A colon that was meant for a path is the usual mistake. */
function hintFor({ host }: Reference, text: string): string {
  if (existsSync(text)) return `${text} is a file or folder here: write ./${text}`;
  return host === undefined ? 'waybill list shows what it holds' : `waybill pull ${text}`;
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
    throw unknown(text, `several artifacts fit: ${namesOf(found)}`, `Name one of them, for example ${only.name}`);
  // A name may stand in an index twice: the store refuses it if it means two artifacts.
  return { name: only.name, target: (await store.resolve(only.name)) ?? only.target };
}

function namesOf(tags: readonly TaggedDescriptor[]): string {
  return tags
    .slice(0, MAX_SHOWN)
    .map(({ name }) => name)
    .join(', ');
}

function unknown(text: string, found: string, hint: string): WaybillError {
  return new WaybillError('MANIFEST_UNKNOWN', `Cannot find ${text}: ${found}`, { hint });
}
