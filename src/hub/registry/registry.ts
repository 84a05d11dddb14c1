/** The hub's registry: its repositories, and uploads on their way into them. */
import { randomBytes } from 'node:crypto';
import { WaybillError } from '../../base/errors.ts';
import type { Digest } from '../../oci/digest.ts';
import { isRepositoryName } from '../../oci/reference.ts';
import { claimName } from './claim-name.ts';
import { HubRepository, type HubStorage } from './repository.ts';
import { UploadTurns } from './upload-turns.ts';

/** Repositories in which a blob is looked for when none is named. */
const MAX_HOLDERS = 100;

export class Registry {
  readonly storage: HubStorage;
  readonly turns: UploadTurns;

  constructor(storage: HubStorage, turns: UploadTurns = new UploadTurns()) {
    this.storage = storage;
    this.turns = turns;
  }

  /** @throws WaybillError NAME_INVALID */
  repository(name: string): HubRepository {
    if (!isRepositoryName(name)) {
      throw new WaybillError(
        'NAME_INVALID',
        `Cannot use ${JSON.stringify(name.slice(0, 200))}: it is no repository name`,
      );
    }
    return new HubRepository(name, this.storage);
  }

  /**
   * Whether a blob may be taken into another repository: from the one that is named, or from any
   * that holds it.
   * @param isReadable whether the caller may read a repository
   */
  async isMountable(digest: Digest, from: string | null, isReadable: (name: string) => boolean): Promise<boolean> {
    if (from !== null) return isReadable(from) && (await this.repository(from).blobSize(digest)) !== undefined;
    const holders = await this.storage.database.read((reader) =>
      reader
        .selectFrom('repository_blob')
        .innerJoin('repository', 'repository.id', 'repository_blob.repository')
        .select('repository.name as name')
        .where('repository_blob.digest', '=', digest)
        .limit(MAX_HOLDERS)
        .execute(),
    );
    return holders.some(({ name }) => isReadable(name));
  }

  /** Begins an upload into a repository. @returns its id, which nobody can guess @throws WaybillError DENIED */
  async beginUpload(repository: HubRepository): Promise<string> {
    const id = randomBytes(16).toString('hex');
    const { blobs, database, lookAlikes, now } = this.storage;
    blobs.begin(id);
    try {
      await database.write(async (writer) => {
        const owner = await claimName(writer, repository.name, lookAlikes);
        await writer.insertInto('upload').values({ id, repository: owner, created: now() }).execute();
      });
    } catch (error) {
      blobs.forget(id);
      throw error;
    }
    return id;
  }

  /** Bytes of an upload that have arrived; undefined when this repository has no such upload. */
  async uploadOffset(repository: HubRepository, id: string): Promise<number | undefined> {
    if (!/^[0-9a-f]{32}$/.test(id)) return undefined;
    const row = await this.storage.database.read((reader) =>
      reader
        .selectFrom('upload')
        .innerJoin('repository', 'repository.id', 'upload.repository')
        .select('upload.id')
        .where('upload.id', '=', id)
        .where('repository.name', '=', repository.name)
        .executeTakeFirst(),
    );
    return row === undefined ? undefined : this.storage.blobs.offsetOf(id);
  }

  async forgetUpload(id: string): Promise<void> {
    this.storage.blobs.forget(id);
    await this.storage.database.write((writer) => writer.deleteFrom('upload').where('id', '=', id).execute());
  }
}
