/** Reading and writing content so that wrong bytes are never handed on. */
import { collect } from '../base/bytes.ts';
import { WaybillError } from '../base/errors.ts';
import type { Descriptor } from './descriptor.ts';
import { algorithmOf, type Digest, digestOf, finishHash, hashFor } from './digest.ts';
import type { Store } from './store.ts';

/**
 * Passes chunks on while hashing them. The last chunk is held back until size and digest have
 * been compared, so that nobody who waits for the end ever acts on wrong bytes.
 * @throws WaybillError SIZE_INVALID, DIGEST_INVALID
 */
export async function* verifyWhileReading(
  chunks: AsyncIterable<Uint8Array>,
  expected: Pick<Descriptor, 'digest' | 'size'>,
): AsyncIterable<Uint8Array> {
  const hash = hashFor(expected.digest);
  let size = 0;
  let held: Uint8Array | undefined;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > expected.size) throw wrongSize(expected, `more than ${expected.size} bytes`);
    hash.update(chunk);
    if (held !== undefined) yield held;
    held = chunk;
  }
  checkContent(expected, { size, digest: finishHash(hash, algorithmOf(expected.digest)) });
  if (held !== undefined) yield held;
}

/**
 * @param name what the reader knows the content by; its digest if absent
 * @throws WaybillError SIZE_INVALID, DIGEST_INVALID unless both agree
 */
export function checkContent(
  expected: Pick<Descriptor, 'digest' | 'size'>,
  found: { readonly size: number; readonly digest: Digest },
  name: string = expected.digest,
): void {
  if (found.size !== expected.size) throw wrongSize(expected, `${found.size} bytes`, name);
  if (found.digest === expected.digest) return;
  throw new WaybillError('DIGEST_INVALID', `Cannot use ${name}: ${wrongBytes(expected.digest, found.digest, name)}`, {
    expected: expected.digest,
    found: found.digest,
    hint: 'The content was damaged or replaced. In the local store: waybill prune --damaged, then pack or pull it again',
  });
}

function wrongBytes(expected: Digest, found: Digest, name: string): string {
  return name === expected
    ? `its bytes have the digest ${found}`
    : `its bytes have the digest ${found}, not ${expected}`;
}

function wrongSize(
  expected: Pick<Descriptor, 'digest' | 'size'>,
  found: string,
  name: string = expected.digest,
): WaybillError {
  return new WaybillError(
    'SIZE_INVALID',
    `Cannot use ${name}: it should have ${expected.size} bytes, it has ${found}`,
    {
      expected: String(expected.size),
      found,
      hint: 'The content was damaged or cut short: pack or pull it again',
    },
  );
}

/**
 * Small content as a whole, verified.
 * @param limit in bytes, checked against the descriptor before anything is read
 */
export async function readContent(store: Store, target: Descriptor, limit: number, what: string): Promise<Buffer> {
  if (target.size > limit) {
    throw new WaybillError('LIMIT_EXCEEDED', `Cannot read ${what}: it has ${target.size} bytes, the limit is ${limit}`);
  }
  const content = await store.open(target);
  return collect(content.verified(), limit, what);
}

/** Stores small content, if it is not there yet. */
export async function pushBytes(store: Store, mediaType: string, bytes: Uint8Array): Promise<Descriptor> {
  const target: Descriptor = { mediaType, digest: digestOf(bytes), size: bytes.length };
  if ((await store.stat(target))?.size === target.size) return target;
  await push(
    store,
    target,
    (async function* () {
      yield bytes;
    })(),
  );
  return target;
}

/** Stores content that is what `expected` says, or nothing. */
export async function push(store: Store, expected: Descriptor, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const upload = await store.start(expected);
  try {
    for await (const chunk of chunks) await upload.write(chunk);
    await upload.commit(expected.digest);
  } catch (error) {
    await upload.abort();
    throw error;
  }
}
