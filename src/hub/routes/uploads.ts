import { WaybillError } from '../../base/errors.ts';
import { isDigest, parseDigest } from '../../oci/digest.ts';
import type { Answer, Call, Route } from '../http/call.ts';
import { errorAnswer } from '../http/errors.ts';
import type { HubRepository } from '../registry/repository.ts';
import type { Turn } from '../registry/upload-turns.ts';

/** Distribution specification, "Pushing blobs" (end-4, 5, 6, 11, 13) and cancelling. */
export const uploads: Route = {
  id: 'uploads',
  pattern: /^\/v2\/(?<name>.+)\/blobs\/uploads\/(?<id>[^/]*)$/,
  needs: { POST: 'push', GET: 'push', PATCH: 'push', PUT: 'push', DELETE: 'push' },
  methods: { POST: begin, GET: status, PATCH: append, PUT: finish, DELETE: cancel },
};

async function begin(call: Call): Promise<Answer> {
  const repository = repositoryOf(call);
  const mounted = call.url.searchParams.get('mount');
  if (mounted !== null && isDigest(mounted)) {
    const from = call.url.searchParams.get('from');
    const isAllowed = (name: string) => call.identity.decide('pull', name) === 'yes';
    // Whoever may not read the other repository is answered as if it did not hold the blob.
    if ((await call.registry.isMountable(mounted, from, isAllowed)) && (await repository.mount(mounted)))
      return created(repository, mounted);
  }
  const digest = call.url.searchParams.get('digest');
  if (digest === null) return accepted(repository, await call.registry.beginUpload(repository), 0, 202);
  parseDigest(digest);
  const id = await call.registry.beginUpload(repository);
  try {
    await call.registry.storage.blobs.append(id, call.body.portions());
    return await commit(call, repository, id);
  } catch (error) {
    // Nobody has been told its name: nobody can go on with it.
    await call.registry.forgetUpload(id);
    throw error;
  }
}

async function status(call: Call): Promise<Answer> {
  const { repository, id } = await find(call);
  return accepted(repository, id, offsetOf(call, id), 204);
}

async function append(call: Call): Promise<Answer> {
  const { repository, id } = await find(call);
  return call.registry.turns.take(id, async (turn) => {
    const offset = offsetOf(call, id);
    if (checkRange(call, offset)) return outOfOrder(repository, id, offset);
    return accepted(repository, id, await receive(call, id, turn), 202);
  });
}

async function finish(call: Call): Promise<Answer> {
  const { repository, id } = await find(call);
  parseDigest(call.url.searchParams.get('digest') ?? '');
  return call.registry.turns.take(id, async (turn) => {
    const offset = offsetOf(call, id);
    if (checkRange(call, offset)) return outOfOrder(repository, id, offset);
    await receive(call, id, turn);
    return commit(call, repository, id);
  });
}

async function cancel(call: Call): Promise<Answer> {
  const { id } = await find(call);
  await call.registry.turns.take(id, () => call.registry.forgetUpload(id));
  return { status: 204 };
}

/** Adds the body to the upload, unless a newer request takes over meanwhile. @returns the new offset */
async function receive({ body, registry }: Call, id: string, turn: Turn): Promise<number> {
  turn.stop = body.breakOff;
  try {
    return await registry.storage.blobs.append(id, body.portions());
  } finally {
    turn.stop = undefined;
  }
}

async function commit(call: Call, repository: HubRepository, id: string): Promise<Answer> {
  const digest = parseDigest(call.url.searchParams.get('digest') ?? '');
  await repository.commitUpload(id, digest);
  return created(repository, digest);
}

function repositoryOf({ registry, parameters }: Call): HubRepository {
  return registry.repository(parameters['name'] ?? '');
}

async function find(call: Call): Promise<{ repository: HubRepository; id: string }> {
  const repository = repositoryOf(call);
  const id = call.parameters['id'] ?? '';
  if ((await call.registry.uploadOffset(repository, id)) === undefined) throw unknownUpload();
  return { repository, id };
}

/** How far the upload is. @throws WaybillError BLOB_UNKNOWN when it has ended since it was found */
function offsetOf(call: Call, id: string): number {
  const offset = call.registry.storage.blobs.offsetOf(id);
  if (offset === undefined) throw unknownUpload();
  return offset;
}

function unknownUpload(): WaybillError {
  return new WaybillError('BLOB_UNKNOWN', 'Cannot find the upload: it is unknown, has ended or has expired');
}

/** Whether a chunk says that it begins elsewhere than where the upload is, or is not as long as it says. */
function checkRange({ header }: Call, offset: number): boolean {
  const range = header('content-range');
  if (range === undefined) return false;
  const [, start, end] = /^(\d{1,15})-(\d{1,15})$/.exec(range) ?? [];
  if (start === undefined || end === undefined || Number(start) !== offset) return true;
  const length = header('content-length');
  return length !== undefined && Number(length) !== Number(end) - Number(start) + 1;
}

function locationOf(repository: HubRepository, id: string): string {
  return `/v2/${repository.name}/blobs/uploads/${id}`;
}

function accepted(repository: HubRepository, id: string, offset: number, status: 202 | 204): Answer {
  return {
    status,
    headers: { location: locationOf(repository, id), range: `0-${Math.max(0, offset - 1)}`, 'docker-upload-uuid': id },
  };
}

function outOfOrder(repository: HubRepository, id: string, offset: number): Answer {
  return errorAnswer(416, 'BLOB_UPLOAD_INVALID', `The upload has ${offset} bytes; the chunk does not follow them`, {
    location: locationOf(repository, id),
    range: `0-${Math.max(0, offset - 1)}`,
  });
}

function created(repository: HubRepository, digest: string): Answer {
  return {
    status: 201,
    headers: { location: `/v2/${repository.name}/blobs/${digest}`, 'docker-content-digest': digest },
  };
}
