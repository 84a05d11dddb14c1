/** Content of a hub, put in without HTTP. */
import { streamOf } from '../../src/base/bytes.ts';
import type { Registry } from '../../src/hub/registry/registry.ts';
import { type Digest, digestOf } from '../../src/oci/digest.ts';
import { IMAGE_INDEX, IMAGE_MANIFEST } from '../../src/oci/media-types.ts';

const LAYER_TYPE = 'application/x-test';

export async function uploadTo(registry: Registry, name: string, bytes: Buffer): Promise<Digest> {
  const repository = registry.repository(name);
  const id = await registry.beginUpload(repository);
  await registry.storage.blobs.append(id, streamOf(bytes));
  await repository.commitUpload(id, digestOf(bytes));
  return digestOf(bytes);
}

export interface Image {
  readonly manifest: Digest;
  readonly size: number;
  readonly config: Digest;
  readonly layer: Digest;
}

/** An image of one layer. */
export async function imageIn(
  registry: Registry,
  name: string,
  layer: Buffer,
  { tags = [], subject }: { tags?: readonly string[]; subject?: Image } = {},
): Promise<Image> {
  const config = Buffer.from('{}');
  const describe = (bytes: Buffer) => ({ mediaType: LAYER_TYPE, digest: digestOf(bytes), size: bytes.length });
  for (const bytes of [config, layer]) await uploadTo(registry, name, bytes);
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: IMAGE_MANIFEST,
      config: describe(config),
      layers: [describe(layer)],
      ...(subject === undefined
        ? {}
        : { subject: { mediaType: IMAGE_MANIFEST, digest: subject.manifest, size: subject.size } }),
      annotations: { note: 'of a test' },
    }),
  );
  const { digest } = await registry.repository(name).putManifest(bytes, IMAGE_MANIFEST, { digest: undefined, tags });
  return { manifest: digest, size: bytes.length, config: digestOf(config), layer: digestOf(layer) };
}

/** An index of images, of which one may lie elsewhere. */
export async function indexIn(
  registry: Registry,
  name: string,
  images: readonly Image[],
  tag: string,
): Promise<Digest> {
  const manifests = images.map(({ manifest, size }) => ({ mediaType: IMAGE_MANIFEST, digest: manifest, size }));
  const elsewhere = { mediaType: IMAGE_MANIFEST, digest: digestOf('elsewhere'), size: 9 };
  const bytes = Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: IMAGE_INDEX, manifests: [...manifests, elsewhere] }),
  );
  const put = await registry.repository(name).putManifest(bytes, IMAGE_INDEX, { digest: undefined, tags: [tag] });
  return put.digest;
}
