/** What a log answers over HTTP: C2SP tlog-tiles, "APIs". Files that never change, and one that does. */
import { gzipSync } from 'node:zlib';
import type { LogReader } from '../reading/reader.ts';
import { CHECKPOINT, parseTilePath } from '../tiles/paths.ts';

export interface LogAnswer {
  readonly status: 200 | 404 | 405;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface LogRequest {
  readonly method: string;
  /** As it stands in the request. */
  readonly target: string;
  /** Whether the client reads gzip. */
  readonly acceptsGzip: boolean;
}

/** Less than this is not worth the time. */
const LEAST_COMPRESSED = 1024;

/** @throws what the reader throws */
export async function answerFor(reader: LogReader, { method, target, acceptsGzip }: LogRequest): Promise<LogAnswer> {
  if (method !== 'GET' && method !== 'HEAD') return refusal(405, { allow: 'GET, HEAD' });
  const path = target.slice(1);
  const tile = parseTilePath(path);
  // Nothing else of the folder is for others, and no other spelling of these.
  if (target[0] !== '/' || (path !== CHECKPOINT && tile === undefined)) return refusal(404);
  const bytes = await reader.read(path);
  if (bytes === undefined) return refusal(404);
  if (tile === undefined) return found(bytes, 'text/plain; charset=utf-8', 'public, max-age=2');
  const answer = found(bytes, 'application/octet-stream', 'public, max-age=31536000, immutable');
  if (tile.level !== 'entries') return answer;
  const headers = { ...answer.headers, vary: 'accept-encoding' };
  if (!acceptsGzip || bytes.length < LEAST_COMPRESSED) return { ...answer, headers };
  return { ...answer, headers: { ...headers, 'content-encoding': 'gzip' }, body: gzipSync(bytes, { level: 1 }) };
}

function found(body: Buffer, type: string, caching: string): LogAnswer {
  const headers = { 'content-type': type, 'cache-control': caching, 'x-content-type-options': 'nosniff' };
  return { status: 200, headers, body };
}

/** Not kept: what is not there yet may come. */
function refusal(status: 404 | 405, headers: Readonly<Record<string, string>> = {}): LogAnswer {
  return { status, headers: { 'cache-control': 'no-store', ...headers }, body: Buffer.alloc(0) };
}
