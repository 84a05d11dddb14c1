/** Where a copy goes: the store to write, and the name that the artifact gets in it. */
import { WaybillError } from '../base/errors.ts';
import { isDigest } from '../oci/digest.ts';
import { formatReference, type Reference } from '../oci/reference.ts';
import type { OpenStore } from '../oci/store-kind.ts';
import type { Context } from './context.ts';
import { openLocalStore } from './locate.ts';
import { parseLocation } from './location.ts';
import { openRepository } from './registry.ts';

export interface Destination {
  readonly store: OpenStore;
  /** The name in that store; none if the source had none and none was given. */
  readonly name: string | undefined;
  /** The whole of it, as the reader would name it again. */
  readonly shown: string;
}

export interface DestinationOptions {
  /** The name under which the artifact was found, whose tag is taken over where none is given. */
  readonly original: string | undefined;
  readonly overwrite?: boolean;
  /** Repositories of the same registry from which blobs may be taken. */
  readonly mountFrom?: readonly string[];
}

/** @throws WaybillError USAGE for what cannot be copied to, and as the store cannot be opened */
export async function openDestination(
  context: Context,
  text: string,
  options: DestinationOptions,
): Promise<Destination> {
  const location = parseLocation(text);
  if (location.kind === 'folder') {
    throw new WaybillError('USAGE', `Cannot copy to ${text}: it is a plain folder`, {
      hint: `waybill unpack restores files; oci:${text} makes a layout`,
    });
  }
  const tag = options.original === undefined ? undefined : tagOf(options.original);
  if (location.kind === 'place') {
    const { store, path } = location;
    if (isDigest(location.name)) throw digestGiven(text);
    // Without the repository: what other tools expect in a layout.
    const name = location.name ?? tag;
    const shown = name === undefined ? text : `${store.scheme}:${path}:${name}`;
    return { store: await store.open(path, { access: 'write', overwrite: options.overwrite ?? false }), name, shown };
  }
  const reference = withTag(location.reference, tag, text);
  const shown = formatReference(reference);
  if (location.kind === 'local') return { store: await openLocalStore(context, 'write'), name: shown, shown };
  return { store: await openRepository(context, reference, options.mountFrom), name: reference.tag, shown };
}

function withTag(reference: Reference, tag: string | undefined, text: string): Reference {
  if (reference.digest !== undefined) throw digestGiven(text);
  const own = reference.tag ?? (tag as Reference['tag']);
  if (own === undefined)
    throw new WaybillError('USAGE', `Cannot copy to ${text}: it has no tag`, { hint: `For example ${text}:1.0.0` });
  return { ...reference, tag: own };
}

function tagOf(name: string): string {
  return name.slice(name.lastIndexOf(':') + 1);
}

function digestGiven(text: string): WaybillError {
  return new WaybillError('USAGE', `Cannot copy to ${text}: the digest follows from the content`, {
    hint: 'Name a tag',
  });
}
