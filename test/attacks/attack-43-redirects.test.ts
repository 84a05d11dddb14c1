/** Attack 43: a redirect takes credentials to somebody else. Only the registry itself ever gets them. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { digestOf } from '../../src/oci/digest.ts';
import { readContent } from '../../src/oci/verified.ts';
import { startRegistry, type TestRegistry } from '../_registry/server.ts';
import { failureOf } from '../_support/refusal.ts';
import { ada, openRepositoryAt } from '../_support/registry.ts';

const bytes = Buffer.from('weights');
const target = { mediaType: 'application/x', digest: digestOf(bytes), size: bytes.length };

let registry: TestRegistry;
let other: TestRegistry;
beforeEach(async () => {
  registry = await startRegistry();
  other = await startRegistry();
  registry.require = { scheme: 'basic', username: 'ada', password: 'secret' };
  for (const server of [registry, other]) server.blobs.set(target.digest, bytes);
});
afterEach(async () => {
  await registry[Symbol.asyncDispose]();
  await other[Symbol.asyncDispose]();
});

test('neither the first nor any later request to another port or host name carries them', async () => {
  for (const origin of [other.origin, other.origin.replace('127.0.0.1', 'localhost')]) {
    registry.faults.redirectsBlobsTo = origin;
    await using store = await openRepositoryAt(registry.host, 'acme/x', ada);
    for (let round = 0; round < 3; round++) expect(await readContent(store, target, 100, 'it')).toEqual(bytes);
  }
  expect(other.seen.length).toBe(6);
  for (const { headers } of other.seen) {
    expect([headers.authorization, headers.cookie]).toEqual([undefined, undefined]);
    expect(JSON.stringify(headers)).not.toMatch(/YWRhOnNlY3JldA|secret/);
  }
  expect(registry.seen.some(({ headers }) => headers.authorization !== undefined)).toBe(true);
});

test('the same host under another name is another origin', async () => {
  registry.faults.answers = [];
  const alias = registry.origin.replace('127.0.0.1', 'localhost');
  await using store = await openRepositoryAt(registry.host, 'acme/x', ada);
  await store.resolve('1');
  const before = registry.seen.length;
  registry.faults.answers = [{ status: 307, headers: { location: `${alias}/v2/acme/x/blobs/${target.digest}` } }];
  await failureOf(readContent(store, target, 100, 'it'));
  const [, redirected] = registry.seen.slice(before);
  expect(redirected?.headers.host).toBe(alias.slice('http://'.length));
  expect(redirected?.headers.authorization).toBeUndefined();
});

test.each(['basic', 'bearer'] as const)('whoever it leads to has nothing to ask (%s)', async (scheme) => {
  // So that it is the first who asks.
  delete registry.require;
  registry.faults.redirectsBlobsTo = other.origin;
  other.require = { scheme, username: 'ada', password: 'secret' };
  await using store = await openRepositoryAt(registry.host, 'acme/x', ada);
  expect((await failureOf(readContent(store, target, 100, 'it'))).code).toBe('UNAUTHORIZED');
  expect(other.seen.length).toBeGreaterThan(0);
  for (const { path, headers } of other.seen)
    expect([path, headers.authorization]).toEqual([`/v2/acme/x/blobs/${target.digest}`, undefined]);
});

test('a redirect that leads back to the registry is its own again', async () => {
  const back = http.createServer((_, response) => {
    response.writeHead(307, { location: `${registry.origin}/v2/acme/x/blobs/${target.digest}` }).end();
  });
  await new Promise<void>((resolve) => back.listen(0, '127.0.0.1', resolve));
  try {
    await using store = await openRepositoryAt(registry.host, 'acme/x', ada);
    await store.resolve('1');
    const location = `http://127.0.0.1:${(back.address() as AddressInfo).port}/`;
    registry.faults.answers = [{ status: 302, headers: { location } }];
    expect(await readContent(store, target, 100, 'it')).toEqual(bytes);
  } finally {
    back.close();
  }
});

test.each([
  'https://127.0.0.1:1/',
  'file:///etc/passwd',
  'ftp://127.0.0.1/',
  'data:,weights',
  'gopher://x/',
  'http://',
])('a redirect to %s is not content', async (location) => {
  await using store = await openRepositoryAt(registry.host, 'acme/x', ada);
  await store.resolve('1');
  registry.faults.answers = Array.from({ length: 10 }, () => ({ status: 302, headers: { location } }));
  expect(['DENIED', 'REGISTRY_UNAVAILABLE']).toContain((await failureOf(readContent(store, target, 100, 'it'))).code);
});

test('redirects in a circle end', async () => {
  await using store = await openRepositoryAt(registry.host, 'acme/x', ada);
  await store.resolve('1');
  const location = `${registry.origin}/v2/acme/x/blobs/${target.digest}`;
  registry.faults.answers = Array.from({ length: 100 }, () => ({ status: 302, headers: { location } }));
  const error = await failureOf(readContent(store, target, 100, 'it'));
  expect(error.message).toContain('redirects more than');
  expect(registry.seen.length).toBeLessThan(20);
});

test.each(['POST', 'PUT'])('a %s is never redirected: what is pushed goes nowhere else', async (method) => {
  await using store = await openRepositoryAt(registry.host, 'acme/x', ada);
  await store.resolve('1');
  const redirect = { status: 307, headers: { location: `${other.origin}/v2/acme/x/blobs/uploads/` } };
  const upload = { status: 202, headers: { location: '/v2/acme/x/blobs/uploads/1' } };
  registry.faults.answers = method === 'POST' ? [redirect] : [upload, redirect];
  await failureOf(
    (async () => {
      const started = await store.start(target);
      await started.write(bytes);
      await started.commit(target.digest);
    })(),
  );
  expect(other.seen).toEqual([]);
});
