/** The content of a layer without its compression, within bounds that no honest layer meets. */
import { Readable } from 'node:stream';
import zlib from 'node:zlib';
import { WaybillError } from '../../base/errors.ts';
import type { Packing } from './layer.ts';

/** Weights hardly compress; text does by 3 to 10. Bombs begin at 1,000. */
const MAX_RATIO = 200;
/** Small layers may be all zeros: the ratio counts from here on. */
const FREE_BYTES = 64 * 1024 * 1024;
/** More than any single layer of a registry (hosted ones stop at 10 to 50 GiB). */
const MAX_BYTES = 4 * 1024 ** 4;

/**
 * @throws WaybillError LIMIT_EXCEEDED for a bomb, ARCHIVE_UNSAFE for damage, as soon as they show
 */
export async function* decompressed(
  chunks: AsyncIterable<Uint8Array>,
  form: Packing,
  name: string,
): AsyncIterable<Uint8Array> {
  if (form === 'raw' || form === 'tar') {
    yield* chunks;
    return;
  }
  const input = new CountedInput(chunks);
  let given = 0;
  const source = Readable.from(input.chunks());
  const stream = form.endsWith('+gzip') ? zlib.createGunzip() : zlib.createZstdDecompress();
  source.on('error', (error) => stream.destroy(error));
  source.pipe(stream);
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      given += chunk.length;
      if (given > MAX_BYTES || (given > FREE_BYTES && given > input.taken * MAX_RATIO)) {
        throw new WaybillError(
          'LIMIT_EXCEEDED',
          `Cannot unpack ${name}: ${input.taken} compressed bytes give more than ${given}, the limit is a ratio of ${MAX_RATIO}`,
        );
      }
      yield chunk;
    }
    await input.drain();
    // One decompressor stops at the end of its stream, another reads on: they would see two contents.
    if (input.taken !== stream.bytesWritten) throw new RangeError('bytes stand behind the end of the stream');
  } catch (error) {
    if (error instanceof WaybillError) throw error;
    throw new WaybillError('ARCHIVE_UNSAFE', `Cannot unpack ${name}: its compression is damaged`, { cause: error });
  } finally {
    source.destroy();
    stream.destroy();
    await input.close();
  }
}

/**
 * The compressed bytes. A decompressor may stop before their end, but only their end proves the digest of
 * the layer: whoever uses what came out must have called `drain`.
 */
class CountedInput {
  /** Bytes so far. */
  taken = 0;
  readonly #iterator: AsyncIterator<Uint8Array>;
  #failure: { readonly cause: unknown } | undefined;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#iterator = chunks[Symbol.asyncIterator]();
  }

  async *chunks(): AsyncIterable<Uint8Array> {
    for (let chunk = await this.#next(); chunk !== undefined; chunk = await this.#next()) yield chunk;
  }

  /** Reads on to the end. @throws what reading threw, also if a stream that had already ended was told */
  async drain(): Promise<void> {
    while ((await this.#next()) !== undefined);
    if (this.#failure !== undefined) throw this.#failure.cause;
  }

  async close(): Promise<void> {
    await this.#iterator.return?.();
  }

  async #next(): Promise<Uint8Array | undefined> {
    try {
      const { done, value } = await this.#iterator.next();
      if (done) return undefined;
      this.taken += value.length;
      return value;
    } catch (cause) {
      this.#failure ??= { cause };
      throw cause;
    }
  }
}
