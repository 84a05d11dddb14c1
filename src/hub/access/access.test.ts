import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTestHub } from '../../../test/_support/hub.ts';
import type { ServedRequest } from '../http/server.ts';
import type { Hub } from '../main.ts';
import { openAccounts } from '../storage.ts';

let folder: string;
let hub: Hub;
let log: ServedRequest[];
let late: number;

let template: string;

/** Passwords take their time on purpose: they are made once. */
beforeAll(async () => {
  template = fs.mkdtempSync(path.join(os.tmpdir(), 'waybill-access-'));
  await using opened = await openAccounts(template, () => Date.now());
  await opened.accounts.put('ada', { password: 'correct horse', role: 'writer', pattern: 'acme/**' });
  await opened.accounts.put('root', { password: 'battery staple', role: 'admin', pattern: '**' });
  await opened.accounts.put('bob', { password: 'only reads', role: 'reader', pattern: 'acme/open' });
});
afterAll(() => fs.rmSync(template, { recursive: true }));

beforeEach(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'waybill-access-'));
  fs.cpSync(template, folder, { recursive: true });
  log = [];
  late = 0;
  hub = await startTestHub(folder, {
    now: () => Date.now() + late,
    served: (request) => void log.push(request),
  });
});
afterEach(async () => {
  await hub[Symbol.asyncDispose]();
  fs.rmSync(folder, { recursive: true });
});

const basic = (name: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
});
const ADA = basic('ada', 'correct horse');
const ROOT = basic('root', 'battery staple');
const BOB = basic('bob', 'only reads');

const ask = (where: string, init?: RequestInit) => fetch(new URL(where, hub.address), init);
const status = async (where: string, init?: RequestInit) => (await ask(where, init)).status;
const startUpload = (name: string, headers: Record<string, string> = {}) =>
  status(`/v2/${name}/blobs/uploads/`, { method: 'POST', headers });

async function sessionFor(scopes: readonly string[], headers: Record<string, string> = {}) {
  const query = new URLSearchParams(scopes.map((scope): [string, string] => ['scope', scope]));
  const answer = await ask(`/token?service=waybill&${query}`, { headers });
  expect(answer.status).toBe(200);
  const { token } = (await answer.json()) as { token: string };
  return { authorization: `Bearer ${token}` };
}

async function accessToken(user: string, limits: { actions?: ('pull' | 'push' | 'delete')[]; pattern?: string } = {}) {
  await using opened = await openAccounts(folder, () => Date.now());
  return await opened.accounts.createToken(user, {
    note: 'test',
    actions: limits.actions ?? ['pull', 'push', 'delete'],
    pattern: limits.pattern ?? '**',
    expires: Date.now() + 60_000,
  });
}

test('without a name nothing is done, and the answer says how to get a token', async () => {
  const answer = await ask('/v2/acme/x/blobs/uploads/', { method: 'POST' });
  expect(answer.status).toBe(401);
  expect(answer.headers.get('www-authenticate')).toBe(
    `Bearer realm="${hub.address}/token",service="waybill",scope="repository:acme/x:pull,push"`,
  );
  expect(await answer.json()).toMatchObject({ errors: [{ code: 'UNAUTHORIZED' }] });
  expect(await status('/v2/')).toBe(401);
  expect(await status('/v2/acme/x/tags/list')).toBe(401);
  expect(await status('/healthz')).toBe(200);
});

test('every route of the registry asks', async () => {
  const digest = `sha256:${'0'.repeat(64)}`;
  const paths = [
    'blobs/uploads/',
    'blobs/uploads/0123',
    `blobs/${digest}`,
    'manifests/1',
    'tags/list',
    `referrers/${digest}`,
  ];
  for (const where of paths) {
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      const found = await status(`/v2/acme/x/${where}`, { method });
      expect([401, 405], `${method} ${where}`).toContain(found);
    }
  }
});

test('a name and a password open what the role allows, and no more', async () => {
  expect(await startUpload('acme/x', ADA)).toBe(202);
  expect(await startUpload('other/x', ADA)).toBe(403);
  expect(await status('/v2/', { headers: ADA })).toBe(200);
  expect(await status('/v2/acme/x/manifests/1', { method: 'DELETE', headers: ADA })).toBe(403);
  expect(await status('/v2/acme/x/manifests/1', { method: 'DELETE', headers: ROOT })).toBe(404);
  expect(await startUpload('acme/open', BOB)).toBe(403);
  expect(await status('/v2/acme/open/tags/list', { headers: BOB })).toBe(404);
  expect(await status('/v2/acme/x/tags/list', { headers: BOB })).toBe(403);
});

test('wrong credentials are refused everywhere, also where none would do', async () => {
  for (const headers of [basic('ada', 'wrong'), basic('nobody', 'correct horse'), { authorization: 'Bearer x.y.z' }])
    for (const where of ['/v2/', '/v2/acme/x/tags/list']) expect(await status(where, { headers })).toBe(401);
  const token = await ask('/token', { headers: basic('ada', 'wrong') });
  expect(token.status).toBe(401);
  expect(token.headers.get('www-authenticate')).toBe('Basic realm="waybill"');
});

describe('session tokens', () => {
  test('hold for the scope that was asked for, as far as the user may', async () => {
    const session = await sessionFor(['repository:acme/x:pull,push'], ADA);
    expect(await startUpload('acme/x', session)).toBe(202);
    // Another repository: another token would help.
    expect(await startUpload('acme/y', session)).toBe(401);
    // Asked for and not granted: it would not.
    const greedy = await sessionFor(['repository:acme/x:pull,push,delete'], ADA);
    expect(await status('/v2/acme/x/manifests/1', { method: 'DELETE', headers: greedy })).toBe(403);
  });

  test('end after five minutes, and die with one changed bit', async () => {
    const { authorization } = await sessionFor(['repository:acme/x:pull,push'], ADA);
    for (let at = 'Bearer '.length; at < authorization.length; at += 7) {
      const other = authorization[at] === 'A' ? 'B' : 'A';
      const changed = authorization.slice(0, at) + other + authorization.slice(at + 1);
      expect(await startUpload('acme/x', { authorization: changed }), String(at)).toBe(401);
    }
    late = 301_000;
    expect(await startUpload('acme/x', { authorization })).toBe(401);
  });

  test('of another algorithm or without a signature are none', async () => {
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = {
      iss: 'waybill',
      aud: 'waybill',
      sub: 'root',
      iat: 0,
      exp: 9e9,
      access: [{ type: 'repository', name: 'acme/x', actions: ['pull', 'push'], refused: [] }],
    };
    for (const header of [{ alg: 'none', typ: 'JWT' }, { alg: 'HS256', typ: 'JWT' }, { alg: 'RS256' }])
      for (const signature of ['', 'AAAA'])
        expect(
          await startUpload('acme/x', { authorization: `Bearer ${encode(header)}.${encode(claims)}.${signature}` }),
        ).toBe(401);
  });

  test('are given for a form too, and for an access token in place of the password', async () => {
    const { text } = await accessToken('ada', { actions: ['pull'] });
    const form = (fields: Record<string, string>) =>
      ask('/token', { method: 'POST', body: new URLSearchParams({ service: 'waybill', ...fields }) });
    const scope = 'repository:acme/x:pull,push';
    const right = await form({ grant_type: 'password', username: 'ada', password: 'correct horse', scope });
    const { access_token: session } = (await right.json()) as { access_token: string };
    expect(await startUpload('acme/x', { authorization: `Bearer ${session}` })).toBe(202);
    const refresh = await form({ grant_type: 'refresh_token', refresh_token: text, scope });
    const { access_token: weaker } = (await refresh.json()) as { access_token: string };
    expect(await startUpload('acme/x', { authorization: `Bearer ${weaker}` })).toBe(403);
    expect((await form({ grant_type: 'password', username: 'ada', password: 'no', scope })).status).toBe(401);
  });
});

describe('access tokens', () => {
  test('work as password and as bearer, for less than the user may', async () => {
    const { text } = await accessToken('root', { actions: ['pull', 'push'], pattern: 'acme/x' });
    for (const headers of [basic('root', text), basic('anything', text), { authorization: `Bearer ${text}` }]) {
      expect(await startUpload('acme/x', headers)).toBe(202);
      expect(await startUpload('acme/y', headers)).toBe(403);
      expect(await status('/v2/acme/x/manifests/1', { method: 'DELETE', headers })).toBe(403);
    }
    const { text: wide } = await accessToken('bob');
    expect(await startUpload('acme/open', { authorization: `Bearer ${wide}` })).toBe(403);
  });

  test('end with their time, when they are revoked and with their user', async () => {
    const { text, id } = await accessToken('ada');
    const { text: second } = await accessToken('ada');
    const headers = { authorization: `Bearer ${text}` };
    expect(await startUpload('acme/x', headers)).toBe(202);
    late = 61_000;
    expect(await startUpload('acme/x', headers)).toBe(401);
    late = 0;
    await using opened = await openAccounts(folder, () => Date.now());
    expect(await opened.accounts.revokeToken(id)).toBe(true);
    expect(await startUpload('acme/x', headers)).toBe(401);
    expect(await startUpload('acme/x', { authorization: `Bearer ${second}` })).toBe(202);
    expect(await opened.accounts.remove('ada')).toBe(true);
    expect(await startUpload('acme/x', { authorization: `Bearer ${second}` })).toBe(401);
  });

  test('and passwords are nowhere in the files of the hub, nor in its log', async () => {
    const { text } = await accessToken('ada');
    expect(await startUpload('acme/x', { authorization: `Bearer ${text}` })).toBe(202);
    expect(await status(`/v2/acme/none/tags/list?access_token=${text}`, { headers: ADA })).toBe(404);
    const secret = text.slice('wbt_0123456789abcdef_'.length);
    for (const name of fs.readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const file = path.join(folder, name);
      if (!fs.statSync(file).isFile()) continue;
      const content = fs.readFileSync(file).toString('latin1');
      for (const word of [secret, 'correct horse', 'battery staple']) expect(content.includes(word), name).toBe(false);
      if (name.startsWith('hub.sqlite') || name === 'session.key')
        expect(fs.statSync(file).mode & 0o077, `${name} can be read by others`).toBe(0);
    }
    expect(JSON.stringify(log)).not.toContain(secret);
    expect(log.at(-1)).toMatchObject({ user: 'ada', status: 404 });
  });
});

test('blobs are mounted only from repositories that the caller may read', async () => {
  const body = Buffer.from('a secret of others');
  const digest = `sha256:${(await import('node:crypto')).createHash('sha256').update(body).digest('hex')}`;
  expect(await status(`/v2/other/x/blobs/uploads/?digest=${digest}`, { method: 'POST', headers: ROOT, body })).toBe(
    201,
  );
  const mount = (headers: Record<string, string>, from = '&from=other/x') =>
    status(`/v2/acme/x/blobs/uploads/?mount=${digest}${from}`, { method: 'POST', headers });
  expect(await mount(ADA)).toBe(202);
  expect(await mount(ADA, '')).toBe(202);
  expect(await mount(await sessionFor(['repository:acme/x:pull,push', 'repository:other/x:pull'], ADA))).toBe(202);
  expect(await status(`/v2/acme/x/blobs/${digest}`, { headers: ADA })).toBe(404);
  expect(await mount(ROOT)).toBe(201);
  expect(await status(`/v2/acme/x/blobs/${digest}`, { headers: ADA })).toBe(200);
});

test('whoever guesses passwords is sent away, and others are not', async () => {
  const seen = [];
  for (let round = 0; round < 14; round++) seen.push(await status('/v2/', { headers: basic('ada', `guess ${round}`) }));
  expect(seen.slice(0, 10)).toEqual(Array(10).fill(401));
  expect(seen.slice(10)).toEqual(Array(4).fill(429));
  expect(await status('/v2/', { headers: ADA })).toBe(429);
  expect(await status('/v2/', { headers: ROOT })).toBe(200);
  late = 61_000;
  expect(await status('/v2/', { headers: ADA })).toBe(200);
}, 30_000);

test('with access.anonymous: pull whoever logs in may read as much as somebody without a name, and no more', async () => {
  await hub[Symbol.asyncDispose]();
  hub = await startTestHub(folder, { settings: { anonymous: 'pull' } });
  expect(await startUpload('other/x', ROOT)).toBe(202);
  const tags = '/v2/other/x/tags/list';
  expect(await Promise.all([status(tags), status(tags, { headers: BOB })])).toEqual([200, 200]);
  expect(await status(tags, { headers: await sessionFor(['repository:other/x:pull,push'], BOB) })).toBe(200);
  expect(await startUpload('other/x', BOB)).toBe(403);
  expect(await startUpload('other/x')).toBe(401);
});
