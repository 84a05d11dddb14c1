/** Attack 44: a challenge sends credentials to a token service that has no business with them. */

import fs from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Authorizer } from '../../src/oci/registry/authorize.ts';
import type { Credential, CredentialSource } from '../../src/oci/registry/credentials.ts';
import { type HttpRequest, type HttpResponse, Transport } from '../../src/oci/registry/transport.ts';
import { startRegistry, type TestRegistry } from '../_registry/server.ts';
import { runCli } from '../_support/cli.ts';
import { failureOf } from '../_support/refusal.ts';
import { ada, openRepositoryAt } from '../_support/registry.ts';
import { makeScratch } from '../_support/scratch.ts';

/** Sends nothing, keeps what was to be sent, and answers with a token. */
class Watched extends Transport {
  readonly sent: HttpRequest[] = [];

  override async send(request: HttpRequest): Promise<HttpResponse> {
    this.sent.push(request);
    return answerOf(request.url, 200, {}, '{"token":"granted"}');
  }
}

function answerOf(url: URL, status: number, headers: Record<string, string>, text = ''): HttpResponse {
  return {
    status,
    url,
    header: (name) => headers[name],
    body: (async function* () {
      yield Buffer.from(text);
    })(),
    discard: async () => {},
  };
}

/** What is sent when a registry at this address answers with this challenge. */
async function challenged(
  registry: string,
  challenge: string,
  credentials: CredentialSource = ada.credentials,
): Promise<{ sent: HttpRequest[]; code: string }> {
  using transport = new Watched();
  const authorizer = new Authorizer(new URL(registry).host, transport, credentials);
  const answer = answerOf(new URL('/v2/acme/x/manifests/1', registry), 401, { 'www-authenticate': challenge });
  const code = await authorizer.answer(answer, { repository: 'acme/x', actions: 'pull' }, undefined).then(
    () => 'none',
    ({ code }) => code,
  );
  return { sent: transport.sent, code };
}

const bearer = (realm: string) => `Bearer realm="${realm}",service="registry"`;

describe('a registry of the internet', () => {
  test.each([
    'http://auth.example/token',
    'http://registry.example/token',
    'https://127.0.0.1/token',
    'https://127.1/token',
    'https://2130706433/token',
    'https://0x7f000001/token',
    'https://0177.0.0.1/token',
    'https://localhost/token',
    'https://LOCALHOST:8443/token',
    'https://sub.localhost/token',
    'https://10.0.0.1/token',
    'https://172.16.0.1/token',
    'https://172.31.255.255/token',
    'https://192.168.1.1/token',
    'https://169.254.169.254/latest/meta-data/',
    'https://0.0.0.0/token',
    'https://100.64.0.1/token',
    'https://[::1]/token',
    'https://[::ffff:169.254.169.254]/token',
    'https://[fd00:ec2::254]/token',
    'https://[fe80::1]/token',
    'https://user:password@auth.example/token',
    'https://auth.example;reboot/token',
    'https://$HOME.registry.example/token',
    'ftp://auth.example/token',
    'file:///etc/passwd',
    'javascript:alert(1)',
    '//auth.example/token',
    '/token',
    '',
    'not an address',
  ])('gets no credentials sent to %j', async (realm) => {
    expect(await challenged('https://registry.example', bearer(realm))).toEqual({ sent: [], code: 'DENIED' });
  });

  test('gets them sent to a token service with TLS, for one repository and no more', async () => {
    const { sent } = await challenged('https://registry.example', bearer('https://auth.registry.example/token'));
    expect(sent).toHaveLength(1);
    const [request] = sent;
    if (request === undefined) throw new TypeError('nothing was sent');
    const { method, url, headers } = request;
    expect([method, url.origin, url.searchParams.getAll('scope')]).toEqual([
      'GET',
      'https://auth.registry.example',
      ['repository:acme/x:pull'],
    ]);
    // In a header, never in the address, which servers and proxies log.
    expect(url.href).not.toContain('secret');
    expect(headers?.['authorization']).toBe(`Basic ${Buffer.from('ada:secret').toString('base64')}`);
  });
});

test('a registry on this machine without TLS is asked itself, and nobody else', async () => {
  const local = 'http://127.0.0.1:5000';
  expect((await challenged(local, bearer(`${local}/token`))).sent).toHaveLength(1);
  for (const realm of ['http://127.0.0.1:5001/token', 'http://localhost:5000/token', 'http://auth.example/token'])
    expect(await challenged(local, bearer(realm))).toEqual({ sent: [], code: 'DENIED' });
});

/** Knows these hosts and no others, and keeps what it was asked for. */
function knowing(known: Readonly<Record<string, Credential>>): CredentialSource & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    async find(host) {
      asked.push(host);
      return known[host];
    },
  };
}

/** Registry and token service, as they are in the world. */
describe.each([
  ['registry-1.docker.io', 'auth.docker.io'],
  ['ghcr.io', 'ghcr.io'],
  ['quay.io', 'quay.io'],
  ['registry.gitlab.com', 'gitlab.com'],
  ['registry.example.com', 'registry.example.com:8443'],
  ['registry.example.com:5000', 'Auth.EXAMPLE.com'],
  ['example.com', 'auth.example.com'],
  ['registry.eu.example.com', 'auth.example.com'],
  ['registry.example.co.uk', 'auth.example.co.uk'],
  ['registry.cn-hangzhou.aliyuncs.com', 'dockerauth.cn-hangzhou.aliyuncs.com'],
  ['mine.azurecr.io', 'mine.azurecr.io'],
  ['registry', 'registry'],
])('the registry %s', (registry, service) => {
  test(`gets the password sent to ${service}`, async () => {
    const own = knowing({ [registry]: { username: 'ada', password: 'secret' } });
    const { sent } = await challenged(`https://${registry}`, bearer(`https://${service}/token`), own);
    expect(sent.map(({ headers }) => headers?.['authorization'])).toEqual([expect.stringContaining('Basic ')]);
  });
});

const unrelated = [
  ['registry.example.com', 'auth.evil.com'],
  ['registry.example.com', 'evilexample.com'],
  ['registry.example.com', 'registry.example.com.evil.net'],
  ['registry.example.com', 'example.com.evil.net'],
  ['registry.example.com', 'com'],
  ['registry.example.com', 'evil.com.'],
  ['registry.example.com', 'example.org'],
  ['registry.example.co.uk', 'auth.evil.co.uk'],
  ['example.co.uk', 'evil.co.uk'],
  ['example.com.au', 'evil.com.au'],
  ['mine.azurecr.io', 'evil.azurecr.io'],
  ['mine.github.io', 'evil.github.io'],
  ['registry', 'auth'],
  ['dev', 'evil.dev'],
  ['8.8.4.4', '9.9.4.4'],
  ['registry.example.com', '8.8.8.8'],
  ['registry.example.com', 'xn--exmple-cua.com'],
] as const;

describe.each(unrelated)('the registry %s', (registry, service) => {
  const realm = `https://${service}/token`;

  test(`gets neither a password nor an identity token sent to ${service}`, async () => {
    const token = { [registry]: { username: '', password: '', identityToken: 'secret' } };
    for (const credentials of [ada.credentials.find, knowing(token).find]) {
      const own = { find: async (host: string) => (host === registry ? credentials(host) : undefined) };
      expect(await challenged(`https://${registry}`, bearer(realm), own)).toEqual({ sent: [], code: 'DENIED' });
    }
  });

  test(`gets a token without a name from ${service}`, async () => {
    const { sent } = await challenged(`https://${registry}`, bearer(realm), knowing({}));
    expect(sent.map(({ url, headers }) => [url.hostname, headers])).toEqual([[new URL(realm).hostname, {}]]);
  });
});

describe('a token service of another domain', () => {
  const service = 'api.elsewhere.example';
  const own = { username: 'ada', password: 'secret' };
  const others = { username: 'ada', password: 'of the service' };

  test('is told with its host, and how to allow it', async () => {
    using transport = new Watched();
    const authorizer = new Authorizer('registry.example', transport, knowing({ 'registry.example': own }));
    const headers = { 'www-authenticate': bearer(`https://${service}/token`) };
    const answer = answerOf(new URL('https://registry.example/v2/'), 401, headers);
    const { message, hint } = await failureOf(authorizer.answer(answer, undefined, undefined));
    expect(message).toContain(service);
    expect(hint).toContain(`waybill login registry.example --token-service ${service}`);
  });

  test('that the user knows gets what belongs to the registry, and never what belongs to itself', async () => {
    const known = knowing({ 'registry.example': own, [service]: others });
    const { sent } = await challenged('https://registry.example', bearer(`https://${service}/token`), known);
    const basic = `Basic ${Buffer.from('ada:secret').toString('base64')}`;
    expect(sent.map(({ headers }) => headers?.['authorization'])).toEqual([basic]);
  });

  test('that the user knows gets nothing of his for a registry that he does not know', async () => {
    const { sent } = await challenged(
      'https://evil.example',
      bearer(`https://${service}/token`),
      knowing({ [service]: others }),
    );
    expect(sent.map(({ headers }) => headers)).toEqual([{}]);
  });

  test('is made known by a login, which leaves what was known', async () => {
    using scratch = makeScratch();
    await using registry = await startRegistry();
    registry.require = { scheme: 'basic', ...own };
    const words = ['login', registry.host, '--username', 'ada', '--password-stdin', '--token-service'];
    const options = {
      store: scratch.at('store'),
      environment: { XDG_CONFIG_HOME: scratch.at('config'), HOME: scratch.at('home') },
      under: ['sh', '-c', 'echo secret | "$@"', 'sh'],
    };
    const file = scratch.at('config', 'waybill', 'auth.json');
    fs.mkdirSync(scratch.at('config', 'waybill'), { recursive: true });
    const before = { auths: { 'known.example': { auth: 'b2Y6b3RoZXJz' } } };
    fs.writeFileSync(file, JSON.stringify(before));
    for (const host of [service, 'known.example'])
      expect(await runCli([...words, host], options)).toMatchObject({ status: 0 });
    const auth = Buffer.from('ada:secret').toString('base64');
    expect(JSON.parse(fs.readFileSync(file, 'utf8'))).toEqual({
      auths: { ...before.auths, [registry.host]: { auth }, [service]: { auth } },
    });
    const refused = await runCli([...words, 'https://x/'], options);
    expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining('it is no host name')]);
  });
});

describe('tokens', () => {
  let registry: TestRegistry;
  beforeEach(async () => {
    registry = await startRegistry();
  });
  afterEach(() => registry[Symbol.asyncDispose]());

  test('of a challenge that never ends are not asked for again and again', async () => {
    registry.require = { scheme: 'bearer', username: 'ada', password: 'another' };
    await using store = await openRepositoryAt(registry.host, 'acme/x', ada);
    expect((await failureOf(store.resolve('1'))).code).toBe('UNAUTHORIZED');
    expect(registry.seen.length).toBeLessThan(5);
  });

  test.each(['', ' ', 'a b', 'a\r\nX-Evil: 1', 'a\0', '\u20ac', 'x'.repeat(2_000_000)])(
    'that would be another header are none (%#)',
    async (token) => {
      using transport = new (class extends Transport {
        override async send({ url }: HttpRequest): Promise<HttpResponse> {
          return answerOf(url, 200, {}, JSON.stringify({ token }));
        }
      })();
      const authorizer = new Authorizer('registry.example', transport, ada.credentials);
      const url = new URL('https://registry.example/v2/');
      const answer = answerOf(url, 401, { 'www-authenticate': bearer('https://auth.registry.example/token') });
      const error = await failureOf(authorizer.answer(answer, undefined, undefined));
      expect(['REGISTRY_UNAVAILABLE', 'LIMIT_EXCEEDED']).toContain(error.code);
      expect(error.message).not.toContain('secret');
    },
  );

  test('and passwords stand in no message', async () => {
    for (const scheme of ['basic', 'bearer'] as const) {
      registry.require = { scheme, username: 'ada', password: 'another' };
      await using store = await openRepositoryAt(registry.host, 'acme/x', ada);
      const { message, hint, expected, found, cause } = await failureOf(store.resolve('1'));
      expect(JSON.stringify([message, hint, expected, found, String(cause)])).not.toMatch(
        /secret|YWRhOnNlY3JldA|good-token/,
      );
    }
  });
});
