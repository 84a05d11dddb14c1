/** What the fuzzer knows of a hub: names, digests, uploads that are open; and the good content it begins with. */

import { digestOf } from '../../src/oci/digest.ts';
import { IMAGE_INDEX, IMAGE_MANIFEST } from '../../src/oci/media-types.ts';
import type { Random } from '../_support/random.ts';

const MAX_REMEMBERED = 400;

export class Known {
  readonly repositories = ['acme/x', 'acme/y', 'fuzz/deep/er/name'];
  readonly tags = ['1.0', 'latest', 'sha256-abc'];
  readonly digests: string[] = [];
  readonly uploads: string[] = [];
  readonly manifests: { readonly mediaType: string; readonly text: string }[] = [];
  /** What is never changed, and must be there at the end. */
  readonly anchor = manifestOf([Buffer.from('{}'), Buffer.from('anchored weights')]);

  /** Keeps the newest. */
  remember(list: string[], item: string): void {
    list.push(item);
    if (list.length > MAX_REMEMBERED) list.splice(0, list.length - MAX_REMEMBERED);
  }
}

export interface GoodManifest {
  readonly mediaType: string;
  readonly text: string;
  readonly digest: string;
  readonly parts: readonly Buffer[];
}

/** An image of a configuration and layers. */
export function manifestOf([config, ...layers]: readonly Buffer[], subject?: GoodManifest): GoodManifest {
  const entry = (bytes: Buffer = Buffer.alloc(0)) => ({
    mediaType: 'application/x-fuzz',
    digest: digestOf(bytes),
    size: bytes.length,
  });
  const text = JSON.stringify({
    schemaVersion: 2,
    mediaType: IMAGE_MANIFEST,
    config: entry(config),
    layers: layers.map(entry),
    ...(subject === undefined
      ? {}
      : { subject: { mediaType: subject.mediaType, digest: subject.digest, size: Buffer.byteLength(subject.text) } }),
    annotations: { 'org.example.note': 'fuzz' },
  });
  return { mediaType: IMAGE_MANIFEST, text, digest: digestOf(text), parts: [config ?? Buffer.alloc(0), ...layers] };
}

export function indexOf(manifests: readonly GoodManifest[]): GoodManifest {
  const text = JSON.stringify({
    schemaVersion: 2,
    mediaType: IMAGE_INDEX,
    manifests: manifests.map(({ mediaType, digest, text }) => ({ mediaType, digest, size: Buffer.byteLength(text) })),
  });
  return { mediaType: IMAGE_INDEX, text, digest: digestOf(text), parts: [] };
}

export function pick<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[random.below(items.length)];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}
