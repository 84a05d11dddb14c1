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

/** When a second connection is worth it, and what it fetches. Bytes. */
export interface Pace {
  /** From this size on a blob's line is measured. */
  readonly large: number;
  /** Enough to tell a fast line from a slow one. */
  readonly probe: number;
  /** After so much of a fast line it is measured again. */
  readonly stretch: number;
  /** In a second, of all streams together: where they are as fast, another one gains nothing. */
  readonly fast: number;
  /** What a connection fetches at once beside others; so much of each waits in memory. */
  readonly segment: number;
}

const MEBIBYTE = 1024 * 1024;

/**
 * About 2 Gbit/s count as fast: on loopback one stream gives 400 MiB/s, and storage in a cloud
 * some 90 to each connection. Larger segments would need more memory, smaller ones more requests.
 */
const USUAL_PACE: Pace = {
  large: 64 * MEBIBYTE,
  probe: 16 * MEBIBYTE,
  stretch: 512 * MEBIBYTE,
  fast: 200 * MEBIBYTE,
  segment: 8 * MEBIBYTE,
};

/** Connections break; after so many within 64 MiB of one blob the registry is not worth more. */
const MAX_BREAKS = 8;
const BREAKS_WITHIN = 64 * MEBIBYTE;

/** @throws WaybillError BLOB_UNKNOWN, SIZE_INVALID, REGISTRY_UNAVAILABLE when the line breaks again and again */
export async function* readBlob(
  source: BlobSource,
  { start, end }: ByteRange,
  { streams, pace = USUAL_PACE }: { streams: Streams; pace?: Pace | undefined },
): AsyncIterable<Uint8Array> {
  streams.begin();
  try {
    yield* new Reading(source, { start, end }, { streams, pace }).run();
  } finally {
    streams.end();
  }
}

class Reading {
  readonly #source: BlobSource;
  readonly #end: number;
  readonly #pace: Pace;
  readonly #streams: Streams;
  #at: number;
  #hasRanges = true;
  #isSlow = false;
  /** Bytes to ask for next, where ranges work. */
  #stretch: number;
  #breaks = 0;
  #brokeAt = 0;

  constructor(source: BlobSource, { start, end }: ByteRange, { streams, pace }: { streams: Streams; pace: Pace }) {
    this.#pace = pace;
    this.#source = source;
    this.#at = start;
    this.#end = end;
    this.#streams = streams;
    this.#stretch = end - start >= pace.large ? pace.probe : end - start;
  }

  async *run(): AsyncIterable<Uint8Array> {
    const isEmpty = this.#at === this.#end;
    do {
      if (this.#isSlow && this.#hasRanges) yield* this.#byManyStreams();
      else yield* this.#byOneStream();
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
    try {
      for await (const chunk of body) {
        waited += performance.now() - since;
        this.#at += chunk.length;
        yield chunk;
        since = performance.now();
      }
    } catch (error) {
      // That a request failed has been tried again already (session.ts); here a line broke that had worked.
      if (!isBrokenLine(error)) throw error;
      return this.#countBreak(error);
    }
    // An answer that is shorter than it may be is one that broke; or else this could go on for ever.
    if (this.#at === start && start < end) this.#countBreak();
    if (this.#at - start < this.#pace.probe) return;
    this.#isSlow = (this.#at - start) * this.#streams.used < (this.#pace.fast * waited) / 1000;
    this.#stretch = this.#pace.stretch;
  }

  async *#byManyStreams(): AsyncIterable<Uint8Array> {
    const segments: Segment[] = [];
    let next = this.#at;
    const add = () => {
      const end = Math.min(this.#end, next + this.#pace.segment);
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
    for await (const chunk of segment.chunks()) {
      this.#at += chunk.length;
      yield chunk;
    }
    if (this.#at < segment.range.end && !segment.isRefused) this.#countBreak(segment.broke);
  }

  #countBreak(cause?: unknown): void {
    if (this.#at - this.#brokeAt >= BREAKS_WITHIN) this.#breaks = 0;
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
