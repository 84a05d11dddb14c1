/** What the hub counts, in the text format of Prometheus (version 0.0.4). */
import type { ServedRequest } from './server.ts';

/** Upper bounds of the histogram, in seconds: from a cached manifest to a large upload. */
const BOUNDS = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60, 600] as const;

interface Counted {
  count: number;
  seconds: number;
  sent: number;
  /** How many took no longer than each bound. */
  readonly within: number[];
}

export class Metrics {
  /** By method, route and status: few, because both are names of the hub's own. */
  readonly #requests = new Map<string, Counted>();
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

  toString(): string {
    const memory = process.memoryUsage.rss();
    const { user, system } = process.cpuUsage();
    const requests = [...this.#requests];
    return [
      ...head(
        'waybill_http_request_duration_seconds',
        'histogram',
        'Time from the request to the last byte of its answer.',
      ),
      ...requests.flatMap(([labels, { count, seconds, within }]) => [
        ...BOUNDS.map(
          (bound, index) => `waybill_http_request_duration_seconds_bucket{${labels},le="${bound}"} ${within[index]}`,
        ),
        `waybill_http_request_duration_seconds_bucket{${labels},le="+Inf"} ${count}`,
        `waybill_http_request_duration_seconds_sum{${labels}} ${seconds}`,
        `waybill_http_request_duration_seconds_count{${labels}} ${count}`,
      ]),
      ...head('waybill_http_sent_bytes_total', 'counter', 'Bytes of the bodies of answers.'),
      ...requests.map(([labels, { sent }]) => `waybill_http_sent_bytes_total{${labels}} ${sent}`),
      ...one('waybill_http_requests_under_way', 'gauge', 'Requests that have no answer yet.', this.underWay),
      ...one(
        'waybill_collected_blobs_total',
        'counter',
        'Blobs that garbage collection took away.',
        this.#collectedBlobs,
      ),
      ...one('waybill_collected_bytes_total', 'counter', 'Bytes of those blobs.', this.#collectedBytes),
      ...one(
        'waybill_failed_collections_total',
        'counter',
        'Garbage collections that failed.',
        this.#failedCollections,
      ),
      ...one('process_resident_memory_bytes', 'gauge', 'Memory of the process.', memory),
      ...one('process_cpu_seconds_total', 'counter', 'CPU time of the process.', (user + system) / 1e6),
      '',
    ].join('\n');
  }
}

function head(name: string, type: string, help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

function one(name: string, type: string, help: string, value: number): string[] {
  return [...head(name, type, help), `${name} ${value}`];
}
