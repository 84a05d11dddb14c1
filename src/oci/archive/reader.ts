/** Reads a layout out of a tar file in place: the entries are found once, their content read by offset. */
import fs from 'node:fs';
import { WaybillError } from '../../base/errors.ts';
import { readRange } from '../../base/files.ts';
import { explainSystemError } from '../../base/system-errors.ts';
import { BLOCK_SIZE, entryTypes, paddingOf, readHeader, type TarHeader } from '../../base/tar/header.ts';
import { extend, isExtension, MAX_PAX_SIZE, type PaxRecords } from '../../base/tar/pax.ts';
import { MAX_TAR_ENTRIES } from '../../base/tar/read.ts';
import type { Descriptor } from '../descriptor.ts';
import { type Digest, isDigest } from '../digest.ts';
import { checkMarker, MAX_MARKER_SIZE } from '../layout/folder.ts';
import { entryNamed, type IndexEntry, parseIndex } from '../layout/index-file.ts';
import { isManifestType, MAX_MANIFEST_SIZE, parseManifest } from '../manifest.ts';
import type { ArtifactStore, ByteRange, Content, Indexed, TaggedDescriptor, Upload } from '../store.ts';
import { readContent, verifyWhileReading } from '../verified.ts';

interface Place {
  readonly offset: number;
  readonly size: number;
}

/** The index of an archive that holds a few artifacts. */
const MAX_INDEX_SIZE = 16 * 1024 * 1024;

export class ArchiveReader implements ArtifactStore, Indexed, AsyncDisposable {
  readonly #file: string;
  readonly #descriptor: number;
  readonly #places: ReadonlyMap<string, Place>;
  #entries: readonly IndexEntry[] = [];

  /** @throws WaybillError STORE_UNAVAILABLE, ARCHIVE_UNSAFE, MANIFEST_INVALID */
  static async open(file: string): Promise<ArchiveReader> {
    let descriptor: number;
    try {
      // O_NONBLOCK: a pipe must not hold us until somebody writes into it.
      descriptor = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    } catch (error) {
      throw explainSystemError(`Cannot open ${file}`, error);
    }
    try {
      if (!fs.fstatSync(descriptor).isFile())
        throw new WaybillError('FILE_UNREADABLE', `Cannot open ${file}: it is not a regular file`);
      const reader = new ArchiveReader(file, descriptor, findPlaces(file, descriptor));
      await reader.#readIndex();
      return reader;
    } catch (error) {
      fs.closeSync(descriptor);
      throw error;
    }
  }

  private constructor(file: string, descriptor: number, places: ReadonlyMap<string, Place>) {
    this.#file = file;
    this.#descriptor = descriptor;
    this.#places = places;
  }

  async stat(target: Descriptor): Promise<Descriptor | undefined> {
    const place = this.#placeOf(target.digest);
    return place && { ...target, size: place.size };
  }

  async open(target: Descriptor): Promise<Content> {
    const place = this.#placeOf(target.digest);
    if (place === undefined)
      throw new WaybillError('BLOB_UNKNOWN', `Cannot read ${target.digest}: ${this.#file} does not hold it`);
    return {
      size: place.size,
      verified: () => verifyWhileReading(this.#read(place, { start: 0, end: place.size }), target),
      unverifiedRange: (range) => this.#read(place, range),
    };
  }

  async start(): Promise<Upload> {
    throw new WaybillError('UNSUPPORTED', `Cannot write into ${this.#file}: an archive is written once, as a whole`);
  }

  async resolve(reference: string): Promise<Descriptor | undefined> {
    return isDigest(reference)
      ? this.#entries.find(({ target }) => target.digest === reference)?.target
      : entryNamed(this.#entries, reference, this.#file)?.target;
  }

  async tags(): Promise<readonly TaggedDescriptor[]> {
    return this.#entries.flatMap(({ name, target }) => (name === undefined ? [] : [{ name, target }]));
  }

  async unnamed(): Promise<readonly Descriptor[]> {
    return this.#entries.flatMap(({ name, target }) => (name === undefined ? [target] : []));
  }

  async referrers(subject: Descriptor): Promise<readonly Descriptor[]> {
    const found: Descriptor[] = [];
    for (const { target } of this.#entries) {
      if (!isManifestType(target.mediaType)) continue;
      const manifest = parseManifest(
        await readContent(this, target, MAX_MANIFEST_SIZE, `manifest ${target.digest}`),
        target.mediaType,
      );
      if (manifest.subject?.digest === subject.digest) found.push(target);
    }
    return found;
  }

  async tag(): Promise<void> {
    await this.start();
  }

  async untag(): Promise<boolean> {
    await this.start();
    return false;
  }

  async attach(): Promise<void> {
    await this.start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    fs.closeSync(this.#descriptor);
  }

  #placeOf(digest: Digest): Place | undefined {
    return this.#places.get(`blobs/${digest.replace(':', '/')}`);
  }

  #read({ offset, size }: Place, { start, end }: ByteRange): AsyncIterable<Uint8Array> {
    return readRange(this.#descriptor, offset + start, offset + Math.min(end, size));
  }

  async #readIndex(): Promise<void> {
    const place = this.#places.get('index.json');
    const marker = this.#places.get('oci-layout');
    if (place === undefined || marker === undefined) {
      throw new WaybillError(
        'STORE_UNAVAILABLE',
        `Cannot open ${this.#file}: it holds no OCI image layout (index.json and oci-layout)`,
        {
          hint: 'docker save writes another form; use skopeo copy docker-archive:FILE oci-archive:FILE',
        },
      );
    }
    checkMarker(readAt(this.#descriptor, marker.offset, Math.min(marker.size, MAX_MARKER_SIZE)), this.#file);
    if (place.size > MAX_INDEX_SIZE)
      throw new WaybillError('LIMIT_EXCEEDED', `Cannot open ${this.#file}: its index has ${place.size} bytes`);
    const bytes = readAt(this.#descriptor, place.offset, place.size);
    this.#entries = parseIndex(bytes, `index.json of ${this.#file}`).entries;
  }
}

/** Where each file of the archive lies: headers are read one by one, content is jumped over. */
function findPlaces(file: string, descriptor: number): ReadonlyMap<string, Place> {
  const { size: end } = fs.fstatSync(descriptor);
  const places = new Map<string, Place>();
  let pax: PaxRecords = {};
  let entries = 0;
  const refuse = (found: string) => new WaybillError('ARCHIVE_UNSAFE', `Cannot read ${file}: ${found}`);
  for (let at = 0; at + BLOCK_SIZE <= end; ) {
    const header = headerAt(descriptor, at, refuse);
    if (header === undefined) break;
    const offset = at + BLOCK_SIZE;
    const isAboutOthers = isExtension(header.type);
    const size = isAboutOthers ? header.size : (pax.size ?? header.size);
    if (offset + size > end) throw refuse('it ends in the middle of an entry');
    at = offset + size + paddingOf(size);
    if (isAboutOthers) {
      if (size > MAX_PAX_SIZE) throw refuse(`an extended header has ${size} bytes`);
      pax = extend(pax, header.type, readAt(descriptor, offset, size), file);
      continue;
    }
    entries += 1;
    if (entries > MAX_TAR_ENTRIES)
      throw new WaybillError('LIMIT_EXCEEDED', `Cannot read ${file}: it has more than ${MAX_TAR_ENTRIES} entries`);
    const name = (pax.path ?? header.name).replace(/^\.\//, '');
    pax = {};
    if (header.type !== entryTypes.file && header.type !== entryTypes.oldFile) continue;
    if (places.has(name)) throw refuse(`it has ${JSON.stringify(name)} twice`);
    places.set(name, { offset, size });
  }
  return places;
}

function headerAt(descriptor: number, at: number, refuse: (found: string) => WaybillError): TarHeader | undefined {
  try {
    return readHeader(readAt(descriptor, at, BLOCK_SIZE));
  } catch (error) {
    throw refuse(error instanceof RangeError ? error.message : 'a header cannot be read');
  }
}

function readAt(descriptor: number, at: number, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  fs.readSync(descriptor, bytes, 0, size, at);
  return bytes;
}
