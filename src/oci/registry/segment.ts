/** A part of a blob that is fetched ahead, while those before it are still on their way. */
import type { ByteRange } from '../store.ts';
import { isBrokenLine } from './http/failures.ts';
import { type BlobSource, requestPart } from './ranges.ts';

/** At once for one repository: as many as blobs are moved at once; more is held to be rude. */
const MAX_STREAMS = 8;

/** How many connections are in use; each blob has one by right and takes what is left. */
export class Streams {
  used = 0;

  begin(): void {
    this.used += 1;
  }

  end(): void {
    this.used -= 1;
  }

  take(): boolean {
    if (this.used >= MAX_STREAMS) return false;
    this.used += 1;
    return true;
  }

  give(): void {
    this.used -= 1;
  }
}

export class Segment {
  /** Whether the registry does not give this range. */
  isRefused = false;
  /** How the line ended, if it did before all had come. */
  broke: unknown;
  readonly range: ByteRange;
  readonly #stop = new AbortController();
  readonly #held: Uint8Array[] = [];
  #end: { readonly error?: unknown } | undefined;
  #wake: (() => void) | undefined;

  /** Begins to fetch at once. */
  constructor(source: BlobSource, range: ByteRange) {
    this.range = range;
    this.#fetch(source, range).then(
      () => this.#finish({}),
      (error) => this.#finish({ error }),
    );
  }

  /**
   * The bytes, those that have come first and then as they come; fewer than all when the line breaks.
   * @throws as requests fail
   */
  async *chunks(): AsyncIterable<Uint8Array> {
    for (;;) {
      const chunk = this.#held.shift();
      if (chunk !== undefined) yield chunk;
      else if (this.#end === undefined) await new Promise<void>((resolve) => (this.#wake = resolve));
      else if ('error' in this.#end) throw this.#end.error;
      else return;
    }
  }

  /** Nobody wants it any more. */
  stop(): void {
    this.#stop.abort();
  }

  async #fetch(source: BlobSource, range: ByteRange): Promise<void> {
    const { signal } = this.#stop;
    const part = await requestPart(source, range, signal);
    this.isRefused = part === undefined || part.isWhole;
    if (part === undefined) return;
    try {
      for await (const chunk of part.body) {
        // Leaving closes the connection: the whole was not asked for.
        if (this.isRefused) return;
        this.#held.push(chunk);
        this.#wake?.();
      }
    } catch (error) {
      if (!isBrokenLine(error)) throw error;
      this.broke = error;
    }
  }

  #finish(end: { readonly error?: unknown }): void {
    this.#end = end;
    this.#wake?.();
  }
}
