/**
 * A small registry for tests, in this process: enough of the distribution specification for a
 * client, and a list of misbehaviours that real ones and the lines to them have.
 */
import { createHash, randomUUID } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';

export interface Faults {
  /** Every blob answer breaks after so many bytes, so many times. */
  breakDownloadsAfter?: { bytes: number; times: number };
  /** A PATCH breaks after so many bytes of its body, so many times. */
  breakUploadsAfter?: { bytes: number; times: number };
  /** After so many bytes of all PATCHes it stops reading, as long as the client lives. */
  holdUploadsAfter?: { bytes: number; reached(): void };
  /** So many answers to a PUT of an upload get lost, after it has taken the blob. */
  loseUploadAnswers?: number;
  /** Says of every chunk that it does not follow. */
  refusesChunks?: boolean;
  /** Answers with the whole blob whatever range is asked for. */
  ignoresRange?: boolean;
  /** The same, once it has answered so many ranges. */
  ignoresRangeAfter?: number;
  /** Thinks for so many milliseconds before it hands out a blob. */
  thinks?: number;
  /** Says 416 to every range. */
  refusesRange?: boolean;
  /** Answers the next so many ranges with their first half, and says so. */
  halvesRanges?: number;
  /** The next so many blob answers fall silent after half of their bytes. */
  stalls?: number;
  /** Answers ranges from another place than asked for. */
  manglesRange?: boolean;
  /** Flips a byte of every blob that it hands out, with the right digest in the header. */
  flipsBytes?: boolean;
  /** The next answers are these, with these headers, whatever is asked. */
  answers?: { status: number; headers?: Record<string, string> }[];
  /** Knows no upload that began before. */
  forgetsUploads?: boolean;
  /** Blobs lie at another address. */
  redirectsBlobsTo?: string;
  /** Has no referrers API. */
  hasNoReferrers?: boolean;
  /** Is told of each manifest that was written under a tag; what it does then comes before anybody reads it. */
  tagged?(key: string): void;
}

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  bytes: number;
}

interface StoredManifest {
  readonly mediaType: string;
  readonly bytes: Buffer;
}

export interface TestRegistry extends AsyncDisposable {
  readonly host: string;
  readonly origin: string;
  readonly faults: Faults;
  /** Every request, in order. */
  readonly seen: Seen[];
  /** Requests that were being answered at the same time. */
  mostAtOnce: number;
  readonly blobs: Map<string, Buffer>;
  /** Uploads that have begun and not ended, by their id. */
  readonly uploads: Map<string, Buffer>;
  readonly manifests: Map<string, StoredManifest>;
  /** Basic credentials or bearer tokens that are wanted; none if absent. */
  require?: { scheme: 'basic' | 'bearer'; username: string; password: string; realm?: string };
}

export async function startRegistry(): Promise<TestRegistry> {
  const uploads = new Map<string, Buffer>();
  const registry: Omit<TestRegistry, 'host' | 'origin'> & { host: string; origin: string } = {
    host: '',
    origin: '',
    faults: {},
    seen: [],
    mostAtOnce: 0,
    blobs: new Map(),
    uploads,
    manifests: new Map(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  let atOnce = 0;
  const server = http.createServer((request, response) => {
    atOnce += 1;
    registry.mostAtOnce = Math.max(registry.mostAtOnce, atOnce);
    response.once('close', () => {
      atOnce -= 1;
    });
    answer(registry, uploads, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  registry.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  registry.origin = `http://${registry.host}`;
  return registry;
}

async function answer(
  registry: TestRegistry,
  uploads: Map<string, Buffer>,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', registry.origin);
  const seen: Seen = {
    method: request.method ?? '',
    path: url.pathname + url.search,
    headers: request.headers,
    bytes: 0,
  };
  registry.seen.push(seen);
  const end = (status: number, headers: Record<string, string> = {}, body: Buffer | string = '') => {
    request.resume();
    response.writeHead(status, { 'content-length': String(Buffer.byteLength(body)), ...headers });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
  const canned = registry.faults.answers?.shift();
  if (canned !== undefined) return end(canned.status, canned.headers);
  if (url.pathname === '/token') return giveToken(registry, request, end);
  if (!isAllowed(registry, request, end)) return;
  const [, name = '', kind = '', rest = ''] =
    /^\/v2\/(.+)\/(blobs|manifests|tags|referrers)\/(.*)$/.exec(url.pathname) ?? [];
  if (url.pathname === '/v2/') return end(200);
  if (kind === 'manifests') return manifests(registry, request, end, { name, reference: rest });
  if (kind === 'tags') {
    const tags = [...registry.manifests.keys()]
      .filter((key) => key.startsWith(`${name} `) && !key.includes('sha256:'))
      .map((key) => key.slice(name.length + 1));
    return end(200, {}, JSON.stringify({ name, tags }));
  }
  if (kind === 'referrers') return referrers(registry, end, { name, subject: rest });
  if (rest.startsWith('uploads/')) return upload(registry, uploads, { request, response, url, name, seen }, end);
  if (registry.faults.thinks !== undefined) await setTimeout(registry.faults.thinks);
  return blob(registry, request, response, end, rest);
}

type End = (status: number, headers?: Record<string, string>, body?: Buffer | string) => void;

function isAllowed({ require, origin }: TestRegistry, request: http.IncomingMessage, end: End): boolean {
  if (require === undefined) return true;
  const wanted =
    require.scheme === 'basic'
      ? `Basic ${Buffer.from(`${require.username}:${require.password}`).toString('base64')}`
      : 'Bearer good-token';
  if (request.headers.authorization === wanted) return true;
  const challenge =
    require.scheme === 'basic'
      ? 'Basic realm="test"'
      : `Bearer realm="${require.realm ?? `${origin}/token`}",service="test"`;
  end(401, { 'www-authenticate': challenge });
  return false;
}

function giveToken({ require }: TestRegistry, request: http.IncomingMessage, end: End): void {
  const wanted = `Basic ${Buffer.from(`${require?.username}:${require?.password}`).toString('base64')}`;
  if (request.headers.authorization === wanted) end(200, {}, JSON.stringify({ token: 'good-token' }));
  else end(401);
}

function blob(
  { blobs, faults }: TestRegistry,
  request: http.IncomingMessage,
  response: http.ServerResponse,
  end: End,
  digest: string,
): void {
  const stored = blobs.get(digest);
  if (stored === undefined)
    return end(404, {}, JSON.stringify({ errors: [{ code: 'BLOB_UNKNOWN', message: 'blob unknown' }] }));
  if (request.method === 'HEAD') return end(200, { 'content-length': String(stored.length) });
  if (faults.redirectsBlobsTo !== undefined) return end(307, { location: `${faults.redirectsBlobsTo}${request.url}` });
  const bytes = faults.flipsBytes ? Buffer.from(stored).fill((stored.at(-1) ?? 0) ^ 1, stored.length - 1) : stored;
  const asked = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
  const isIgnored = faults.ignoresRange || faults.ignoresRangeAfter === 0;
  if (asked === null || isIgnored) return sendPart(faults, response, { status: 200, part: bytes, headers: {} });
  if (faults.refusesRange || Number(asked[1]) >= bytes.length) return end(416);
  if (faults.ignoresRangeAfter !== undefined) faults.ignoresRangeAfter -= 1;
  const start = Number(asked[1]);
  let stop = Math.min(bytes.length, Number(asked[2]) + 1);
  if (faults.halvesRanges !== undefined && faults.halvesRanges > 0) {
    faults.halvesRanges -= 1;
    stop = Math.ceil((start + stop) / 2);
  }
  const from = faults.manglesRange ? Math.max(0, start - 1) : start;
  const headers = { 'content-range': `bytes ${from}-${stop - 1}/${bytes.length}` };
  return sendPart(faults, response, { status: 206, part: bytes.subarray(from, stop), headers });
}

function sendPart(
  faults: Faults,
  response: http.ServerResponse,
  { status, part, headers }: { status: number; part: Buffer; headers: Record<string, string> },
): void {
  response.writeHead(status, { ...headers, 'content-length': String(part.length) });
  const broken = faults.breakDownloadsAfter;
  if (broken !== undefined && broken.times > 0 && part.length > broken.bytes) {
    broken.times -= 1;
    response.write(part.subarray(0, broken.bytes), () => response.destroy());
  } else if (faults.stalls !== undefined && faults.stalls > 0) {
    faults.stalls -= 1;
    response.write(part.subarray(0, part.length / 2));
  } else response.end(part);
}

function manifests(
  { manifests, faults }: TestRegistry,
  request: http.IncomingMessage,
  end: End,
  { name, reference }: { name: string; reference: string },
): void {
  const key = `${name} ${reference}`;
  if (request.method === 'DELETE') return end(manifests.delete(key) ? 202 : 404);
  if (request.method !== 'PUT') {
    const stored = manifests.get(key);
    if (stored === undefined) return end(404);
    return end(200, { 'content-type': stored.mediaType, 'content-length': String(stored.bytes.length) }, stored.bytes);
  }
  const chunks: Buffer[] = [];
  request
    .on('data', (chunk: Buffer) => chunks.push(chunk))
    .on('end', () => {
      const bytes = Buffer.concat(chunks);
      const stored = { mediaType: request.headers['content-type'] ?? '', bytes };
      manifests.set(key, stored);
      manifests.set(`${name} sha256:${createHash('sha256').update(bytes).digest('hex')}`, stored);
      if (!reference.startsWith('sha256:')) faults.tagged?.(key);
      end(201);
    });
}

function referrers(
  { manifests, faults }: TestRegistry,
  end: End,
  { name, subject }: { name: string; subject: string },
): void {
  if (faults.hasNoReferrers) return end(404);
  const found = [...manifests]
    .filter(([key]) => key.startsWith(`${name} sha256:`))
    .map(([key, { bytes, mediaType }]) => ({
      digest: key.slice(name.length + 1),
      size: bytes.length,
      mediaType,
      manifest: JSON.parse(bytes.toString()),
    }))
    .filter(({ manifest }) => manifest.subject?.digest === subject)
    .map(({ digest, size, mediaType, manifest }) => ({ digest, size, mediaType, artifactType: manifest.artifactType }));
  end(
    200,
    { 'content-type': 'application/vnd.oci.image.index.v1+json' },
    JSON.stringify({ schemaVersion: 2, manifests: found }),
  );
}

interface UploadRequest {
  readonly request: http.IncomingMessage;
  readonly response: http.ServerResponse;
  readonly url: URL;
  readonly name: string;
  readonly seen: Seen;
}

async function upload(
  { blobs, faults, seen: seenBefore }: TestRegistry,
  uploads: Map<string, Buffer>,
  { request, response, url, name, seen }: UploadRequest,
  end: End,
): Promise<void> {
  const location = (id: string) => `/v2/${name}/blobs/uploads/${id}`;
  if (request.method === 'POST') {
    const mounted = url.searchParams.get('mount');
    if (mounted !== null && blobs.has(mounted) && url.searchParams.get('from') === 'acme/base') return end(201);
    const id = randomUUID();
    uploads.set(id, Buffer.alloc(0));
    return end(202, { location: location(id) });
  }
  const id = url.pathname.split('/').at(-1) ?? '';
  if (request.method === 'DELETE') return end(uploads.delete(id) ? 204 : 404);
  const before = faults.forgetsUploads ? undefined : uploads.get(id);
  if (before === undefined)
    return end(404, {}, JSON.stringify({ errors: [{ code: 'BLOB_UPLOAD_UNKNOWN', message: 'gone' }] }));
  if (request.method === 'GET')
    return end(204, { location: location(id), range: `0-${Math.max(0, before.length - 1)}` });
  const chunks: Buffer[] = [];
  const limit =
    request.method === 'PATCH' && (faults.breakUploadsAfter?.times ?? 0) > 0
      ? (faults.breakUploadsAfter?.bytes ?? Infinity)
      : Infinity;
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      seen.bytes += chunk.length;
      chunks.push(chunk);
      const hold = request.method === 'PATCH' ? faults.holdUploadsAfter : undefined;
      if (hold !== undefined && sentIn(seenBefore) >= hold.bytes) {
        uploads.set(id, Buffer.concat([before, ...chunks]));
        hold.reached();
        await new Promise((resolve) => response.once('close', resolve));
        return;
      }
      if (size >= limit && faults.breakUploadsAfter !== undefined) {
        faults.breakUploadsAfter.times -= 1;
        uploads.set(id, Buffer.concat([before, ...chunks]));
        response.destroy();
        return;
      }
    }
  } catch (error) {
    // The client is gone: what has arrived stays, as in real ones.
    uploads.set(id, Buffer.concat([before, ...chunks]));
    throw error;
  }
  const bytes = Buffer.concat([before, ...chunks]);
  const range = /^(\d+)-(\d+)$/.exec(request.headers['content-range'] ?? '');
  if (range !== null && (faults.refusesChunks || Number(range[1]) !== before.length))
    return end(416, { location: location(id), range: `0-${Math.max(0, before.length - 1)}` });
  uploads.set(id, bytes);
  if (request.method === 'PATCH') return end(202, { location: location(id), range: `0-${bytes.length - 1}` });
  const digest = url.searchParams.get('digest') ?? '';
  const [algorithm = ''] = digest.split(':');
  if (`${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}` !== digest)
    return end(400, {}, JSON.stringify({ errors: [{ code: 'DIGEST_INVALID', message: 'wrong digest' }] }));
  blobs.set(digest, bytes);
  uploads.delete(id);
  if ((faults.loseUploadAnswers ?? 0) > 0) {
    faults.loseUploadAnswers = (faults.loseUploadAnswers ?? 0) - 1;
    response.destroy();
    return;
  }
  end(201, { location: `/v2/${name}/blobs/${digest}` });
}

/** Bytes of blobs that came in chunks. */
export function sentIn(seen: readonly Seen[]): number {
  return seen.filter(({ method }) => method === 'PATCH').reduce((sum, { bytes }) => sum + bytes, 0);
}
