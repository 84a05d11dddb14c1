/** What a hub counts, of all its processes together, in the text format of Prometheus (version 0.0.4). */
import { BOUNDS, type Figures } from './metrics.ts';

/** @param all of each process */
export function formatFigures(all: readonly Figures[]): string {
  const requests = Object.entries(mergeRequests(all));
  const sum = (figure: (figures: Figures) => number) => all.reduce((total, figures) => total + figure(figures), 0);
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
    ...one(
      'waybill_http_requests_under_way',
      'gauge',
      'Requests that have no answer yet.',
      sum(({ underWay }) => underWay),
    ),
    ...one(
      'waybill_collected_blobs_total',
      'counter',
      'Blobs that garbage collection took away.',
      sum(({ collectedBlobs }) => collectedBlobs),
    ),
    ...one(
      'waybill_collected_bytes_total',
      'counter',
      'Bytes of those blobs.',
      sum(({ collectedBytes }) => collectedBytes),
    ),
    ...one(
      'waybill_failed_collections_total',
      'counter',
      'Garbage collections that failed.',
      sum(({ failedCollections }) => failedCollections),
    ),
    ...one('waybill_processes', 'gauge', 'Processes of the hub.', all.length),
    ...one(
      'process_resident_memory_bytes',
      'gauge',
      'Memory of the processes.',
      sum(({ memory }) => memory),
    ),
    ...one(
      'process_cpu_seconds_total',
      'counter',
      'CPU time of the processes that run.',
      sum(({ cpuSeconds }) => cpuSeconds),
    ),
    '',
  ].join('\n');
}

function mergeRequests(all: readonly Figures[]): Figures['requests'] {
  const merged: Figures['requests'] = {};
  for (const { requests } of all)
    for (const [labels, more] of Object.entries(requests)) {
      const sum = merged[labels];
      merged[labels] =
        sum === undefined
          ? more
          : {
              count: sum.count + more.count,
              seconds: sum.seconds + more.seconds,
              sent: sum.sent + more.sent,
              within: sum.within.map((count, index) => count + (more.within[index] ?? 0)),
            };
    }
  return merged;
}

function head(name: string, type: string, help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

function one(name: string, type: string, help: string, value: number): string[] {
  return [...head(name, type, help), `${name} ${value}`];
}
