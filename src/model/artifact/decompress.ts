/** The content of a layer without its compression, within bounds that no honest layer meets. */
import { Readable } from 'node:stream';
import zlib from 'node:zlib';
import { WaybillError } from '../../base/errors.ts';
import type { LayerForm } from '../media-types.ts';

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
  form: LayerForm,
  name: string,
): AsyncIterable<Uint8Array> {
  if (form === 'raw' || form === 'tar') {
    yield* chunks;
    return;
  }
  let taken = 0;
  let given = 0;
  const counted = async function* () {
    for await (const chunk of chunks) {
      taken += chunk.length;
      yield chunk;
    }
  };
  const source = Readable.from(counted());
  const stream = form === 'tar+gzip' ? zlib.createGunzip() : zlib.createZstdDecompress();
  source.on('error', (error) => stream.destroy(error));
  source.pipe(stream);
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      given += chunk.length;
      if (given > MAX_BYTES || (given > FREE_BYTES && given > taken * MAX_RATIO)) {
        throw new WaybillError(
          'LIMIT_EXCEEDED',
          `Cannot unpack ${name}: ${taken} compressed bytes give more than ${given}, the limit is a ratio of ${MAX_RATIO}`,
        );
      }
      yield chunk;
    }
  } catch (error) {
    if (error instanceof WaybillError) throw error;
    throw new WaybillError('ARCHIVE_UNSAFE', `Cannot unpack ${name}: its compression is damaged`, { cause: error });
  } finally {
    source.destroy();
    stream.destroy();
  }
}
