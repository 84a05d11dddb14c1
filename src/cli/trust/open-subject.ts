/** An artifact that something is to be attached to, in a store that can be written. */
import { WaybillError } from '../../base/errors.ts';
import { MAX_MANIFEST_SIZE, parseManifest } from '../../oci/manifest.ts';
import { annotationKeys } from '../../oci/media-types.ts';
import { isRepositoryName } from '../../oci/reference.ts';
import type { OpenStore } from '../../oci/store-kind.ts';
import { readContent } from '../../oci/verified.ts';
import type { Context } from '../context.ts';
import { type Located, locate, openLocalStore } from '../locate.ts';
import { type Location, parseLocation } from '../location.ts';
import { openRepository } from '../registry.ts';

export interface OpenSubject extends Located {
  /** What people call it: the name that the package gives itself, else the repository that it was named by. */
  readonly packageName: string;
}

/**
 * Finds the artifact as `locate` does, and opens its store for writing.
 * @throws WaybillError USAGE for an archive, which is written as a whole; and as `locate`
 */
export async function openSubject(context: Context, text: string): Promise<OpenSubject> {
  const location = parseLocation(text);
  if (location.kind === 'place' && location.store.isWrittenWhole === true)
    throw new WaybillError('USAGE', `Cannot attach to ${text}: an archive is written as a whole`, {
      hint: `waybill copy ${text} oci:DIR, and back when all is attached`,
    });
  // Found before anything is opened for writing: that would make a store where there is none.
  await using found = await locate(context, text);
  const { target, name, isRemote } = found;
  const packageName = await packageNameOf(found, location);
  const store = await openForWriting(context, location, isRemote);
  return { store, target, name, isRemote, packageName, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
}

function openForWriting(context: Context, location: Location, isRemote: boolean): Promise<OpenStore> {
  if (location.kind === 'place') return location.store.open(location.path, { access: 'write' });
  return location.kind === 'registry' && isRemote
    ? openRepository(context, location.reference)
    : openLocalStore(context, 'write');
}

/** Of a layout that other tools wrote, in which nothing says a name, there is only its kind left to say. */
async function packageNameOf({ store, target }: Located, location: Location): Promise<string> {
  const bytes = await readContent(store, target, MAX_MANIFEST_SIZE, `manifest ${target.digest}`);
  const title = parseManifest(bytes, target.mediaType).annotations[annotationKeys.title];
  if (title !== undefined && isRepositoryName(title)) return title;
  return 'reference' in location ? location.reference.repository : 'artifact';
}
