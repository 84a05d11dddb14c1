/**
 * One repository of a registry as a store: distribution specification 1.1. What it hands out is
 * verified like everything else; what the registry says of digests is never believed.
 */
import { collect } from '../../base/bytes.ts';
import { WaybillError } from '../../base/errors.ts';
import { inParallel } from '../../base/parallel.ts';
import type { Descriptor } from '../descriptor.ts';
import { type Digest, digestOf, isDigest } from '../digest.ts';
import { isManifestType, MAX_MANIFEST_SIZE, parseManifest } from '../manifest.ts';
import { DOCKER_MANIFEST, IMAGE_INDEX, IMAGE_MANIFEST } from '../media-types.ts';
import type { RepositoryName } from '../reference.ts';
import type {
  ArtifactStore,
  ByteRange,
  Content,
  Sending,
  TaggedDescriptor,
  TransferOptions,
  Transferred,
  UnhashedContent,
  Upload,
} from '../store.ts';
import { readContent, verifyWhileReading } from '../verified.ts';
import type { Access } from './authorize.ts';
import { BlobUpload } from './blob-upload.ts';
import { sendChunked } from './chunked-send.ts';
import { ManifestUpload } from './manifest-upload.ts';
import { readPages } from './pages.ts';
import { type Pace, readBlob } from './read-blob.ts';
import { noRecords, type UploadRecords } from './records.ts';
import { Referrers } from './referrers.ts';
import { Streams } from './segment.ts';
import { sendBlob } from './send-blob.ts';
import type { Session } from './session.ts';

const MANIFEST_TYPES = [IMAGE_MANIFEST, IMAGE_INDEX, DOCKER_MANIFEST].join(', ');
/** A tag is resolved by a request of its own. */
const QUESTIONS_AT_ONCE = 16;

export interface RepositoryOptions {
  readonly records?: UploadRecords;
  /** Repositories of the same registry from which blobs may be taken. */
  readonly mountFrom?: readonly string[];
  /** When blobs are read by several connections at once; as it suits most if absent. */
  readonly pace?: Pace;
}

export class RegistryRepository implements ArtifactStore, Sending {
  readonly #session: Session;
  readonly #name: RepositoryName;
  readonly #referrers: Referrers;
  readonly #pull: Access;
  readonly #push: Access;
  readonly #records: UploadRecords;
  readonly #mountFrom: readonly string[];
  readonly #streams = new Streams();
  readonly #pace: Pace | undefined;

  constructor(
    session: Session,
    name: RepositoryName,
    { records = noRecords, mountFrom = [], pace }: RepositoryOptions = {},
  ) {
    this.#pace = pace;
    this.#records = records;
    this.#mountFrom = mountFrom;
    this.#session = session;
    this.#name = name;
    this.#pull = { repository: name, actions: 'pull' };
    this.#push = { repository: name, actions: 'pull,push' };
    this.#referrers = new Referrers(session, name, this);
  }

  get description(): string {
    return `${this.#session.host}/${this.#name}`;
  }

  async stat(target: Descriptor): Promise<Descriptor | undefined> {
    const isManifest = isManifestType(target.mediaType);
    const response = await this.#session.ask({
      method: 'HEAD',
      to: `/v2/${this.#name}/${isManifest ? 'manifests' : 'blobs'}/${target.digest}`,
      access: this.#pull,
      ...(isManifest ? { headers: { accept: target.mediaType } } : {}),
      expect: [200, 404],
      attempt: `look for ${target.digest} in ${this.description}`,
    });
    await response.discard();
    if (response.status === 404) return undefined;
    const size = Number(response.header('content-length') ?? Number.NaN);
    return { ...target, size: Number.isSafeInteger(size) ? size : target.size };
  }

  async open(target: Descriptor): Promise<Content> {
    const source = { session: this.#session, name: this.#name, access: this.#pull, target };
    const range = (wanted: ByteRange) => readBlob(source, wanted, { streams: this.#streams, pace: this.#pace });
    return {
      size: target.size,
      verified: () => verifyWhileReading(range({ start: 0, end: target.size }), target),
      unverifiedRange: range,
      giveBack: (chunk) => this.#session.giveBack(chunk),
    };
  }

  async start(expected?: Descriptor): Promise<Upload> {
    if (expected !== undefined && isManifestType(expected.mediaType)) {
      return new ManifestUpload(this.#session, { name: this.#name, access: this.#push, expected });
    }
    return BlobUpload.start(this.#session, { name: this.#name, access: this.#push, expected });
  }

  async send(expected: Descriptor, content: Content, { advance }: TransferOptions): Promise<Transferred> {
    const { bytesSent, resumedAt } = await sendBlob(this.#session, {
      name: this.#name,
      access: this.#push,
      expected,
      content,
      records: this.#records,
      mountFrom: this.#mountFrom,
      advance,
    });
    return { bytes: bytesSent, resumedAt };
  }

  async sendUnhashed(
    content: UnhashedContent,
    { advance }: TransferOptions,
  ): Promise<Transferred & { readonly digest: Digest }> {
    const { bytesSent, resumedAt, digest } = await sendChunked(this.#session, {
      name: this.#name,
      access: this.#push,
      records: this.#records,
      shown: content.name,
      key: content.state,
      size: content.size,
      read: (range) => content.unverifiedRange(range),
      digest: () => content.digest(),
      advance,
    });
    return { bytes: bytesSent, resumedAt, digest };
  }

  async resolve(reference: string): Promise<Descriptor | undefined> {
    const response = await this.#session.ask({
      method: 'GET',
      to: `/v2/${this.#name}/manifests/${reference}`,
      access: this.#pull,
      headers: { accept: MANIFEST_TYPES },
      expect: [200, 404],
      attempt: `find ${this.description}${isDigest(reference) ? '@' : ':'}${reference}`,
    });
    if (response.status === 404) {
      await response.discard();
      return undefined;
    }
    const bytes = await collect(response.body, MAX_MANIFEST_SIZE, `the manifest of ${this.description}`);
    const digest = digestOf(bytes);
    if (isDigest(reference) && reference.startsWith('sha256:') && reference !== digest) {
      throw new WaybillError(
        'DIGEST_INVALID',
        `Cannot use ${this.description}@${reference}: the registry gave content with the digest ${digest}`,
        { expected: reference, found: digest },
      );
    }
    const { mediaType, artifactType } = parseManifest(bytes, response.header('content-type')?.split(';')[0]?.trim());
    return {
      mediaType,
      digest: isDigest(reference) ? reference : digest,
      size: bytes.length,
      ...(artifactType === undefined ? {} : { artifactType }),
    };
  }

  async tag(name: string, target: Descriptor): Promise<void> {
    const bytes = await readContent(this, target, MAX_MANIFEST_SIZE, `manifest ${target.digest}`);
    const upload = new ManifestUpload(this.#session, {
      name: this.#name,
      access: this.#push,
      expected: target,
      reference: name,
    });
    await upload.write(bytes);
    await upload.commit(target.digest);
  }

  async untag(name: string): Promise<boolean> {
    const response = await this.#session.ask({
      method: 'DELETE',
      to: `/v2/${this.#name}/manifests/${name}`,
      access: { repository: this.#name, actions: 'delete' },
      expect: [200, 202, 404],
      attempt: `remove ${this.description}:${name}`,
    });
    await response.discard();
    return response.status !== 404;
  }

  async tags(): Promise<readonly TaggedDescriptor[]> {
    const names = await this.tagNames();
    const targets = await inParallel(names, QUESTIONS_AT_ONCE, (name) => this.resolve(name));
    return names.flatMap((name, index) => {
      const target = targets[index];
      return target === undefined ? [] : [{ name, target }];
    });
  }

  /** The names alone: one request for some hundred of them. */
  async tagNames(): Promise<readonly string[]> {
    return readPages(this.#session, {
      to: `/v2/${this.#name}/tags/list`,
      access: this.#pull,
      attempt: `list the tags of ${this.description}`,
      items: (page) =>
        typeof page === 'object' && page !== null && 'tags' in page && Array.isArray(page.tags)
          ? page.tags.filter((tag) => typeof tag === 'string')
          : [],
    });
  }

  referrers(subject: Descriptor): Promise<readonly Descriptor[]> {
    return this.#referrers.of(subject);
  }

  attach(referrer: Descriptor): Promise<void> {
    return this.#referrers.attach(referrer);
  }
}
