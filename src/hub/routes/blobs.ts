import { WaybillError } from '../../base/errors.ts';
import { type Digest, parseDigest } from '../../oci/digest.ts';
import type { Answer, Call, Route } from '../http/call.ts';
import { errorAnswer } from '../http/errors.ts';

/** Distribution specification, "Pulling blobs" (end-2) and "Deleting Blobs" (end-10). */
export const blobs: Route = {
  id: 'blobs',
  pattern: /^\/v2\/(?<name>.+)\/blobs\/(?<digest>[^/]+)$/,
  needs: { GET: 'pull', HEAD: 'pull', DELETE: 'delete' },
  methods: { GET: read, HEAD: read, DELETE: remove },
};

async function read(call: Call): Promise<Answer> {
  const { digest, size } = await find(call);
  const headers = {
    'content-type': 'application/octet-stream',
    'docker-content-digest': digest,
    etag: `"${digest}"`,
    'accept-ranges': 'bytes',
    'cache-control': 'public, max-age=31536000, immutable',
  };
  if (call.header('if-none-match')?.includes(digest)) return { status: 304, headers };
  // RFC 9110 §14.2: a range is of GET alone.
  const range = call.method === 'GET' ? parseRange(call.header('range'), size) : undefined;
  if (range === 'unsatisfiable')
    return errorAnswer(416, 'SIZE_INVALID', `The blob has ${size} bytes`, { 'content-range': `bytes */${size}` });
  const { start, end } = range ?? { start: 0, end: size };
  const part = {
    ...headers,
    'content-length': String(end - start),
    ...(range === undefined ? {} : { 'content-range': `bytes ${start}-${end - 1}/${size}` }),
  };
  const status = range === undefined ? 200 : 206;
  if (call.method === 'HEAD' || end === start) return { status, headers: part };
  return { status, headers: part, body: call.registry.storage.blobs.read(digest, start, end) };
}

async function remove(call: Call): Promise<Answer> {
  const digest = parseDigest(call.parameters['digest'] ?? '');
  const outcome = await call.registry.repository(call.parameters['name'] ?? '').removeBlob(digest);
  if (outcome === 'absent') throw unknown(digest);
  if (outcome === 'removed') return { status: 202 };
  return errorAnswer(405, 'UNSUPPORTED', `Cannot remove ${digest}: a manifest needs it; delete that first`, {
    allow: 'GET, HEAD',
  });
}

async function find({ registry, parameters }: Call): Promise<{ digest: Digest; size: number }> {
  const digest = parseDigest(parameters['digest'] ?? '');
  const size = await registry.repository(parameters['name'] ?? '').blobSize(digest);
  if (size === undefined) throw unknown(digest);
  return { digest, size };
}

function unknown(digest: Digest): WaybillError {
  return new WaybillError('BLOB_UNKNOWN', `Cannot find ${digest}: this repository does not hold it`);
}

/** One range of bytes: RFC 9110 §14.1.2. Several at once, and the last bytes of nothing, are answered with the whole, as §14.2 allows. */
function parseRange(
  header: string | undefined,
  size: number,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if ((first === '' && last === '') || (first === '' && size === 0)) return undefined;
  if (first === '')
    return Number(last) === 0 ? 'unsatisfiable' : { start: Math.max(0, size - Number(last)), end: size };
  const start = Number(first);
  const end = last === '' ? size : Math.min(size, Number(last) + 1);
  return start >= size || end <= start ? 'unsatisfiable' : { start, end };
}
