/**
 * Sends layers to a store far away, straight from their files: what is known from an earlier pack
 * is asked for and not even opened where the store has it; the rest is hashed while it is sent.
 */
import { collect } from '../base/bytes.ts';
import { WaybillError } from '../base/errors.ts';
import type { OutgoingBlob } from '../base/hashing/outgoing.ts';
import type { Summed } from '../base/hashing/pieces.ts';
import { inParallel } from '../base/parallel.ts';
import { silent } from '../base/progress.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { sha256Digest } from '../oci/digest.ts';
import type { ArtifactStore, Content, Sending, TransferOptions, Transferred, UnhashedContent } from '../oci/store.ts';
import { verifyWhileReading } from '../oci/verified.ts';
import type { LayerTotals, Watch } from './bring-layers.ts';
import type { DigestCache } from './digest-cache.ts';
import type { LayerWork } from './layer-work.ts';

/** Asking takes a round trip each. */
const QUESTIONS_AT_ONCE = 16;
/** Up to this size a blob is hashed in memory first: it needs no upload where the store has it, and one request fewer where not. */
const SMALL_SIZE = 4 * 1024 * 1024;
const SMALL_AT_ONCE = 8;
/** Enough to keep a line busy; more would have fewer whole when it breaks. */
const LARGE_AT_ONCE = 4;
/** The cache is written down after so many bytes: a kill costs no more of what is whole. */
const SAVE_SIZE = 64 * 1024 * 1024;

type Far = ArtifactStore & Sending;

/** @throws WaybillError FILE_CHANGED, FILE_UNREADABLE, and as the store fails; what was sent before stays */
export async function sendLayers(
  work: readonly LayerWork[],
  store: Far,
  { cache, progress = silent, signal }: Watch & { readonly cache: DigestCache },
): Promise<LayerTotals> {
  const missing = await missingIn(store, work);
  if (missing.length === 0) return { bytesRead: 0, bytesWritten: 0, bytesSent: 0, resumed: false };
  // The first failure stops all: nobody wants to wait for gigabytes that are in vain.
  const stop = new AbortController();
  const stopped = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  const blobs = missing.map((layer): Outgoing => ({ ...layer, blob: layer.first.outgoing(stopped) }));
  const sender = new Sender(store, cache, { signal: stopped, advance: (bytes) => progress.advance(bytes) });
  const send = async (item: Outgoing) => {
    try {
      await sender.send(item);
    } catch (error) {
      stop.abort();
      throw error;
    }
  };
  progress.begin(
    'Sending',
    blobs.reduce((sum, { blob }) => sum + blob.size, 0),
  );
  try {
    const isSmall = ({ blob }: Outgoing) => blob.size <= SMALL_SIZE;
    await inParallel(blobs.filter(isSmall), SMALL_AT_ONCE, send);
    await inParallel(
      blobs.filter((item) => !isSmall(item)),
      LARGE_AT_ONCE,
      send,
    );
  } finally {
    progress.end();
  }
  return sender.totals;
}

/** Layers of the same content, known to be or from the same files in the same state: one blob. */
interface Same {
  readonly first: LayerWork;
  readonly others: readonly LayerWork[];
}

interface Outgoing extends Same {
  readonly blob: OutgoingBlob;
}

/** What has to be sent: the store has it not, or nobody knows its digest. */
async function missingIn(store: Far, work: readonly LayerWork[]): Promise<readonly Same[]> {
  const groups = Map.groupBy(work, (layer) => layer.known?.digest ?? layer.outgoing().state);
  const blobs = [...groups.values()].flatMap(([first, ...others]) => (first === undefined ? [] : [{ first, others }]));
  const isThere = await inParallel(blobs, QUESTIONS_AT_ONCE, async ({ first: { known } }) => {
    return known !== undefined && (await store.stat(known))?.size === known.size;
  });
  return blobs.filter((_, index) => !isThere[index]);
}

class Sender {
  readonly totals = { bytesRead: 0, bytesWritten: 0, bytesSent: 0, resumed: false };
  readonly #store: Far;
  readonly #cache: DigestCache;
  readonly #options: TransferOptions;
  #unsaved = 0;

  constructor(store: Far, cache: DigestCache, options: TransferOptions) {
    this.#store = store;
    this.#cache = cache;
    this.#options = options;
  }

  async send({ first, others, blob }: Outgoing): Promise<void> {
    if (first.known !== undefined) return this.#sendKnown(first.known, first.name, blob);
    const isSmall = blob.size <= SMALL_SIZE;
    const sent = isSmall ? this.#sendSmall(blob) : this.#store.sendUnhashed(unhashed(blob, first.name), this.#options);
    this.#add(await sent);
    this.#finish([first, ...others], await blob.finish());
  }

  async #sendSmall(blob: OutgoingBlob): Promise<Transferred> {
    const bytes = await collect(copied(blob), SMALL_SIZE, 'a small blob');
    const { sha256, size } = await blob.finish();
    const target = { mediaType: 'application/octet-stream', digest: sha256Digest(sha256), size };
    if ((await this.#store.stat(target))?.size !== size)
      return this.#store.send(
        target,
        contentOf(target, ({ start, end }) => once(bytes.subarray(start, end))),
        this.#options,
      );
    this.#options.advance(size);
    return { bytes: 0, resumedAt: 0 };
  }

  async #sendKnown(target: Descriptor, name: string, blob: OutgoingBlob): Promise<void> {
    const content = contentOf(target, (range) => blob.rangeAgain(range));
    try {
      const sent = await this.#store.send(target, content, this.#options);
      this.#add(sent);
      this.totals.bytesRead += sent.bytes;
    } catch (error) {
      if (!(error instanceof WaybillError) || error.code !== 'DIGEST_INVALID') throw error;
      throw new WaybillError('FILE_CHANGED', `Cannot send ${name}: it is not what it was when it was last packed`, {
        hint: 'Its times did not change: add --no-cache to read every file',
        cause: error,
      });
    }
  }

  #add({ bytes, resumedAt }: Transferred): void {
    this.totals.bytesSent += bytes;
    if (resumedAt > 0) this.totals.resumed = true;
  }

  #finish(layers: readonly LayerWork[], result: Summed): void {
    for (const layer of layers) layer.finish(result);
    this.totals.bytesRead += result.bytesRead;
    this.#unsaved += result.size;
    if (this.#unsaved < SAVE_SIZE) return;
    this.#unsaved = 0;
    this.#cache.save();
  }
}

function unhashed(blob: OutgoingBlob, name: string): UnhashedContent {
  return {
    size: blob.size,
    state: blob.state,
    name,
    unverifiedRange: (range) => blob.range(range),
    digest: async () => sha256Digest((await blob.finish()).sha256),
  };
}

function contentOf(target: Descriptor, range: Content['unverifiedRange']): Content {
  return {
    size: target.size,
    verified: () => verifyWhileReading(range({ start: 0, end: target.size }), target),
    unverifiedRange: range,
  };
}

async function* copied(blob: OutgoingBlob): AsyncIterable<Uint8Array> {
  for await (const chunk of blob.range({ start: 0, end: blob.size })) yield Buffer.from(chunk);
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
