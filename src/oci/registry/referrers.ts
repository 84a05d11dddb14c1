/**
 * What is attached to a manifest: distribution specification, "Listing Referrers", and its
 * fallback, a tag `sha256-HEX` that holds an index, where a registry has no referrers API.
 */
import { canonicalJson } from '../../base/canonical-json.ts';
import { WaybillError } from '../../base/errors.ts';
import { type Descriptor, parseDescriptor } from '../descriptor.ts';
import type { Digest } from '../digest.ts';
import { algorithmOf, digestOf, encodedOf } from '../digest.ts';
import { MAX_MANIFEST_SIZE, parseManifest } from '../manifest.ts';
import { IMAGE_INDEX } from '../media-types.ts';
import type { ArtifactStore } from '../store.ts';
import { readContent } from '../verified.ts';
import { ManifestUpload } from './manifest-upload.ts';
import { readPages } from './pages.ts';
import type { Session } from './session.ts';

/** Writers that meet again and again wait for each other's round trips; more than a few is a fight. */
const MAX_OVERWRITES = 8;

export class Referrers {
  readonly #session: Session;
  readonly #name: string;
  readonly #store: ArtifactStore;
  #hasApi: boolean | undefined;

  constructor(session: Session, name: string, store: ArtifactStore) {
    this.#session = session;
    this.#name = name;
    this.#store = store;
  }

  async of(subject: Descriptor): Promise<readonly Descriptor[]> {
    if (await this.#detect(subject.digest)) {
      return readPages(this.#session, {
        to: `/v2/${this.#name}/referrers/${subject.digest}`,
        access: { repository: this.#name, actions: 'pull' },
        attempt: `list what is attached to ${subject.digest}`,
        items: (page) => descriptorsOf(page),
      });
    }
    return (await this.#fallback(subject.digest)).manifests;
  }

  /** The manifest itself has been pushed; without the API its subject's index must name it. */
  async attach(referrer: Descriptor): Promise<void> {
    const bytes = await readContent(this.#store, referrer, MAX_MANIFEST_SIZE, `manifest ${referrer.digest}`);
    const manifest = parseManifest(bytes, referrer.mediaType);
    if (manifest.subject === undefined)
      throw new WaybillError('MANIFEST_INVALID', `Cannot attach ${referrer.digest}: it has no subject`);
    if (await this.#detect(manifest.subject.digest)) return;
    const { mediaType, digest, size } = referrer;
    const artifactType =
      manifest.artifactType ?? (manifest.kind === 'manifest' ? manifest.config.mediaType : undefined);
    const entry = {
      mediaType,
      digest,
      size,
      artifactType,
      annotations: Object.keys(manifest.annotations).length === 0 ? undefined : manifest.annotations,
    };
    await this.#enter(manifest.subject.digest, entry);
  }

  /**
   * Puts an entry into the list. Two that do so at once start from the same list, and the later write takes the other
   * one's entry away without a word: so each looks again.
   */
  async #enter(subject: Digest, entry: ListEntry): Promise<void> {
    for (let tries = 0; tries <= MAX_OVERWRITES; tries++) {
      const { manifests } = await this.#fallback(subject);
      if (manifests.some(({ digest }) => digest === entry.digest)) return;
      await this.#writeFallback(subject, [...manifests.map(plain), entry]);
    }
    throw new WaybillError(
      'REGISTRY_UNAVAILABLE',
      `Cannot attach ${entry.digest}: the list under the tag ${fallbackTag(subject)} was overwritten again and again`,
      { hint: 'Somebody else attaches to the same package: try again later' },
    );
  }

  async #writeFallback(subject: Digest, manifests: readonly ListEntry[]): Promise<void> {
    const index = Buffer.from(canonicalJson({ schemaVersion: 2, mediaType: IMAGE_INDEX, manifests }));
    const expected = { mediaType: IMAGE_INDEX, digest: digestOf(index), size: index.length };
    const upload = new ManifestUpload(this.#session, {
      name: this.#name,
      access: { repository: this.#name, actions: 'pull,push' },
      expected,
      reference: fallbackTag(subject),
    });
    await upload.write(index);
    await upload.commit(expected.digest);
  }

  async #detect(subject: Digest): Promise<boolean> {
    if (this.#hasApi !== undefined) return this.#hasApi;
    const response = await this.#session.ask({
      method: 'GET',
      to: `/v2/${this.#name}/referrers/${subject}`,
      access: { repository: this.#name, actions: 'pull' },
      expect: [200, 404, 405, 400, 501],
      attempt: `list what is attached to ${subject}`,
    });
    const type = response.header('content-type') ?? '';
    await response.discard();
    this.#hasApi = response.status === 200 && type.includes(IMAGE_INDEX);
    return this.#hasApi;
  }

  async #fallback(subject: Digest): Promise<{ manifests: readonly Descriptor[] }> {
    const target = await this.#store.resolve(fallbackTag(subject));
    if (target === undefined) return { manifests: [] };
    const index = parseManifest(
      await readContent(this.#store, target, MAX_MANIFEST_SIZE, 'the index of referrers'),
      target.mediaType,
    );
    if (index.kind === 'index') return index;
    throw new WaybillError(
      'MANIFEST_INVALID',
      `Cannot tell what is attached to ${subject}: what stands under the tag ${fallbackTag(subject)} is no list`,
      { hint: 'Somebody wrote over the list of what is attached: remove that tag, and attach again' },
    );
  }
}

/** Distribution specification, "Referrers Tag Schema": of longer digests the first 64 digits. */
export function fallbackTag(subject: Digest): string {
  return `${algorithmOf(subject)}-${encodedOf(subject).slice(0, 64)}`;
}

function descriptorsOf(page: unknown): readonly Descriptor[] {
  const manifests = typeof page === 'object' && page !== null && 'manifests' in page ? page.manifests : undefined;
  if (!Array.isArray(manifests))
    throw new WaybillError('REGISTRY_UNAVAILABLE', 'Cannot list what is attached: the answer is no index');
  return manifests.map((item, at) => parseDescriptor(item, `referrers[${at}]`));
}

type ListEntry = ReturnType<typeof plain>;

function plain({ mediaType, digest, size, artifactType, annotations }: Descriptor) {
  return { mediaType, digest, size, artifactType, annotations };
}
