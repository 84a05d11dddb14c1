/** Attack 50: a token does more than it was given for, or leaks on its way. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Action } from '../../src/hub/access/actions.ts';
import type { ServedRequest } from '../../src/hub/http/server.ts';
import type { Hub } from '../../src/hub/main.ts';
import { openAccounts } from '../../src/hub/storage.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { startTestHub } from '../_support/hub.ts';
import { basic, bearer, type Headers, makeToken, sessionToken } from '../_support/hub-users.ts';
import { makeScratch } from '../_support/scratch.ts';

const INDEX = 'application/vnd.oci.image.index.v1+json';
const EMPTY = JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests: [] });
const PASSWORD = 'correct horse battery';

const scratch = makeScratch();
const folder = scratch.at('hub');
const log: ServedRequest[] = [];
let hub: Hub;

beforeAll(async () => {
  await using opened = await openAccounts(folder, () => Date.now());
  await opened.accounts.put('ada', { password: PASSWORD, role: 'admin', pattern: 'acme/**' });
  await opened.accounts.put('root', { role: 'admin', pattern: '**' });
  await opened.accounts.put('bob', { role: 'reader', pattern: 'acme/x' });
  hub = await startTestHub(folder, { served: (request) => void log.push(request) });
  for (const name of ['acme/x', 'acme/y', 'other/z']) {
    const headers = bearer((await accessToken('root')).text);
    const pushed = await ask(`/v2/${name}/manifests/1`, {
      method: 'PUT',
      body: EMPTY,
      headers: { ...headers, 'content-type': INDEX },
    });
    expect(pushed.status).toBe(201);
  }
});
afterAll(async () => {
  await hub[Symbol.asyncDispose]();
  scratch[Symbol.dispose]();
});
beforeEach(() => {
  log.length = 0;
});

const ask = (where: string, init?: RequestInit) => fetch(new URL(where, hub.address), init);
const accessToken = (user: string, actions?: readonly Action[], pattern?: string) =>
  makeToken(folder, user, { ...(actions && { actions }), ...(pattern && { pattern }) });
const session = (scope: string, headers: Headers) => sessionToken(hub.address, scope, headers);

const digest = digestOf(EMPTY);
/** Everything that can be done with a repository, by what it needs. */
const deeds: readonly (readonly [Action, string, string])[] = [
  ['pull', 'GET', 'manifests/1'],
  ['pull', 'HEAD', `manifests/${digest}`],
  ['pull', 'GET', `blobs/${digest}`],
  ['pull', 'GET', 'tags/list'],
  ['pull', 'GET', `referrers/${digest}`],
  ['push', 'PUT', 'manifests/2'],
  ['push', 'PUT', `manifests/${digest}?tag=2`],
  ['push', 'POST', 'blobs/uploads/'],
  ['push', 'POST', `blobs/uploads/?mount=${digest}&from=acme/x`],
  ['push', 'GET', `blobs/uploads/${'0'.repeat(32)}`],
  ['push', 'PATCH', `blobs/uploads/${'0'.repeat(32)}`],
  ['push', 'PUT', `blobs/uploads/${'0'.repeat(32)}?digest=${digest}`],
  ['push', 'DELETE', `blobs/uploads/${'0'.repeat(32)}`],
  ['delete', 'DELETE', 'manifests/1'],
  ['delete', 'DELETE', `manifests/${digest}`],
  ['delete', 'DELETE', `blobs/${digest}`],
];

/** What the deeds that were refused are answered with; those that the credentials allow must not be refused. */
async function expectOnly(allowed: readonly Action[], name: string, headers: Headers, refusal: 401 | 403) {
  for (const [action, method, where] of deeds.filter(([action]) => !allowed.includes(action))) {
    const body = method === 'PUT' ? { body: EMPTY } : {};
    const typed = { ...headers, 'content-type': INDEX };
    const { status } = await ask(`/v2/${name}/${where}`, { method, headers: typed, ...body });
    expect([action, method, where, status]).toEqual([action, method, where, refusal]);
  }
  for (const [, method, where] of deeds.filter(([action]) => action === 'pull' && allowed.includes('pull'))) {
    const { status } = await ask(`/v2/${name}/${where}`, { method, headers });
    expect([method, where, status]).toEqual([method, where, 200]);
  }
  expect((await ask(`/v2/${name}/manifests/1`, { headers: await rootHeaders() })).status).toBe(200);
  expect((await ask(`/v2/${name}/manifests/2`, { headers: await rootHeaders() })).status).toBe(404);
}

const rootHeaders = async () => bearer((await accessToken('root')).text);

describe('a token for reading', () => {
  test('does not push and does not delete, in whatever way it is handed in', async () => {
    const { text } = await accessToken('root', ['pull']);
    for (const headers of [bearer(text), basic('root', text), basic('anything', text)])
      await expectOnly(['pull'], 'acme/x', headers, 403);
  });

  test('is exchanged for no more than reading', async () => {
    const { text } = await accessToken('root', ['pull']);
    const greedy = await session('repository:acme/x:pull,push,delete', basic('root', text));
    await expectOnly(['pull'], 'acme/x', bearer(greedy), 403);
    const all = await session('repository:acme/x:*', basic('root', text));
    await expectOnly(['pull'], 'acme/x', bearer(all), 403);
  });

  test('that was asked for as such is told to ask again, though its user may do more', async () => {
    const modest = await session('repository:acme/x:pull', basic('ada', PASSWORD));
    await expectOnly(['pull'], 'acme/x', bearer(modest), 401);
  });
});

describe('a token for one repository', () => {
  test('is worth nothing on another', async () => {
    const { text } = await accessToken('root', ['pull', 'push', 'delete'], 'acme/x');
    for (const headers of [bearer(text), basic('root', text)]) await expectOnly([], 'acme/y', headers, 403);
    const token = await session('repository:acme/x:pull,push,delete', basic('root', text));
    for (const name of ['acme/y', 'other/z']) await expectOnly([], name, bearer(token), 401);
  });

  test('is worth nothing on one whose name begins or ends alike', async () => {
    const token = await session('repository:acme/x:pull,push', basic('ada', PASSWORD));
    for (const name of ['acme/x/y', 'acme/xx', 'acme', 'x', 'y/acme/x', 'acme/x/blobs/uploads/acme/x'])
      expect([name, (await ask(`/v2/${name}/tags/list`, { headers: bearer(token) })).status]).toEqual([name, 401]);
  });

  test('is given for no other by a scope that is written oddly', async () => {
    const { text } = await accessToken('root', ['pull', 'push', 'delete'], 'acme/x');
    for (const scope of [
      'repository:acme/*:pull',
      'repository:*:pull',
      'repository:acme/x:pull%20repository:acme/y:pull',
      'repository:acme/x,acme/y:pull',
      'repository:acme/y%00acme/x:pull',
      'repository(acme/y):acme/x:pull',
      'registry:catalog:*',
      'acme/y',
    ]) {
      const token = await session(scope, basic('root', text));
      const { status } = await ask('/v2/acme/y/tags/list', { headers: bearer(token) });
      expect([scope, [401, 403].includes(status)]).toEqual([scope, true]);
    }
  });
});

test("another user's name beside a token gives that user's rights to nobody", async () => {
  const { text } = await accessToken('bob');
  await expectOnly(['pull'], 'acme/x', basic('root', text), 403);
  await expectOnly([], 'other/z', basic('root', text), 403);
  expect(new Set(log.map(({ user }) => user).filter((user) => user !== 'root'))).toEqual(new Set(['bob']));
});

test('a session token opens no further one', async () => {
  const token = await session('repository:acme/x:pull', basic('ada', PASSWORD));
  const next = await session('repository:acme/x:pull,push', bearer(token));
  await expectOnly([], 'acme/x', bearer(next), 401);
  for (const fields of [
    { grant_type: 'refresh_token', refresh_token: token },
    { grant_type: 'password', username: 'ada', password: token },
  ]) {
    const body = new URLSearchParams({ ...fields, scope: 'repository:acme/x:push' } as Headers);
    expect((await ask('/token', { method: 'POST', body })).status).toBe(401);
  }
});

describe('a token in the address', () => {
  test.each(['token', 'access_token', 'authorization', 'jwt', 'refresh_token', 'password', 'api_key'])(
    'as ?%s= opens nothing, and is not in the log',
    async (parameter) => {
      const { text } = await accessToken('root');
      const token = await session('repository:acme/x:pull,push', basic('root', text));
      for (const secret of [text, token, `Bearer ${token}`]) {
        const query = new URLSearchParams({ [parameter]: secret, username: 'root', grant_type: 'password' });
        for (const [, method, where] of deeds) {
          const path = `/v2/acme/x/${where}${where.includes('?') ? '&' : '?'}${query}`;
          expect([where, (await ask(path, { method })).status]).toEqual([where, 401]);
        }
        expect((await ask(`/v2/?${query}`)).status).toBe(401);
        expect((await ask(`/metrics?${query}`)).status).toBe(401);
        const got = await ask(`/token?${query}&scope=repository:acme/x:pull,push`);
        const { token: nameless } = (await got.json()) as { token: string };
        expect((await ask('/v2/acme/x/tags/list', { headers: bearer(nameless) })).status).toBe(401);
      }
      expect(log.length).toBeGreaterThan(3 * deeds.length);
      for (const secret of [
        text,
        text.slice(21),
        token,
        token.split('.')[2] ?? '',
        parameter === 'token' ? '?token' : parameter,
      ])
        expect(JSON.stringify(log)).not.toContain(secret);
    },
  );

  test('or in a form, where RFC 6750 would allow it, opens nothing', async () => {
    const { text } = await accessToken('root');
    const body = new URLSearchParams({ access_token: text });
    expect((await ask('/v2/acme/x/blobs/uploads/', { method: 'POST', body })).status).toBe(401);
  });
});
