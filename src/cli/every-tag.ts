/** All artifacts of a repository, and where each goes: `waybill copy --all-tags`. */
import { WaybillError } from '../base/errors.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { formatReference, isTag, type Tag } from '../oci/reference.ts';
import type { OpenStore } from '../oci/store-kind.ts';
import type { Context } from './context.ts';
import { openLocalStore } from './locate.ts';
import { type Location, parseLocation } from './location.ts';
import { openRepository } from './registry.ts';

export interface TaggedArtifact {
  readonly tag: Tag;
  readonly target: Descriptor;
}

/** A repository of an open store, with all its tags in order. */
export interface EveryTag {
  readonly store: OpenStore;
  readonly artifacts: readonly TaggedArtifact[];
}

/** Where all of them go. */
export interface Receiver {
  readonly store: OpenStore;
  /** The name of one of them in the store. */
  nameOf(tag: Tag): string;
}

/** Tags under which registries without the referrers API list them; a copy brings referrers by itself. */
const FALLBACK_TAG = /^sha(?:256-[0-9a-f]{64}|512-[0-9a-f]{64})$/;

/** As cosign names signatures and attestations before its version 3. */
const COSIGN_TAG = /^sha256-[0-9a-f]{64}\./;

/**
 * Opens where all come from: a repository in the local store or a registry, a layout or an archive.
 * @throws WaybillError USAGE when one artifact is named, MANIFEST_UNKNOWN when there is none
 */
export async function openEveryTag(context: Context, text: string): Promise<EveryTag> {
  const location = parseLocation(text);
  checkNamesNone(location, text, 'from');
  const store = await openFor(context, location, text, 'read');
  try {
    const artifacts = await listOf(store, location);
    if (artifacts.length > 0) return { store, artifacts };
    throw new WaybillError('MANIFEST_UNKNOWN', `Cannot find ${text}: there is no tag`, {
      hint: location.kind === 'local' ? 'waybill list shows what the local store holds' : 'Check the name',
    });
  } catch (error) {
    await store[Symbol.asyncDispose]();
    throw error;
  }
}

/** @throws WaybillError USAGE when a tag or digest is named */
export async function openReceiver(
  context: Context,
  text: string,
  options: { readonly overwrite: boolean; readonly mountFrom: readonly string[] },
): Promise<Receiver> {
  const location = parseLocation(text);
  checkNamesNone(location, text, 'to');
  const store = await openFor(context, location, text, 'write', options);
  const named = (tag: Tag) => (location.kind === 'local' ? formatReference({ ...location.reference, tag }) : tag);
  return { store, nameOf: named };
}

function checkNamesNone(location: Location, text: string, direction: 'from' | 'to'): void {
  const name =
    location.kind === 'place'
      ? location.name
      : location.kind === 'folder'
        ? undefined
        : (location.reference.digest ?? location.reference.tag);
  if (name === undefined) return;
  throw new WaybillError('USAGE', `Cannot copy all tags ${direction} ${text}: it names one of them`, {
    hint: `Leave out ${name}, or leave out --all-tags`,
  });
}

async function openFor(
  context: Context,
  location: Location,
  text: string,
  access: 'read' | 'write',
  { overwrite = false, mountFrom = [] }: { readonly overwrite?: boolean; readonly mountFrom?: readonly string[] } = {},
): Promise<OpenStore> {
  if (location.kind === 'folder')
    throw new WaybillError('USAGE', `Cannot copy tags of ${text}: it is a plain folder`, {
      hint: `oci:${text} is a layout folder`,
    });
  if (location.kind === 'place') return location.store.open(location.path, { access, overwrite });
  if (location.kind === 'local') return openLocalStore(context, access);
  return openRepository(context, location.reference, mountFrom);
}

async function listOf(store: OpenStore, location: Location): Promise<readonly TaggedArtifact[]> {
  const found = new Map<Tag, Descriptor>();
  for (const { name, target } of await store.tags()) {
    const tag = tagIn(name, location);
    if (tag === undefined || FALLBACK_TAG.test(tag)) continue;
    const known = found.get(tag);
    if (known !== undefined && known.digest !== target.digest)
      throw new WaybillError('MANIFEST_INVALID', `Cannot copy all tags: ${tag} means several artifacts`, {
        expected: known.digest,
        found: target.digest,
        hint: 'Copy them one by one, each under a name of its own',
      });
    found.set(tag, target);
  }
  // What stands under cosign's tags is attached to something, which has to be there first.
  const orderOf = (tag: Tag) => `${COSIGN_TAG.test(tag) ? 1 : 0}${tag}`;
  return [...found]
    .map(([tag, target]) => ({ tag, target }))
    .sort((a, b) => (orderOf(a.tag) < orderOf(b.tag) ? -1 : 1));
}

/** The tag in the name that a store gives an artifact; undefined for one of another repository. */
function tagIn(name: string, location: Location): Tag | undefined {
  if (location.kind === 'local') {
    const prefix = `${formatReference(location.reference)}:`;
    return name.startsWith(prefix) ? asTag(name.slice(prefix.length)) : undefined;
  }
  // In layouts some tools write whole references.
  return asTag(location.kind === 'place' ? name.slice(name.lastIndexOf(':') + 1) : name);
}

function asTag(text: string): Tag | undefined {
  return isTag(text) ? text : undefined;
}
