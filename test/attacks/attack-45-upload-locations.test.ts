/** Attack 45: a registry names another server as the place to upload to. It gets no credentials. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { streamOf } from '../../src/base/bytes.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { Authorizer } from '../../src/oci/registry/authorize.ts';
import { noRecords } from '../../src/oci/registry/records.ts';
import { sendBlob } from '../../src/oci/registry/send-blob.ts';
import { Session } from '../../src/oci/registry/session.ts';
import { type HttpRequest, type HttpResponse, Transport } from '../../src/oci/registry/transport.ts';
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
});
afterEach(async () => {
  await registry[Symbol.asyncDispose]();
  await other[Symbol.asyncDispose]();
});

test('what goes to another port carries no credentials', async () => {
  await using store = await openRepositoryAt(registry.host, 'acme/x', ada);
  await store.resolve('1');
  registry.faults.answers = [{ status: 202, headers: { location: `${other.origin}/v2/acme/x/blobs/uploads/1` } }];
  await failureOf(
    (async () => {
      const upload = await store.start(target);
      await upload.write(bytes);
      await upload.commit(target.digest);
    })(),
  );
  expect(other.seen.length).toBeGreaterThan(0);
  for (const { headers, path } of other.seen) {
    expect(headers.authorization).toBeUndefined();
    expect(JSON.stringify([headers, path])).not.toMatch(/YWRhOnNlY3JldA|secret/);
  }
});

test('an answer of the other server does not make it the registry: the next push asks the registry again', async () => {
  await using store = await openRepositoryAt(registry.host, 'acme/x', ada);
  await store.resolve('1');
  registry.faults.answers = [{ status: 202, headers: { location: `${other.origin}/v2/acme/x/blobs/uploads/1` } }];
  other.faults.answers = [{ status: 401, headers: { 'www-authenticate': 'Basic realm="give me"' } }];
  const push = async () => {
    const upload = await store.start(target);
    await upload.write(bytes);
    await upload.commit(target.digest);
  };
  await failureOf(push());
  for (const { headers } of other.seen) expect(headers.authorization).toBeUndefined();
  await push();
  expect(registry.blobs.get(target.digest)).toEqual(bytes);
});

/** A registry with TLS that sends uploads elsewhere; nothing leaves this process. */
class Misleading extends Transport {
  readonly sent: HttpRequest[] = [];
  readonly #location: string;

  constructor(location: string) {
    super();
    this.#location = location;
  }

  override async send(request: HttpRequest): Promise<HttpResponse> {
    this.sent.push(request);
    return {
      status: request.method === 'POST' ? 202 : 201,
      url: request.url,
      header: (name) => (name === 'location' ? this.#location : undefined),
      body: streamOf(),
      discard: async () => {},
    };
  }
}

async function sentTo(location: string): Promise<{ requests: HttpRequest[]; code: string }> {
  using transport = new Misleading(location);
  const authorizer = new Authorizer('registry.example', transport, ada.credentials);
  const session = new Session({ host: 'registry.example', isPlainHttp: false, transport, authorizer });
  const content = {
    size: bytes.length,
    verified: () => streamOf(bytes),
    unverifiedRange: () => streamOf(bytes),
  };
  const send = {
    name: 'acme/x',
    access: { repository: 'acme/x', actions: 'pull,push' as const },
    expected: target,
    content,
  };
  const code = await sendBlob(session, { ...send, records: noRecords, advance() {} }).then(
    () => 'none',
    ({ code }) => code,
  );
  return { requests: transport.sent.filter(({ method }) => method !== 'POST'), code };
}

test.each([
  'http://registry.example/upload',
  'http://169.254.169.254/',
  'http://127.0.0.1/',
  'file:///tmp/x',
  'ftp://x/',
])('a registry with TLS gets nothing sent to %s', async (location) => {
  expect(await sentTo(location)).toEqual({ requests: [], code: 'DENIED' });
});

test('its own address, relative or whole, is where it goes', async () => {
  for (const location of ['/v2/acme/x/blobs/uploads/1', 'https://registry.example/v2/acme/x/blobs/uploads/1']) {
    const { requests, code } = await sentTo(location);
    expect([code, requests.map(({ url }) => url.origin)]).toEqual(['none', ['https://registry.example']]);
  }
});
