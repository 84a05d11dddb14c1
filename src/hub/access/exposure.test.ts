import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type hubSettings, startTestHub } from '../../../test/_support/hub.ts';
import { openAccounts } from '../storage.ts';

const basic = (name: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
});
const ADA = basic('ada', 'correct horse');

test('the first user closes a hub that was open, while it runs', async () => {
  const own = fs.mkdtempSync(path.join(os.tmpdir(), 'waybill-open-'));
  let later = 0;
  const open = await startTestHub(own, { now: () => Date.now() + later });
  try {
    const begin = (headers: Record<string, string> = {}) =>
      fetch(new URL('/v2/acme/x/blobs/uploads/', open.address), { method: 'POST', headers });
    expect(open.anonymous).toBe('everything');
    expect((await begin()).status).toBe(202);
    // Where nobody is asked, what a client remembers is not looked at.
    expect((await begin(basic('old', 'password'))).status).toBe(202);
    await using opened = await openAccounts(own, () => Date.now());
    await opened.accounts.put('ada', { password: 'correct horse', role: 'writer', pattern: '**' });
    later = 3_000;
    expect((await begin()).status).toBe(401);
    expect((await begin(ADA)).status).toBe(202);
    // The last one goes only if that is meant, and a hub that runs stays closed even then.
    await expect(opened.accounts.remove('ada')).rejects.toMatchObject({ code: 'DENIED' });
    expect(await opened.accounts.remove('ada', { mayBeLast: true })).toBe(true);
    later = 120_000;
    expect((await begin()).status).toBe(401);
    expect((await begin(ADA)).status).toBe(401);
  } finally {
    await open[Symbol.asyncDispose]();
    fs.rmSync(own, { recursive: true });
  }
});

test('somebody without a name may read where hub.yaml says so, by a token too', async () => {
  const own = fs.mkdtempSync(path.join(os.tmpdir(), 'waybill-read-'));
  await using open = await startTestHub(own, { settings: { anonymous: 'pull' } });
  const read = (headers: Record<string, string> = {}) =>
    fetch(new URL('/v2/acme/x/tags/list', open.address), { headers });
  expect((await read()).status).toBe(404);
  expect((await fetch(new URL('/v2/', open.address))).status).toBe(401);
  const answer = await fetch(new URL('/token?scope=repository:acme/x:pull,push', open.address));
  const { token } = (await answer.json()) as { token: string };
  const headers = { authorization: `Bearer ${token}` };
  expect((await read(headers)).status).toBe(404);
  expect((await fetch(new URL('/v2/', open.address), { headers })).status).toBe(200);
  const begin = await fetch(new URL('/v2/acme/x/blobs/uploads/', open.address), { method: 'POST', headers });
  expect(begin.status).toBe(401);
});

describe('a hub that asks nobody', () => {
  test('answers only to names of its own machine', async () => {
    const own = fs.mkdtempSync(path.join(os.tmpdir(), 'waybill-rebind-'));
    await using open = await startTestHub(own, { settings: { url: 'https://hub.example' } });
    const { port } = new URL(open.address);
    const withHost = (host: string) =>
      new Promise<number | undefined>((resolve) => {
        http.get({ host: '127.0.0.1', port, path: '/v2/', headers: { host } }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        });
      });
    for (const host of [`127.0.0.1:${port}`, 'localhost', `localhost:${port}`, `[::1]:${port}`, 'hub.example'])
      expect(await withHost(host), host).toBe(200);
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1.evil.example',
      'localhost.evil.example',
      '10.0.0.1',
    ])
      expect(await withHost(host), host).toBe(403);
  });

  test('listens nowhere else, and one with users only with TLS', async () => {
    const own = fs.mkdtempSync(path.join(os.tmpdir(), 'waybill-listen-'));
    const elsewhere = { host: '0.0.0.0', port: 0, isLoopback: false };
    const start = (settings: Parameters<typeof hubSettings>[1]) =>
      startTestHub(own, { settings: { listen: elsewhere, ...settings } });
    const refused = { code: 'DENIED' };
    await expect(start({})).rejects.toMatchObject(refused);
    await expect(start({ anonymous: 'everything', isBehindTlsProxy: true })).rejects.toMatchObject(refused);
    {
      await using opened = await openAccounts(own, () => Date.now());
      await opened.accounts.put('ada', { password: 'correct horse', role: 'admin', pattern: '**' });
    }
    await expect(start({})).rejects.toMatchObject({ ...refused, message: expect.stringContaining('without TLS') });
    await expect(start({ anonymous: 'everything' })).rejects.toMatchObject(refused);
    // Nothing stays behind that would hold the folder.
    await using running = await startTestHub(own);
    expect(running.anonymous).toBe('nothing');
  });
});
