/** A client that pushes, moves, deletes and uploads in one repository until the hub is gone. */
import { digestOf } from '../../src/oci/digest.ts';
import type { Random } from '../_support/random.ts';
import { type GoodManifest, manifestOf, pick } from './_known.ts';
import type { Ledger } from './_ledger.ts';

const TAGS = ['a', 'b', 'c'];
const CONFIG = Buffer.from('{}');
/** Layers that all repositories share, beside those of their own. */
const SHARED = 4;

export interface Work {
  readonly address: string;
  readonly ledger: Ledger;
  readonly random: Random;
  /** Is told of each request that was answered. */
  answered(): void;
}

/** @returns what the hub answered and should not have; nothing when it merely went away */
export async function workUntilGone(work: Work): Promise<readonly string[]> {
  for (;;) {
    try {
      await pick(work.random, [pushImage, pushImage, pushImage, moveTag, deleteManifest, untag, uploadSlowly])(work);
    } catch (error) {
      if (error instanceof UnexpectedAnswer) return [error.message];
      // `fetch failed`: the hub has been killed.
      if (error instanceof TypeError) return [];
      throw error;
    }
  }
}

class UnexpectedAnswer extends Error {}

interface Request {
  readonly method: string;
  readonly where: string;
  readonly body?: Uint8Array | string;
  readonly type?: string;
  readonly expect: number;
}

async function ask({ address, answered }: Work, { method, where, body, type, expect }: Request): Promise<Response> {
  const response = await fetch(`${address}${where}`, {
    method,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
    headers: type === undefined ? {} : { 'content-type': type },
  });
  const text = await response.text();
  if (response.status !== expect) throw new UnexpectedAnswer(`${method} ${where}: ${response.status} ${text}`);
  answered();
  return response;
}

async function pushImage(work: Work): Promise<void> {
  const { random, ledger } = work;
  const own = random.bytes(1 + random.below(60_000));
  const parts = [CONFIG, Buffer.from(`shared ${random.below(SHARED)}`), own];
  for (const part of parts) await pushBlob(work, part);
  const subject = random.below(3) === 0 && ledger.there.length > 0 ? pick(random, ledger.there) : undefined;
  await put(work, manifestOf(parts, subject));
}

async function pushBlob(work: Work, bytes: Buffer): Promise<void> {
  const where = `/v2/${work.ledger.name}/blobs/uploads/?digest=${digestOf(bytes)}`;
  await ask(work, { method: 'POST', where, body: bytes, expect: 201 });
  work.ledger.blobs.set(digestOf(bytes), bytes);
}

async function put(work: Work, good: GoodManifest): Promise<void> {
  const { ledger, random } = work;
  const tag = pick(random, TAGS);
  ledger.beginPut(good, tag);
  const where = `/v2/${ledger.name}/manifests/${tag}`;
  await ask(work, { method: 'PUT', where, body: good.text, type: good.mediaType, expect: 201 });
  ledger.endPut(good, tag);
}

async function moveTag(work: Work): Promise<void> {
  const { there } = work.ledger;
  if (there.length > 0) await put(work, pick(work.random, there));
}

async function deleteManifest(work: Work): Promise<void> {
  const { ledger, random } = work;
  if (ledger.there.length < 2) return;
  const good = pick(random, ledger.there);
  ledger.beginDelete(good);
  await ask(work, { method: 'DELETE', where: `/v2/${ledger.name}/manifests/${good.digest}`, expect: 202 });
  ledger.endDelete(good);
}

async function untag(work: Work): Promise<void> {
  const { ledger, random } = work;
  const tag = pick(random, TAGS);
  if (ledger.tags.get(tag)?.[0] === undefined) return;
  ledger.beginUntag(tag);
  await ask(work, { method: 'DELETE', where: `/v2/${ledger.name}/manifests/${tag}`, expect: 202 });
  ledger.endUntag(tag);
}

/** In chunks, each of which is acknowledged. */
async function uploadSlowly(work: Work): Promise<void> {
  const { ledger, random } = work;
  const bytes = random.bytes(3 + random.below(200_000));
  const begun = await ask(work, { method: 'POST', where: `/v2/${ledger.name}/blobs/uploads/`, expect: 202 });
  const upload = { location: begun.headers.get('location') ?? '', bytes, acknowledged: 0 };
  ledger.upload = upload;
  const step = Math.ceil(bytes.length / 3);
  for (let at = 0; at < bytes.length; at += step) {
    const body = bytes.subarray(at, at + step);
    await ask(work, { method: 'PATCH', where: upload.location, body, expect: 202 });
    upload.acknowledged = Math.min(bytes.length, at + step);
  }
  await ask(work, { method: 'PUT', where: `${upload.location}?digest=${digestOf(bytes)}`, expect: 201 });
  ledger.upload = undefined;
  ledger.blobs.set(digestOf(bytes), bytes);
}
