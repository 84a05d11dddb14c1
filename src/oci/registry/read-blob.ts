/**
 * Reads a blob from a registry, in order, and goes on where the line broke. One stream is the
 * cheapest; where it turns out slow the next parts are fetched by several connections at once,
 * a few ahead in memory. Where ranges do not work it is one stream again.
 */
import { WaybillError } from '../../base/errors.ts';
import type { ByteRange } from '../store.ts';
import { isBrokenLine } from './http/failures.ts';
import { type BlobSource, cut, requestPart } from './ranges.ts';
import { Segment, type Streams } from './segment.ts';

/** From this size on a blob's line is measured. */
const LARGE_SIZE = 64 * 1024 * 1024;
/** Enough to tell a fast line from a slow one. */
const PROBE_SIZE = 16 * 1024 * 1024;
/** After so much of a fast line it is measured again. */
const STRETCH_SIZE = 512 * 1024 * 1024;
/** Bytes in a millisecond, of all streams together: where they are as fast, another one gains nothing. */
const FAST_RATE = (200 * 1024 * 1024) / 1000;
/** What a connection fetches at once beside others; so much of each waits in memory. */
const SEGMENT_SIZE = 8 * 1024 * 1024;
/** Connections break; after so many within `LARGE_SIZE` of one blob the registry is not worth more. */
const MAX_BREAKS = 8;

/** @throws WaybillError BLOB_UNKNOWN, SIZE_INVALID, REGISTRY_UNAVAILABLE when the line breaks again and again */
export async function* readBlob(
  source: BlobSource,
  { start, end }: ByteRange,
  streams: Streams,
): AsyncIterable<Uint8Array> {
  streams.begin();
  try {
    yield* new Reading(source, start, end, streams).run();
  } finally {
    streams.end();
  }
}

class Reading {
  readonly #source: BlobSource;
  readonly #end: number;
  readonly #streams: Streams;
  #at: number;
  #hasRanges = true;
  #isSlow = false;
  /** Bytes to ask for next, where ranges work. */
  #stretch: number;
  #breaks = 0;
  #brokeAt = 0;

  constructor(source: BlobSource, start: number, end: number, streams: Streams) {
    this.#source = source;
    this.#at = start;
    this.#end = end;
    this.#streams = streams;
    this.#stretch = end - start >= LARGE_SIZE ? PROBE_SIZE : end - start;
  }

  async *run(): AsyncIterable<Uint8Array> {
    const isEmpty = this.#at === this.#end;
    do {
      try {
        if (this.#isSlow && this.#hasRanges) yield* this.#byManyStreams();
        else yield* this.#byOneStream();
      } catch (error) {
        if (!isBrokenLine(error)) throw error;
        this.#countBreak(error);
      }
    } while (this.#at < this.#end && !isEmpty);
  }

  async *#byOneStream(): AsyncIterable<Uint8Array> {
    const [start, end] = [this.#at, this.#end];
    const stop = this.#hasRanges ? Math.min(end, start + this.#stretch) : end;
    const isAll = start === 0 && stop >= this.#source.target.size;
    const range = isAll || !this.#hasRanges ? undefined : { start, end: stop };
    const part = await requestPart(this.#source, range);
    if (part === undefined || (part.isWhole && range !== undefined)) this.#hasRanges = false;
    if (part === undefined) return;
    // The whole in place of a part: a registry that knows no ranges.
    const body = part.isWhole && !isAll ? cut(part.body, { start, end }) : part.body;
    let waited = 0;
    let since = performance.now();
    for await (const chunk of body) {
      waited += performance.now() - since;
      this.#at += chunk.length;
      yield chunk;
      since = performance.now();
    }
    // An answer that is shorter than it may be is one that broke; or else this could go on for ever.
    if (this.#at === start && start < end) this.#countBreak();
    if (this.#at - start < PROBE_SIZE) return;
    this.#isSlow = (this.#at - start) * this.#streams.used < FAST_RATE * waited;
    this.#stretch = STRETCH_SIZE;
  }

  async *#byManyStreams(): AsyncIterable<Uint8Array> {
    const segments: Segment[] = [];
    let next = this.#at;
    const add = () => {
      const end = Math.min(this.#end, next + SEGMENT_SIZE);
      segments.push(new Segment(this.#source, { start: next, end }));
      next = end;
    };
    try {
      while (this.#at < this.#end) {
        if (segments.length === 0) add();
        while (next < this.#end && this.#streams.take()) add();
        const [first] = segments;
        if (first === undefined) return;
        yield* this.#following(first);
        if (first.isRefused) {
          this.#hasRanges = false;
          return;
        }
        // Those behind it have come, or will: only what is missing is asked for again.
        if (this.#at < first.range.end) segments[0] = new Segment(this.#source, { ...first.range, start: this.#at });
        else if (segments.shift() && segments.length > 0) this.#streams.give();
      }
    } finally {
      for (const [index, segment] of segments.entries()) {
        segment.stop();
        if (index > 0) this.#streams.give();
      }
    }
  }

  /** What there is of a segment. */
  async *#following(segment: Segment): AsyncIterable<Uint8Array> {
    let cause: unknown;
    try {
      for await (const chunk of segment.chunks()) {
        this.#at += chunk.length;
        yield chunk;
      }
    } catch (error) {
      if (!isBrokenLine(error)) throw error;
      cause = error;
    }
    if (this.#at < segment.range.end && !segment.isRefused) this.#countBreak(cause);
  }

  #countBreak(cause?: unknown): void {
    if (this.#at - this.#brokeAt >= LARGE_SIZE) this.#breaks = 0;
    this.#brokeAt = this.#at;
    if (++this.#breaks <= MAX_BREAKS) return;
    const { session, name, target } = this.#source;
    throw new WaybillError(
      'REGISTRY_UNAVAILABLE',
      `Cannot read ${target.digest} from ${session.host}/${name}: the connection broke ${MAX_BREAKS} times`,
      { cause },
    );
  }
}
