/**
 * One repository of the hub: what its manifests name, and what was uploaded or mounted into it, is
 * readable through it and nothing else is, though blobs are stored once for all.
 */
import { streamOf } from '../../base/bytes.ts';
import { WaybillError } from '../../base/errors.ts';
import { randomName } from '../../base/files.ts';
import { algorithmOf, type Digest, digestOf, finishHash, hashFor, isDigest } from '../../oci/digest.ts';
import { parseManifest } from '../../oci/manifest.ts';
import type { RepositoryName } from '../../oci/reference.ts';
import type { Database, Reader, Writer } from '../database/database.ts';
import type { BlobFolder } from './blob-folder.ts';
import { checkChildren } from './check-children.ts';
import { claimName, type LookAlikes } from './claim-name.ts';
import {
  deleteManifest,
  idOf,
  insertManifest,
  insertTag,
  isNamed,
  knownManifest,
  references,
  tagged,
} from './queries.ts';
import { type Change, record } from './record.ts';
import { checkReferrer, listReferrers, type ReferrersPage } from './referrers.ts';
import type { RepositoryFolder } from './repository-folder.ts';
import { checkReservedTag } from './reserved-tags.ts';
import { assertUnmoved, ruleFor } from './tag-rules.ts';

export interface StoredManifest {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly size: number;
}

/** Where a tag pointed before a request, and where after it; absent: nowhere. */
export interface TagMove {
  readonly tag: string;
  readonly from?: Digest;
  readonly to?: Digest;
}

export interface HubStorage {
  readonly database: Database;
  readonly blobs: BlobFolder;
  readonly repositories: RepositoryFolder;
  /** Rules of the tags that must not move, see tag-rules.ts. */
  readonly immutableTags: readonly string[];
  /** What is done about new repositories whose names look like others. */
  readonly lookAlikes: LookAlikes;
  /** Name of this process, for as long as it runs. */
  readonly owner: string;
  now(): number;
}

export interface Page {
  /** Items after this one. */
  readonly last: string | undefined;
  readonly limit: number;
}

export class HubRepository {
  readonly name: RepositoryName;
  readonly #storage: HubStorage;

  constructor(name: RepositoryName, storage: HubStorage) {
    this.name = name;
    this.#storage = storage;
  }

  /** Size of a blob that may be read through this repository. */
  async blobSize(digest: Digest): Promise<number | undefined> {
    const isOurs = await this.#storage.database.read((reader) => references(reader, this.name, digest));
    return isOurs ? this.#storage.blobs.sizeOf(digest) : undefined;
  }

  /**
   * Makes an upload a blob of this repository.
   * @throws WaybillError DIGEST_INVALID when its bytes are others; it is forgotten then
   */
  async commitUpload(id: string, digest: Digest): Promise<void> {
    const { database, blobs } = this.#storage;
    const size = await blobs.check(id, digest);
    await database.write(async (writer) => {
      await this.#recordBlob(writer, digest, size);
      await writer.deleteFrom('upload').where('id', '=', id).execute();
      blobs.publish(id, digest);
    });
    blobs.forget(id);
  }

  /** Takes a blob of another repository into this one. @returns whether it was still there */
  async mount(digest: Digest): Promise<boolean> {
    return this.#storage.database.write(async (writer) => {
      const size = this.#storage.blobs.sizeOf(digest);
      if (size === undefined) return false;
      await this.#recordBlob(writer, digest, size);
      return true;
    });
  }

  /** Takes a blob out of this repository, unless a manifest there needs it. */
  async removeBlob(digest: Digest): Promise<'removed' | 'absent' | 'needed'> {
    return this.#storage.database.write(async (writer) => {
      const repository = await idOf(writer, this.name);
      if (repository === undefined || !(await references(writer, this.name, digest))) return 'absent';
      if (await isNamed(writer, repository, digest)) return 'needed';
      await writer
        .deleteFrom('repository_blob')
        .where('repository', '=', repository)
        .where('digest', '=', digest)
        .execute();
      return 'removed';
    });
  }

  /** By digest or by tag. */
  async findManifest(reference: Digest | string): Promise<StoredManifest | undefined> {
    const row = await this.#storage.database.read((reader) => knownManifest(reader, this.name, reference));
    return row && { digest: row.digest as Digest, mediaType: row.media_type, size: Number(row.size) };
  }

  /** @throws WaybillError FILE_UNREADABLE when its file is damaged, BLOB_UNKNOWN when it is gone */
  readManifest({ digest }: StoredManifest): Buffer {
    const { blobs } = this.#storage;
    return blobs.proved.read(blobs.pathOf(digest), () => {
      const bytes = blobs.readWhole(digest);
      // Small enough to be hashed; a length that is not the one which is told would end in the next answer.
      const found = finishHash(hashFor(digest).update(bytes), algorithmOf(digest));
      if (found === digest) return bytes;
      throw new WaybillError(
        'FILE_UNREADABLE',
        `Cannot read the manifest ${digest}: its bytes have the digest ${found}`,
        { hint: 'Stop the hub and run waybill hub fsck' },
      );
    });
  }

  /**
   * Stores a manifest, byte for byte, and what it says.
   * @param tags names that point to it from now on
   * @throws WaybillError MANIFEST_INVALID, DIGEST_INVALID, SIZE_INVALID, LIMIT_EXCEEDED, DENIED; BLOB_UNKNOWN for content that is not here
   */
  async putManifest(
    bytes: Buffer,
    mediaType: string,
    { digest: expected, tags }: { digest: Digest | undefined; tags: readonly string[] },
  ): Promise<{ digest: Digest; subject: Digest | undefined; moved: readonly TagMove[] }> {
    const manifest = parseManifest(bytes, mediaType);
    checkReferrer(manifest);
    const digest =
      expected === undefined ? digestOf(bytes) : finishHash(hashFor(expected).update(bytes), algorithmOf(expected));
    if (expected !== undefined && digest !== expected)
      throw new WaybillError('DIGEST_INVALID', `Cannot store ${expected}: the manifest has the digest ${digest}`);
    await this.#storeBytes(bytes, digest);
    const moved = await record(this.#storage, this.name, { manifest: digest, tags }, async (writer) => {
      const repository = await claimName(writer, this.name, this.#storage.lookAlikes);
      await checkChildren(writer, { name: this.name, blobs: this.#storage.blobs }, manifest);
      for (const name of tags) await checkReservedTag(writer, repository, name);
      // Again: it may have been collected since; within the transaction it cannot be.
      await this.#storeBytes(bytes, digest);
      await insertManifest(writer, { repository, digest, size: bytes.length, created: this.#storage.now() }, manifest);
      for (const name of tags) await this.#keepImmutable(writer, { repository, name, digest });
      const moves: TagMove[] = [];
      for (const name of tags) {
        const from = await tagged(writer, repository, name);
        if (from === digest) continue;
        moves.push({ tag: name, ...(from === undefined ? {} : { from: from as Digest }), to: digest });
        await insertTag(writer, { repository, name, digest });
      }
      // Last, and before the commit: what the database knows can be told from the files.
      const { repositories } = this.#storage;
      repositories.addManifest({ repository: this.name, digest, mediaType: manifest.mediaType });
      for (const name of tags) repositories.setTag({ repository: this.name, name, digest });
      return moves;
    });
    return { digest, subject: manifest.subject?.digest, moved };
  }

  /** Removes a manifest with its tags, or a tag alone. @returns the tags that went; undefined when there was no such manifest or tag */
  async removeManifest(reference: Digest | string): Promise<readonly TagMove[] | undefined> {
    const { repositories } = this.#storage;
    const change: Change = isDigest(reference) ? { manifest: reference, tags: [] } : { tags: [reference] };
    return record(this.#storage, this.name, change, async (writer) => {
      const repository = await idOf(writer, this.name);
      if (repository === undefined) return undefined;
      if (!isDigest(reference)) {
        const from = await tagged(writer, repository, reference);
        if (from === undefined) return undefined;
        await this.#keepImmutable(writer, { repository, name: reference });
        repositories.removeTag(this.name, reference);
        await writer.deleteFrom('tag').where('repository', '=', repository).where('name', '=', reference).execute();
        return [{ tag: reference, from: from as Digest }];
      }
      const tags = await writer
        .selectFrom('tag')
        .select('name')
        .where('repository', '=', repository)
        .where('digest', '=', reference)
        .execute();
      for (const { name } of tags) await this.#keepImmutable(writer, { repository, name });
      for (const { name } of tags) repositories.removeTag(this.name, name);
      repositories.removeManifest(this.name, reference);
      const removed = await deleteManifest(writer, repository, reference);
      return removed > 0n ? tags.map(({ name }) => ({ tag: name, from: reference })) : undefined;
    });
  }

  /** Names of tags in order; undefined when there is no such repository. */
  async tags({ last, limit }: Page): Promise<readonly string[] | undefined> {
    return this.#storage.database.read(async (reader) => {
      const repository = await idOf(reader, this.name);
      if (repository === undefined) return undefined;
      let query = reader
        .selectFrom('tag')
        .select('name')
        .where('repository', '=', repository)
        .orderBy('name')
        .limit(limit);
      if (last !== undefined) query = query.where('name', '>', last);
      return (await query.execute()).map(({ name }) => name);
    });
  }

  async referrers(subject: Digest, page: Page & { artifactType: string | undefined }): Promise<ReferrersPage> {
    return this.#storage.database.read(async (reader) => {
      const repository = await idOf(reader, this.name);
      if (repository === undefined) return { manifests: [], isLast: true };
      return listReferrers(reader, { repository, subject }, page);
    });
  }

  async #keepImmutable(reader: Reader, tag: { repository: number; name: string; digest?: Digest }): Promise<void> {
    const rule = ruleFor(this.#storage.immutableTags, this.name, tag.name);
    if (rule !== undefined) assertUnmoved(rule, tag, await tagged(reader, tag.repository, tag.name));
  }

  async #recordBlob(writer: Writer, digest: Digest, size: number): Promise<void> {
    const repository = await claimName(writer, this.name, this.#storage.lookAlikes);
    const added = this.#storage.now();
    await writer
      .insertInto('blob')
      .values({ digest, size })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    await writer
      .insertInto('repository_blob')
      .values({ repository, digest, added })
      .onConflict((conflict) => conflict.columns(['repository', 'digest']).doUpdateSet({ added }))
      .execute();
  }

  async #storeBytes(bytes: Buffer, digest: Digest): Promise<void> {
    const { blobs } = this.#storage;
    // Compared, so that pushing again mends what a failing disk has damaged.
    if (blobs.sizeOf(digest) === bytes.length && blobs.readWhole(digest).equals(bytes)) return;
    const id = randomName();
    try {
      blobs.begin(id);
      await blobs.append(id, streamOf(bytes));
      await blobs.check(id, digest);
      blobs.publish(id, digest);
    } finally {
      blobs.forget(id);
    }
  }
}
