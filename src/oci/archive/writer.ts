/**
 * Writes a layout as one tar file: blobs in the order they come, the index last. The file appears
 * under its name when it is finished, and the same content gives the same bytes.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { WaybillError } from '../../base/errors.ts';
import { randomName, readRange, syncFolder, writeFully } from '../../base/files.ts';
import { explainSystemError } from '../../base/system-errors.ts';
import { entryTypes, paddingOf, writeHeader } from '../../base/tar/header.ts';
import { END_OF_ARCHIVE, entryHeader } from '../../base/tar/write.ts';
import type { Descriptor } from '../descriptor.ts';
import { algorithmOf, type Digest, finishHash, isDigest } from '../digest.ts';
import { entryFor, type IndexEntry } from '../layout/index-file.ts';
import { IMAGE_INDEX } from '../media-types.ts';
import type { ArtifactStore, ByteRange, Content, TaggedDescriptor, Upload } from '../store.ts';
import { checkContent, verifyWhileReading } from '../verified.ts';

interface Place {
  readonly offset: number;
  readonly size: number;
}

export class ArchiveWriter implements ArtifactStore, AsyncDisposable {
  readonly #file: string;
  readonly #temporary: string;
  readonly #descriptor: number;
  readonly #places = new Map<Digest, Place>();
  readonly #folders = new Set<string>();
  #entries: IndexEntry[] = [];
  #end = 0;
  #isWriting = false;
  #isOpen = true;

  /** @throws WaybillError DESTINATION_EXISTS, FILE_UNREADABLE */
  static async create(file: string, overwrite: boolean): Promise<ArchiveWriter> {
    const existing = fs.lstatSync(file, { throwIfNoEntry: false });
    if (existing !== undefined && (!overwrite || !existing.isFile())) {
      throw new WaybillError('DESTINATION_EXISTS', `Cannot write ${file}: it exists`, {
        hint: existing.isFile() ? 'Remove it, or add --force to replace it' : 'Name a file',
      });
    }
    const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${randomName()}`);
    try {
      return new ArchiveWriter(file, temporary, fs.openSync(temporary, 'wx+', 0o644));
    } catch (error) {
      throw explainSystemError(`Cannot write ${file}`, error);
    }
  }

  private constructor(file: string, temporary: string, descriptor: number) {
    this.#file = file;
    this.#temporary = temporary;
    this.#descriptor = descriptor;
  }

  async stat(target: Descriptor): Promise<Descriptor | undefined> {
    const place = this.#places.get(target.digest);
    return place && { ...target, size: place.size };
  }

  async open(target: Descriptor): Promise<Content> {
    const place = this.#places.get(target.digest);
    if (place === undefined)
      throw new WaybillError('BLOB_UNKNOWN', `Cannot read ${target.digest}: ${this.#file} does not hold it`);
    const range = ({ start, end }: ByteRange) =>
      readRange(this.#descriptor, place.offset + start, place.offset + Math.min(end, place.size));
    return {
      size: place.size,
      verified: () => verifyWhileReading(range({ start: 0, end: place.size }), target),
      unverifiedRange: range,
    };
  }

  /** One at a time, and only content whose size is known: it stands before the content. */
  async start(expected?: Descriptor): Promise<Upload> {
    if (expected === undefined)
      throw new WaybillError('UNSUPPORTED', `Cannot write ${this.#file}: an archive takes only content of known size`);
    if (this.#isWriting)
      throw new WaybillError('UNSUPPORTED', `Cannot write ${this.#file}: an archive takes one blob at a time`);
    this.#isWriting = true;
    const { digest, size } = expected;
    for (const folder of ['blobs/', `blobs/${algorithmOf(digest)}/`]) this.#appendFolder(folder);
    const begin = this.#end;
    const hash = createHash(algorithmOf(digest));
    this.#append(entryHeader({ path: `blobs/${digest.replace(':', '/')}`, mode: 0o644, size }));
    const content = this.#end;
    let offset = 0;
    const abort = async () => {
      if (!this.#isWriting) return;
      fs.ftruncateSync(this.#descriptor, begin);
      this.#end = begin;
      this.#isWriting = false;
    };
    return {
      id: randomName(),
      get offset() {
        return offset;
      },
      write: async (chunk) => {
        offset += chunk.length;
        if (offset > size)
          throw new WaybillError('SIZE_INVALID', `Cannot use ${digest}: it has more than ${size} bytes`);
        hash.update(chunk);
        this.#append(chunk);
      },
      commit: async (committed) => {
        checkContent({ digest: committed, size }, { digest: finishHash(hash, algorithmOf(committed)), size: offset });
        this.#append(Buffer.alloc(paddingOf(size)));
        this.#places.set(digest, { offset: content, size });
        this.#isWriting = false;
      },
      abort,
    };
  }

  async resolve(reference: string): Promise<Descriptor | undefined> {
    return this.#entries.find(({ name, target }) =>
      isDigest(reference) ? target.digest === reference : name === reference,
    )?.target;
  }

  async tag(name: string, target: Descriptor): Promise<void> {
    this.#entries = [...this.#entries.filter((entry) => entry.name !== name), entryFor(target, name)];
  }

  async untag(name: string): Promise<boolean> {
    const before = this.#entries.length;
    this.#entries = this.#entries.filter((entry) => entry.name !== name);
    return this.#entries.length < before;
  }

  async tags(): Promise<readonly TaggedDescriptor[]> {
    return this.#entries.flatMap(({ name, target }) => (name === undefined ? [] : [{ name, target }]));
  }

  async referrers(): Promise<readonly Descriptor[]> {
    return [];
  }

  async attach(referrer: Descriptor): Promise<void> {
    if (!this.#entries.some(({ target }) => target.digest === referrer.digest)) this.#entries.push(entryFor(referrer));
  }

  /** Writes the index and gives the file its name. */
  async finish(): Promise<void> {
    this.#appendFile(
      'index.json',
      JSON.stringify({ schemaVersion: 2, mediaType: IMAGE_INDEX, manifests: this.#entries.map(({ raw }) => raw) }),
    );
    this.#appendFile('oci-layout', '{"imageLayoutVersion":"1.0.0"}');
    this.#append(END_OF_ARCHIVE);
    try {
      fs.fsyncSync(this.#descriptor);
      fs.renameSync(this.#temporary, this.#file);
    } catch (error) {
      throw explainSystemError(`Cannot write ${this.#file}`, error);
    }
    this.#close();
    syncFolder(path.dirname(this.#file));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isOpen) return;
    this.#close();
    fs.rmSync(this.#temporary, { force: true });
  }

  #appendFile(name: string, text: string): void {
    const bytes = Buffer.from(text);
    this.#append(entryHeader({ path: name, mode: 0o644, size: bytes.length }));
    this.#append(bytes);
    this.#append(Buffer.alloc(paddingOf(bytes.length)));
  }

  /** A folder without an entry is made for root by skopeo, which fails for an ordinary user. */
  #appendFolder(name: string): void {
    if (this.#folders.has(name)) return;
    this.#append(writeHeader({ name, type: entryTypes.folder, mode: 0o755, size: 0 }));
    this.#folders.add(name);
  }

  #append(bytes: Uint8Array): void {
    try {
      writeFully(this.#descriptor, bytes, this.#end);
    } catch (error) {
      throw explainSystemError(`Cannot write ${this.#file}`, error);
    }
    this.#end += bytes.length;
  }

  #close(): void {
    if (this.#isOpen) fs.closeSync(this.#descriptor);
    this.#isOpen = false;
  }
}
