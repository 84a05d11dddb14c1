/**
 * Reads tar archives from strangers, as a stream. One parser decides each name: a pax `path`
 * replaces the header's, GNU long names are read too, and everything but regular files and
 * folders is refused by name. Memory does not depend on the archive.
 */
import { WaybillError } from '../errors.ts';
import { BLOCK_SIZE, entryTypes, paddingOf, readHeader, type TarHeader } from './header.ts';
import { extend, isExtension, MAX_PAX_SIZE, type PaxRecords, unsafe } from './pax.ts';

export interface TarEntry {
  /** As the archive says it; not yet checked against the path rules. */
  readonly path: string;
  readonly kind: 'file' | 'folder';
  readonly mode: number;
  readonly size: number;
  /** Where the content begins in the archive, in bytes. */
  readonly offset: number;
  /** The content; what is not read is skipped. */
  content(): AsyncIterable<Uint8Array>;
}

/** What other packagers' tars have between them: directories of up to 100,000 files. */
export const MAX_TAR_ENTRIES = 250_000;

/**
 * The entries of an archive in their order.
 * @throws WaybillError ARCHIVE_UNSAFE for entries that must not be restored and for damage,
 *   LIMIT_EXCEEDED
 */
export async function* readTar(chunks: AsyncIterable<Uint8Array>, name: string): AsyncIterable<TarEntry> {
  await using input = new BlockReader(chunks, name);
  let pax: PaxRecords = {};
  let entries = 0;
  for (;;) {
    const block = await input.block();
    const header = block === undefined ? undefined : decodeHeader(block, name);
    if (header === undefined) {
      await input.drain();
      return;
    }
    if (isExtension(header.type)) {
      if (header.size > MAX_PAX_SIZE) throw unsafe(name, `an extended header has ${header.size} bytes`);
      pax = extend(pax, header.type, await input.bytes(header.size), name);
      continue;
    }
    if (++entries > MAX_TAR_ENTRIES) {
      throw new WaybillError('LIMIT_EXCEEDED', `Cannot read ${name}: it has more than ${MAX_TAR_ENTRIES} entries`);
    }
    const path = pax.path ?? header.name;
    const size = pax.size ?? header.size;
    const kind = kindOf(header.type, path, name);
    if (kind === 'folder' && size !== 0) throw unsafe(name, `the folder ${JSON.stringify(path)} has content`);
    pax = {};
    const content = input.content(size);
    yield { path, kind, mode: header.mode, size, offset: input.position, content: () => content };
    for await (const _ of content) {
      // Skips what the reader of the entry left.
    }
  }
}

function decodeHeader(block: Buffer, name: string): TarHeader | undefined {
  try {
    return readHeader(block);
  } catch (cause) {
    throw unsafe(name, cause instanceof RangeError ? cause.message : 'a name is not valid UTF-8', cause);
  }
}

function kindOf(type: string, path: string, name: string): 'file' | 'folder' {
  if (type === entryTypes.file || type === entryTypes.oldFile) return 'file';
  if (type === entryTypes.folder) return 'folder';
  const names: Record<string, string> = {
    [entryTypes.hardLink]: 'a hard link',
    [entryTypes.symbolicLink]: 'a symbolic link',
    [entryTypes.gnuLongLink]: 'a link',
    '3': 'a device',
    '4': 'a device',
    '6': 'a pipe',
  };
  throw unsafe(
    name,
    `${JSON.stringify(path)} is ${names[type] ?? `an entry of type ${JSON.stringify(type)}`}; only files and folders are restored`,
  );
}

/** Cuts a stream of chunks into blocks and contents, and counts the position. */
class BlockReader implements AsyncDisposable {
  position = 0;
  #chunk: Buffer = Buffer.alloc(0);
  #at = 0;
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #name: string;

  constructor(chunks: AsyncIterable<Uint8Array>, name: string) {
    this.#chunks = chunks[Symbol.asyncIterator]();
    this.#name = name;
  }

  /** The next block, or undefined at the end of the stream. */
  async block(): Promise<Buffer | undefined> {
    if (this.#at >= this.#chunk.length && !(await this.#next())) return undefined;
    return this.#exactly(BLOCK_SIZE);
  }

  /** Content of an extended header, with its padding. */
  async bytes(size: number): Promise<Buffer> {
    const content = await this.#exactly(size);
    await this.#exactly(paddingOf(size));
    return content;
  }

  /** Content of an entry, then its padding; goes on where an earlier reader stopped. */
  content(size: number): AsyncIterable<Uint8Array> {
    let left = size;
    let padded = false;
    const reader = this;
    return {
      async *[Symbol.asyncIterator]() {
        while (left > 0) {
          const chunk = await reader.#some(left);
          left -= chunk.length;
          yield chunk;
        }
        if (!padded) await reader.#exactly(paddingOf(size));
        padded = true;
      },
    };
  }

  /** Reads on to the end, so that whoever hashes the stream sees all of it. */
  async drain(): Promise<void> {
    while (await this.#next());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#chunks.return?.();
  }

  async #exactly(size: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    let left = size;
    while (left > 0) {
      const chunk = await this.#some(left);
      parts.push(chunk);
      left -= chunk.length;
    }
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
  }

  async #some(limit: number): Promise<Buffer> {
    if (this.#at >= this.#chunk.length && !(await this.#next()))
      throw unsafe(this.#name, 'it ends in the middle of an entry');
    const chunk = this.#chunk.subarray(this.#at, this.#at + limit);
    this.#at += chunk.length;
    this.position += chunk.length;
    return chunk;
  }

  async #next(): Promise<boolean> {
    for (;;) {
      const { done, value } = await this.#chunks.next();
      if (done) return false;
      if (value.length === 0) continue;
      this.#chunk = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
      this.#at = 0;
      return true;
    }
  }
}
