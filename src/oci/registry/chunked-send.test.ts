import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startRegistry, type TestRegistry } from '../../../test/_registry/server.ts';
import { plainNetwork } from '../../../test/_support/registry.ts';
import { makeScratch, type Scratch } from '../../../test/_support/scratch.ts';
import { streamOf } from '../../base/bytes.ts';
import { WaybillError } from '../../base/errors.ts';
import { digestOf } from '../digest.ts';
import { isSending, type UnhashedContent } from '../store.ts';
import type { Network } from '../store-kind.ts';
import { registry as kind } from '../stores/registry.ts';
import { recordsIn } from './records.ts';

const MIB = 1024 * 1024;
let registry: TestRegistry;
let scratch: Scratch;
beforeEach(async () => {
  registry = await startRegistry();
  scratch = makeScratch();
});
afterEach(async () => {
  await registry[Symbol.asyncDispose]();
  scratch[Symbol.dispose]();
});

/** Content that nobody has hashed yet. */
function unhashed(bytes: Buffer): UnhashedContent {
  return {
    size: bytes.length,
    state: 'as it is now',
    name: 'weights.bin',
    unverifiedRange: ({ start, end }) => streamOf(bytes.subarray(start, end)),
    digest: async () => digestOf(bytes),
  };
}

async function send(content: UnhashedContent, more: Partial<Network> = {}) {
  await using store = await kind.open(`${registry.host}/acme/x`, {
    access: 'write',
    network: { ...plainNetwork, ...more },
  });
  if (!isSending(store)) throw new TypeError('a registry must take what is sent');
  return await store.sendUnhashed(content, { advance() {} });
}

const sendUnhashed = (bytes: Buffer, more?: Partial<Network>) => send(unhashed(bytes), more);

test('sendUnhashed() goes on after broken lines with what has arrived', async () => {
  const bytes = randomBytes(40 * MIB);
  registry.faults.breakUploadsAfter = { bytes: 3 * MIB, times: 3 };
  const { digest, bytes: sent } = await sendUnhashed(bytes);
  expect(digest).toBe(digestOf(bytes));
  expect(registry.blobs.get(digest)?.equals(bytes)).toBe(true);
  // What stood in the buffers of the line when it broke went in vain.
  expect(sent).toBeLessThan(bytes.length * 1.6);
});

test('sendUnhashed() takes a lost answer for what it was when the registry holds the blob', async () => {
  const bytes = randomBytes(MIB);
  registry.faults.loseUploadAnswers = 1;
  const { digest, bytes: sent } = await sendUnhashed(bytes);
  expect(registry.blobs.has(digest)).toBe(true);
  expect(sent).toBe(bytes.length);
});

test('sendUnhashed() begins anew when what another process had sent is not the same', async () => {
  const bytes = randomBytes(20 * MIB);
  const records = recordsIn(scratch.at('records'));
  registry.uploads.set('old', randomBytes(12 * MIB));
  records.remember(`${registry.host} acme/x as it is now`, `${registry.origin}/v2/acme/x/blobs/uploads/old`);
  const { digest, resumedAt, bytes: sent } = await sendUnhashed(bytes, { records });
  expect(registry.blobs.get(digest)?.equals(bytes)).toBe(true);
  expect({ resumedAt, sent }).toEqual({ resumedAt: 0, sent: 28 * MIB });
  expect(scratch.list('records')).toEqual([]);
});

test('sendUnhashed() gives up a registry that takes no chunk', async () => {
  registry.uploads.set('deaf', Buffer.alloc(0));
  const records = recordsIn(scratch.at('records'));
  records.remember(`${registry.host} acme/x as it is now`, `${registry.origin}/v2/acme/x/blobs/uploads/deaf`);
  registry.faults.refusesChunks = true;
  await expect(sendUnhashed(randomBytes(MIB), { records })).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
});

test('sendUnhashed() cancels the upload of what has changed, and forgets it', async () => {
  const records = recordsIn(scratch.at('records'));
  const changed = new WaybillError('FILE_CHANGED', 'Cannot read weights.bin: it changed');
  const content: UnhashedContent = {
    ...unhashed(randomBytes(20 * MIB)),
    digest: async () => {
      throw changed;
    },
  };
  await expect(send(content, { records })).rejects.toBe(changed);
  expect(registry.seen.at(-1)?.method).toBe('DELETE');
  expect([...registry.uploads]).toEqual([]);
  expect(scratch.list('records')).toEqual([]);
});

test('a body may change a chunk once the one after the next is asked for', async () => {
  const content = randomBytes(4 * MIB);
  const pair = [Buffer.alloc(100_000), Buffer.alloc(100_000)];
  const { digest } = await send({
    ...unhashed(content),
    async *unverifiedRange({ start, end }) {
      for (let at = start, turn = 0; at < end; turn ^= 1) {
        const buffer = pair[turn] ?? Buffer.alloc(0);
        const size = content.copy(buffer, 0, at, Math.min(end, at + buffer.length));
        yield buffer.subarray(0, size);
        at += size;
      }
    },
  });
  expect(registry.blobs.get(digest)?.equals(content)).toBe(true);
});
