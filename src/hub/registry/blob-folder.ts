/**
 * Where the hub keeps bytes: each blob once, under its digest, for all repositories. What arrives
 * is hashed while it is written and becomes visible by rename when it has proved its digest.
 */
import { createHash, type Hash } from 'node:crypto';
import fs from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import { systemCode, WaybillError } from '../../base/errors.ts';
import { everyNameIn, namesIn, randomName, syncFolder } from '../../base/files.ts';
import { explainSystemError } from '../../base/system-errors.ts';
import { algorithmOf, type Digest, encodedOf, finishHash, isDigest } from '../../oci/digest.ts';
import { hashFile, placeBeside, TEMPORARY_BLOB, writeFully } from './blob-files.ts';
import { ProvedBytes } from './proved-bytes.ts';

interface RunningHash {
  readonly hash: Hash;
  offset: number;
}

/** The loop waits for the disk meanwhile: some milliseconds at worst. */
const AT_ONCE_BYTES = 128 * 1024;

const UPLOAD_ID = /^[0-9a-f]{16,64}$/;
/** Of uploads under way; what was pushed out is read again, so that nobody fills the memory by beginning many. */
const MAX_RUNNING_HASHES = 1_000;

export class BlobFolder {
  readonly #folder: string;
  readonly #maxSize: number;
  /** SHA-256 of uploads as far as this process has seen them; others are read again. */
  readonly #running = new Map<string, RunningHash>();

  /** Manifests that were asked for. */
  readonly proved: ProvedBytes = new ProvedBytes();

  /** @param maxSize bytes that an upload may have */
  constructor(folder: string, maxSize: number = Number.MAX_SAFE_INTEGER) {
    this.#folder = folder;
    this.#maxSize = maxSize;
    fs.mkdirSync(path.join(folder, 'uploads'), { recursive: true });
  }

  /** Two digits make folders of a size that every file system likes. */
  pathOf(digest: Digest): string {
    const hex = encodedOf(digest);
    // Not path.join(), which takes longer than the look at the file: the parts are known to be plain.
    return `${this.#folder}/blobs/${algorithmOf(digest)}/${hex.slice(0, 2)}/${hex}`;
  }

  sizeOf(digest: Digest): number | undefined {
    return fs.lstatSync(this.pathOf(digest), { throwIfNoEntry: false })?.size;
  }

  /** @throws WaybillError DISK_FULL, FILE_UNREADABLE */
  begin(id: string): void {
    try {
      fs.closeSync(fs.openSync(this.#uploadPath(id), 'wx', 0o600));
    } catch (error) {
      throw explainSystemError('Cannot begin the upload', error);
    }
    this.#remember(id, { hash: createHash('sha256'), offset: 0 });
  }

  /** Bytes of an upload that have arrived; undefined when there is no such upload. */
  offsetOf(id: string): number | undefined {
    return fs.lstatSync(this.#uploadPath(id), { throwIfNoEntry: false })?.size;
  }

  /**
   * Adds what arrives to an upload. What had arrived when the line breaks stays. A chunk is done with before the
   * next is asked for.
   * @returns the new offset
   */
  async append(id: string, chunks: AsyncIterable<Uint8Array>): Promise<number> {
    this.#detach(id);
    const file = await this.#openUpload(id);
    try {
      let at = (await file.stat()).size;
      const running = await this.#hashUpTo(id, file, at);
      for await (const chunk of chunks) {
        if (at + chunk.length > this.#maxSize) {
          throw new WaybillError(
            'LIMIT_EXCEEDED',
            `Cannot store the upload: it is larger than the ${this.#maxSize} bytes that limits.blobBytes of hub.yaml allows`,
          );
        }
        // Written by another thread meanwhile; until that has ended, nobody may take the hash for that of the file.
        running.offset = Number.NaN;
        const writing = writeFully(file, chunk, at);
        running.hash.update(chunk);
        await writing;
        at += chunk.length;
        running.offset = at;
      }
      return at;
    } catch (error) {
      throw explainSystemError('Cannot store the upload', error);
    } finally {
      await file.close();
    }
  }

  /**
   * Proves that an upload is what its digest says, and makes it survive a power cut.
   * @returns its size in bytes
   * @throws WaybillError DIGEST_INVALID when its bytes are others; it is forgotten then
   */
  async check(id: string, digest: Digest): Promise<number> {
    const file = await this.#openUpload(id);
    try {
      const { size } = await file.stat();
      const found = await this.#digestOf(id, file, size, digest);
      if (found !== digest) {
        throw new WaybillError(
          'DIGEST_INVALID',
          `Cannot store ${digest}: the bytes that arrived have the digest ${found}`,
          { expected: digest, found },
        );
      }
      await file.sync();
      return size;
    } catch (error) {
      if (error instanceof WaybillError) this.forget(id);
      throw error;
    } finally {
      await file.close();
    }
  }

  /**
   * Makes a checked upload visible as a blob; in the transaction that records it, so that none is
   * collected between. The upload stays until `forget`: should the transaction fail or the hub be
   * killed before its end, it can be finished again.
   */
  publish(id: string, digest: Digest): void {
    const blob = this.pathOf(digest);
    try {
      fs.mkdirSync(path.dirname(blob), { recursive: true });
      placeBeside(this.#uploadPath(id), blob);
    } catch (error) {
      throw goneOr(error, `Cannot store ${digest}`);
    }
    syncFolder(path.dirname(blob));
  }

  forget(id: string): void {
    this.#running.delete(id);
    fs.rmSync(this.#uploadPath(id), { force: true });
  }

  remove(digest: Digest): void {
    fs.rmSync(this.pathOf(digest), { force: true });
  }

  /**
   * Every blob that lies in the folder, known or not; `modified` in milliseconds since 1970.
   * @param temporary is told of names that a blob is about to get, or was when the hub was killed
   */
  *all(temporary: (file: string) => void = () => {}): Iterable<{ digest: Digest; size: number; modified: number }> {
    const root = path.join(this.#folder, 'blobs');
    for (const algorithm of namesIn(root)) {
      for (const part of namesIn(path.join(root, algorithm))) {
        for (const hex of everyNameIn(path.join(root, algorithm, part))) {
          if (TEMPORARY_BLOB.test(hex)) temporary(path.join(root, algorithm, part, hex));
          const digest = `${algorithm}:${hex}`;
          const found = isDigest(digest) ? fs.lstatSync(this.pathOf(digest), { throwIfNoEntry: false }) : undefined;
          if (isDigest(digest) && found !== undefined) yield { digest, size: found.size, modified: found.mtimeMs };
        }
      }
    }
  }

  /** Uploads that lie in the folder, and when the last byte came: milliseconds since 1970. */
  *uploads(): Iterable<{ id: string; modified: number }> {
    for (const id of namesIn(path.join(this.#folder, 'uploads'))) {
      const found = UPLOAD_ID.test(id) ? fs.lstatSync(this.#uploadPath(id), { throwIfNoEntry: false }) : undefined;
      if (found !== undefined) yield { id, modified: found.mtimeMs };
    }
  }

  /**
   * Bytes from `start` to `end`, exclusive. A few are read at once, which costs a fifth of
   * reading them bit by bit: most blobs are small, and what was just pushed or is asked for often lies in memory.
   * More are named only, for whoever sends them.
   */
  read(digest: Digest, start: number, end: number): Buffer | { path: string; start: number; end: number } {
    if (end - start <= AT_ONCE_BYTES) return this.readAtOnce(digest, start, end);
    return { path: this.pathOf(digest), start, end };
  }

  /** @throws WaybillError BLOB_UNKNOWN, FILE_UNREADABLE; an Error when the file is shorter */
  readAtOnce(digest: Digest, start: number, end: number): Buffer {
    let file: number;
    try {
      file = fs.openSync(this.pathOf(digest), 'r');
    } catch (error) {
      if (systemCode(error) === 'ENOENT')
        throw new WaybillError('BLOB_UNKNOWN', `Cannot read ${digest}: its file is gone`, { cause: error });
      throw explainSystemError(`Cannot read ${digest}`, error);
    }
    try {
      const bytes = Buffer.allocUnsafe(end - start);
      for (let at = 0; at < bytes.length; ) {
        const count = fs.readSync(file, bytes, at, bytes.length - at, start + at);
        if (count === 0) throw new Error(`the file of ${digest} ends at ${start + at}, before ${end}`);
        at += count;
      }
      return bytes;
    } finally {
      fs.closeSync(file);
    }
  }

  /** All of a blob that is known to be small. */
  readWhole(digest: Digest): Buffer {
    return this.readAtOnce(digest, 0, this.sizeOf(digest) ?? 0);
  }

  async #digestOf(id: string, file: FileHandle, size: number, wanted: Digest): Promise<Digest> {
    const algorithm = algorithmOf(wanted);
    // A copy: should the commit fail behind it, the upload can be finished another time.
    if (algorithm === 'sha256') return finishHash((await this.#hashUpTo(id, file, size)).hash.copy(), 'sha256');
    const hash = createHash(algorithm);
    await hashFile(file, size, hash);
    return finishHash(hash, algorithm);
  }

  /** The running hash, made anew by reading when another process wrote a part. */
  async #hashUpTo(id: string, file: FileHandle, size: number): Promise<RunningHash> {
    const known = this.#running.get(id);
    if (known?.offset === size) return known;
    const hash = createHash('sha256');
    await hashFile(file, size, hash);
    const running = { hash, offset: size };
    this.#remember(id, running);
    return running;
  }

  #remember(id: string, running: RunningHash): void {
    this.#running.set(id, running);
    // In the order in which they were put in: the oldest goes.
    const [oldest] = this.#running.keys();
    if (this.#running.size > MAX_RUNNING_HASHES && oldest !== undefined) this.#running.delete(oldest);
  }

  /** A blob that was published without being recorded is the same file: nothing may be added to that. */
  #detach(id: string): void {
    const upload = this.#uploadPath(id);
    if ((fs.lstatSync(upload, { throwIfNoEntry: false })?.nlink ?? 0) < 2) return;
    const copy = this.#uploadPath(randomName());
    try {
      fs.copyFileSync(upload, copy);
      fs.renameSync(copy, upload);
    } catch (error) {
      fs.rmSync(copy, { force: true });
      throw explainSystemError('Cannot store the upload', error);
    }
  }

  /** @throws WaybillError BLOB_UNKNOWN when it was cancelled, has expired, or has ended meanwhile */
  async #openUpload(id: string): Promise<FileHandle> {
    try {
      return await open(this.#uploadPath(id), 'r+');
    } catch (error) {
      throw goneOr(error, 'Cannot store the upload');
    }
  }

  /** Ids are ours: hexadecimal, so never a path. */
  #uploadPath(id: string): string {
    if (!UPLOAD_ID.test(id)) throw new TypeError('not the id of an upload');
    return path.join(this.#folder, 'uploads', id);
  }
}

function goneOr(error: unknown, attempt: string): unknown {
  if (systemCode(error) !== 'ENOENT') return explainSystemError(attempt, error);
  return new WaybillError('BLOB_UNKNOWN', `${attempt}: the upload is unknown, has ended or has expired`, {
    cause: error,
  });
}
