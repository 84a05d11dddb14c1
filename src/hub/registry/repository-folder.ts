/**
 * Which manifests and tags a repository has, as small files beside the blobs: the truth from which
 * the database can be made anew. Written before the database is, removed before it is.
 */
import fs from 'node:fs';
import path from 'node:path';
import { systemCode } from '../../base/errors.ts';
import { everyNameIn, makeFolders, namesIn, syncFolder, writeAtomically } from '../../base/files.ts';
import { explainSystemError } from '../../base/system-errors.ts';
import { type Digest, encodedOf, isDigest } from '../../oci/digest.ts';
import { isRepositoryName, isTag, type RepositoryName } from '../../oci/reference.ts';

export interface RecordedManifest {
  readonly repository: RepositoryName;
  readonly digest: Digest;
  readonly mediaType: string;
}

export interface RecordedTag {
  readonly repository: RepositoryName;
  readonly name: string;
  readonly digest: Digest;
}

/** No part of a repository name begins so. */
const MANIFESTS = '_manifests';
const TAGS = '_tags';

/** What a hub that was killed has left of a file which it was writing. */
const TEMPORARY = /^\..+\.[0-9a-f]{16}$/;

export class RepositoryFolder {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = path.join(folder, 'repositories');
  }

  addManifest({ repository, digest, mediaType }: RecordedManifest): void {
    this.#write(this.#manifestPath(repository, digest), mediaType);
  }

  removeManifest(repository: RepositoryName, digest: Digest): void {
    remove(this.#manifestPath(repository, digest));
  }

  hasManifest({ repository, digest }: Pick<RecordedManifest, 'repository' | 'digest'>): boolean {
    return fs.existsSync(this.#manifestPath(repository, digest));
  }

  setTag({ repository, name, digest }: RecordedTag): void {
    this.#write(path.join(this.#folder, repository, TAGS, name), digest);
  }

  tagOf(repository: RepositoryName, name: string): string | undefined {
    return textOf(path.join(this.#folder, repository, TAGS, name));
  }

  removeTag(repository: RepositoryName, name: string): void {
    remove(path.join(this.#folder, repository, TAGS, name));
  }

  /**
   * Every manifest and tag that is recorded; what is no name or digest is passed over.
   * @param temporary is told of files that are being written, or were when the hub was killed
   */
  *all(temporary: (file: string) => void = () => {}): Iterable<RecordedManifest | RecordedTag> {
    for (const repository of this.#repositories('')) {
      const place = path.join(this.#folder, repository);
      for (const algorithm of namesIn(path.join(place, MANIFESTS))) {
        for (const hex of everyNameIn(path.join(place, MANIFESTS, algorithm))) {
          if (TEMPORARY.test(hex)) temporary(path.join(place, MANIFESTS, algorithm, hex));
          const digest = `${algorithm}:${hex}`;
          const mediaType = isDigest(digest) ? textOf(this.#manifestPath(repository, digest)) : undefined;
          if (isDigest(digest) && mediaType !== undefined) yield { repository, digest, mediaType };
        }
      }
      for (const name of everyNameIn(path.join(place, TAGS))) {
        if (TEMPORARY.test(name)) temporary(path.join(place, TAGS, name));
        const digest = isTag(name) ? textOf(path.join(place, TAGS, name)) : undefined;
        if (isDigest(digest)) yield { repository, name, digest };
      }
    }
  }

  *#repositories(prefix: string): Iterable<RepositoryName> {
    for (const name of namesIn(path.join(this.#folder, prefix))) {
      if (name === MANIFESTS || name === TAGS) continue;
      const repository = prefix === '' ? name : `${prefix}/${name}`;
      if (!isRepositoryName(repository)) continue;
      yield repository;
      yield* this.#repositories(repository);
    }
  }

  #manifestPath(repository: RepositoryName, digest: Digest): string {
    return path.join(this.#folder, repository, MANIFESTS, digest.slice(0, digest.indexOf(':')), encodedOf(digest));
  }

  #write(file: string, text: string): void {
    try {
      makeFolders(path.dirname(file));
    } catch (error) {
      throw explainSystemError(`Cannot write ${file}`, error);
    }
    writeAtomically(file, text);
  }
}

/** A file that comes back after a power cut would bring its manifest or tag back. @throws WaybillError FILE_UNREADABLE */
function remove(file: string): void {
  try {
    fs.rmSync(file, { force: true });
    if (fs.existsSync(path.dirname(file))) syncFolder(path.dirname(file));
  } catch (error) {
    throw explainSystemError(`Cannot remove ${file}`, error);
  }
}

/** Undefined for a file that was removed since it was listed. */
function textOf(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
