import { collect } from '../../base/bytes.ts';
import { WaybillError } from '../../base/errors.ts';
import { isDigest, parseDigest } from '../../oci/digest.ts';
import { MAX_MANIFEST_SIZE } from '../../oci/manifest.ts';
import { isTag } from '../../oci/reference.ts';
import type { Answer, Call, Route } from '../http/call.ts';

/** Distribution specification, "Pulling manifests" (end-3), "Pushing Manifests" (end-7), "Deleting" (end-9). */
export const manifests: Route = {
  id: 'manifests',
  pattern: /^\/v2\/(?<name>.+)\/manifests\/(?<reference>[^/]+)$/,
  needs: { GET: 'pull', HEAD: 'pull', PUT: 'push', DELETE: 'delete' },
  methods: { GET: read, HEAD: read, PUT: write, DELETE: remove },
};

/** Tags that one PUT may set; the development version of the specification asks for at least 10. */
const MAX_TAGS = 100;

async function read(call: Call): Promise<Answer> {
  const repository = call.registry.repository(call.parameters['name'] ?? '');
  const found = await repository.findManifest(referenceOf(call));
  if (found === undefined) throw unknown(call);
  const headers = {
    'content-type': found.mediaType,
    'content-length': String(found.size),
    'docker-content-digest': found.digest,
    etag: `"${found.digest}"`,
  };
  if (call.header('if-none-match')?.includes(found.digest)) return { status: 304, headers };
  return call.method === 'HEAD'
    ? { status: 200, headers }
    : { status: 200, headers, body: repository.readManifest(found) };
}

async function write(call: Call): Promise<Answer> {
  const repository = call.registry.repository(call.parameters['name'] ?? '');
  const reference = referenceOf(call);
  const mediaType = call.header('content-type')?.split(';')[0]?.trim();
  if (mediaType === undefined)
    throw new WaybillError('MANIFEST_INVALID', 'Cannot store the manifest: the request states no Content-Type');
  const bytes = await collect(call.body, MAX_MANIFEST_SIZE, 'the manifest');
  const tags = tagsOf(call, reference);
  const digest = isDigest(reference) ? reference : undefined;
  const stored = await repository.putManifest(bytes, mediaType, { digest, tags });
  return {
    status: 201,
    moved: stored.moved,
    headers: {
      location: `/v2/${repository.name}/manifests/${reference}`,
      'docker-content-digest': stored.digest,
      ...(stored.subject === undefined ? {} : { 'oci-subject': stored.subject }),
      ...(tags.length === 0 || digest === undefined ? {} : { 'oci-tag': tags.join(', ') }),
    },
  };
}

async function remove(call: Call): Promise<Answer> {
  const repository = call.registry.repository(call.parameters['name'] ?? '');
  const moved = await repository.removeManifest(referenceOf(call));
  if (moved === undefined) throw unknown(call);
  return { status: 202, moved };
}

function referenceOf({ parameters }: Call): string {
  const written = parameters['reference'] ?? '';
  // Some clients write the colon of a digest as %3A.
  const reference = isEncoded(written) ? decodeURIComponent(written) : written;
  if (reference.includes(':')) return parseDigest(reference);
  if (isTag(reference)) return reference;
  throw new WaybillError(
    'NAME_INVALID',
    `Cannot use ${JSON.stringify(reference.slice(0, 200))}: it is no tag and no digest`,
  );
}

/** Whether all that begins with % is an ASCII character: anything else is in no reference. */
function isEncoded(text: string): boolean {
  return /^(?:[^%]|%[0-7][0-9a-f])*$/i.test(text);
}

/** The tag that the path names, or those of `?tag=` beside a digest. */
function tagsOf({ url }: Call, reference: string): readonly string[] {
  if (!isDigest(reference)) return [reference];
  const tags = url.searchParams.getAll('tag');
  if (tags.length > MAX_TAGS)
    throw new WaybillError('LIMIT_EXCEEDED', `Cannot set ${tags.length} tags at once: the limit is ${MAX_TAGS}`);
  const wrong = tags.find((tag) => !isTag(tag));
  if (wrong !== undefined)
    throw new WaybillError('NAME_INVALID', `Cannot use ${JSON.stringify(wrong.slice(0, 200))} as a tag`);
  return tags;
}

function unknown({ parameters }: Call): WaybillError {
  return new WaybillError(
    'MANIFEST_UNKNOWN',
    `Cannot find ${parameters['name']} ${parameters['reference']}: this repository has no such manifest`,
  );
}
