import { WaybillError } from '../base/errors.ts';
import { isDigest } from '../oci/digest.ts';
import { parseReference, type Reference } from '../oci/reference.ts';
import type { StoreKind } from '../oci/store-kind.ts';
import { stores } from '../oci/stores/index.ts';

export type Location =
  | { readonly kind: 'folder'; readonly folder: string }
  | { readonly kind: 'local'; readonly reference: Reference }
  /** A reference with a host: a registry, or what was pulled from it under the same name. */
  | { readonly kind: 'registry'; readonly reference: Reference }
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
  const store = stores.find((kind: StoreKind) => kind.scheme !== undefined && kind.scheme === scheme);
  if (store === undefined) {
    const reference = parseReference(text);
    return reference.host === undefined ? { kind: 'local', reference } : { kind: 'registry', reference };
  }
  const rest = text.slice((scheme?.length ?? 0) + 1);
  const [, path = '', digest, name] = /^([^:@]*(?:@(?!sha)[^:@]*)*)(?:@(sha(?:256|512):.*)|:(.+))?$/s.exec(rest) ?? [];
  if (path === '')
    throw new WaybillError('NAME_INVALID', `Cannot read ${JSON.stringify(text)}: behind ${scheme}: stands no path`, {
      hint: `${scheme}:PATH, ${scheme}:PATH:TAG or ${scheme}:PATH@sha256:…`,
    });
  if (digest !== undefined && !isDigest(digest))
    throw new WaybillError('NAME_INVALID', `Cannot read ${JSON.stringify(text)}: behind @ stands no digest`);
  return { kind: 'place', store, path, name: digest ?? name };
}
