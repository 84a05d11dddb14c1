import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { startRegistry, type TestRegistry } from '../../../test/_registry/server.ts';
import { openRepositoryAt } from '../../../test/_support/registry.ts';
import { makeScratch } from '../../../test/_support/scratch.ts';
import { streamOf } from '../../base/bytes.ts';
import { WaybillError } from '../../base/errors.ts';
import { digestOf } from '../digest.ts';
import { isSending, type Sending, type UnhashedContent } from '../store.ts';
import type { Network } from '../store-kind.ts';
import { recordsIn } from './records.ts';

const MIB = 1024 * 1024;
const scratch = makeScratch();
afterAll(() => scratch[Symbol.dispose]());

let registry: TestRegistry;
let root: string;
let count = 0;
beforeEach(async () => {
  registry = await startRegistry();
  root = scratch.at(`round-${count++}`);
});
afterEach(() => registry[Symbol.asyncDispose]());

const open = (more: Partial<Network> = {}) => openRepositoryAt(registry.host, 'acme/x', more);

function sending(store: object): Sending {
  if (!isSending(store)) throw new TypeError('a registry must take what is sent');
  return store;
}

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

const sendUnhashed = async (bytes: Buffer, more: Partial<Network> = {}) => {
  await using store = await open(more);
  return await sending(store).sendUnhashed(unhashed(bytes), { advance() {} });
};

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
  const records = recordsIn(path.join(root, 'records'));
  registry.uploads.set('old', randomBytes(12 * MIB));
  records.remember(`${registry.host} acme/x as it is now`, `${registry.origin}/v2/acme/x/blobs/uploads/old`);
  const { digest, resumedAt, bytes: sent } = await sendUnhashed(bytes, { records });
  expect(registry.blobs.get(digest)?.equals(bytes)).toBe(true);
  expect({ resumedAt, sent }).toEqual({ resumedAt: 0, sent: 28 * MIB });
  expect(fs.readdirSync(path.join(root, 'records'))).toEqual([]);
});

test('sendUnhashed() gives up a registry that takes no chunk', async () => {
  registry.uploads.set('deaf', Buffer.alloc(0));
  const records = recordsIn(path.join(root, 'records'));
  records.remember(`${registry.host} acme/x as it is now`, `${registry.origin}/v2/acme/x/blobs/uploads/deaf`);
  registry.faults.refusesChunks = true;
  await expect(sendUnhashed(randomBytes(MIB), { records })).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
});

test('sendUnhashed() cancels the upload of what has changed, and forgets it', async () => {
  const records = recordsIn(path.join(root, 'records'));
  await using store = await open({ records });
  const changed = new WaybillError('FILE_CHANGED', 'Cannot read weights.bin: it changed');
  const content: UnhashedContent = {
    ...unhashed(randomBytes(20 * MIB)),
    digest: async () => {
      throw changed;
    },
  };
  await expect(sending(store).sendUnhashed(content, { advance() {} })).rejects.toBe(changed);
  expect(registry.seen.at(-1)?.method).toBe('DELETE');
  expect([...registry.uploads]).toEqual([]);
  expect(fs.readdirSync(path.join(root, 'records'))).toEqual([]);
});

test('a body may change a chunk once the one after the next is asked for', async () => {
  const content = randomBytes(4 * MIB);
  const pair = [Buffer.alloc(100_000), Buffer.alloc(100_000)];
  await using store = await open();
  const { digest } = await sending(store).sendUnhashed(
    {
      ...unhashed(content),
      async *unverifiedRange({ start, end }) {
        for (let at = start, turn = 0; at < end; turn ^= 1) {
          const buffer = pair[turn] ?? Buffer.alloc(0);
          const size = content.copy(buffer, 0, at, Math.min(end, at + buffer.length));
          yield buffer.subarray(0, size);
          at += size;
        }
      },
    },
    { advance() {} },
  );
  expect(registry.blobs.get(digest)?.equals(content)).toBe(true);
});
