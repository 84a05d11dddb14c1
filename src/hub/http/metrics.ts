/** What one process of the hub counts. */
import type { ServedRequest } from './server.ts';

/** Upper bounds of the histogram, in seconds: from a cached manifest to a large upload. */
export const BOUNDS: readonly number[] = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60, 600];

export interface Counted {
  readonly count: number;
  readonly seconds: number;
  readonly sent: number;
  /** How many took no longer than each bound. */
  readonly within: readonly number[];
}

/** Plain values, that travel between processes. */
export interface Figures {
  /** By the labels: method, route and status. Few, because both names are the hub's own. */
  readonly requests: Record<string, Counted>;
  readonly underWay: number;
  readonly collectedBlobs: number;
  readonly collectedBytes: number;
  readonly failedCollections: number;
  /** Bytes. */
  readonly memory: number;
  readonly cpuSeconds: number;
}

export class Metrics {
  readonly #requests = new Map<string, { -readonly [Key in keyof Counted]: Counted[Key] } & { within: number[] }>();
  #collectedBlobs = 0;
  #collectedBytes = 0;
  #failedCollections = 0;
  underWay = 0;

  served({ method, route, status, milliseconds, sent }: ServedRequest): void {
    // A method that nobody knows must not become a line of its own.
    const known = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'].includes(method) ? method : 'other';
    const key = `method="${known}",route="${route}",status="${status}"`;
    const counted = this.#requests.get(key) ?? { count: 0, seconds: 0, sent: 0, within: BOUNDS.map(() => 0) };
    this.#requests.set(key, counted);
    const seconds = milliseconds / 1000;
    counted.count += 1;
    counted.seconds += seconds;
    counted.sent += sent;
    for (const [index, bound] of BOUNDS.entries())
      if (seconds <= bound) counted.within[index] = (counted.within[index] ?? 0) + 1;
  }

  collected(outcome: { readonly blobs: number; readonly bytes: number } | { readonly failure: unknown }): void {
    if ('failure' in outcome) this.#failedCollections += 1;
    else {
      this.#collectedBlobs += outcome.blobs;
      this.#collectedBytes += outcome.bytes;
    }
  }

  figures(): Figures {
    const { user, system } = process.cpuUsage();
    return {
      requests: Object.fromEntries(this.#requests),
      underWay: this.underWay,
      collectedBlobs: this.#collectedBlobs,
      collectedBytes: this.#collectedBytes,
      failedCollections: this.#failedCollections,
      memory: process.memoryUsage.rss(),
      cpuSeconds: (user + system) / 1e6,
    };
  }
}
