/** Attack 48: TLS that is not used, or not checked, where nobody asked for that. */

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import net from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Context } from '../../src/cli/context.ts';
import { networkOf } from '../../src/cli/registry.ts';
import { runCli } from '../_support/cli.ts';
import { makeScratch } from '../_support/scratch.ts';

const scratch = makeScratch();
afterAll(() => scratch[Symbol.dispose]());

const contextWith = (plainHttp: boolean) =>
  ({ environment: {}, platform: 'linux', signal: new AbortController().signal, plainHttp }) as unknown as Context;

describe('without TLS by itself are', () => {
  const isPlain = networkOf(contextWith(false)).isPlainHttp;

  test.each(['localhost', 'localhost:5000', '127.0.0.1', '127.0.0.1:5000', '127.255.255.254:1', '[::1]', '[::1]:5000'])(
    'addresses of this machine: %s',
    (host) => expect(isPlain(host)).toBe(true),
  );

  test.each([
    'registry.example',
    'registry.example:5000',
    'registry.example:80',
    'localhost.example',
    'localhost.example:5000',
    'my-localhost:5000',
    'localhost.:5000',
    '127.0.0.1.example',
    '127.0.0.1.nip.io:5000',
    '127.0.0.1example',
    '127.0.0.1:5000.example',
    '1127.0.0.1',
    '128.0.0.1',
    '10.0.0.1:5000',
    '192.168.0.1:5000',
    '0.0.0.0:5000',
    '[::]:5000',
    '[::ffff:127.0.0.1]:5000',
    'host.docker.internal:5000',
  ])('not %s', (host) => expect(isPlain(host)).toBe(false));
});

/** What the first client says that connects: HTTP or the hello of TLS. */
async function firstByteOf(words: (port: number) => string[]): Promise<{ byte: number | undefined; stderr: string }> {
  let byte: number | undefined;
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (chunk) => {
      byte ??= chunk[0];
      socket.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { stderr } = await runCli(words((server.address() as AddressInfo).port), { store: scratch.at('store') });
  server.close();
  return { byte, stderr };
}

const TLS_HELLO = 0x16;

test('a host that is not this machine by its name is spoken to with TLS alone, and never without when that fails', async () => {
  // This machine, under an address that is not of the loopback network by its form.
  const { byte, stderr } = await firstByteOf((port) => ['pull', `0.0.0.0:${port}/acme/x:1`]);
  expect([byte, stderr]).toEqual([TLS_HELLO, expect.stringContaining('Cannot reach')]);
});

test('--plain-http holds for the command that has it, and for no other', async () => {
  const asked = await firstByteOf((port) => ['pull', `0.0.0.0:${port}/acme/x:1`, '--plain-http']);
  expect(String.fromCharCode(asked.byte ?? 0)).toBe('G');
  const after = await firstByteOf((port) => ['pull', `0.0.0.0:${port}/acme/x:1`]);
  expect(after.byte).toBe(TLS_HELLO);
});

/** It makes the certificate. Where nobody is hurt by a test that is left out, that is said aloud. */
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
if (!hasOpenssl) console.error('NOT TRIED without openssl: a server whose certificate nobody vouches for');

describe.runIf(hasOpenssl || process.env['CI'] !== undefined)('a server whose certificate nobody vouches for', () => {
  let server: https.Server;
  let host: string;
  let certificate: string;
  const asked: string[] = [];
  beforeAll(async () => {
    certificate = scratch.at('certificate.pem');
    const key = scratch.at('key.pem');
    const words = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:0.0.0.0'];
    const made = spawnSync('openssl', [...words, ...subject, '-keyout', key, '-out', certificate]);
    expect(made.status, String(made.stderr)).toBe(0);
    const settings = { cert: fs.readFileSync(certificate), key: fs.readFileSync(key) };
    server = https.createServer(settings, (request, response) => {
      asked.push(`${request.method} ${request.headers.authorization}`);
      response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    host = `0.0.0.0:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server?.close());

  test('hears nothing', async () => {
    const { status, stderr } = await runCli(['pull', `${host}/acme/x:1`], { store: scratch.at('store') });
    expect([status, asked]).toEqual([2, []]);
    expect(stderr).toContain('certificate is not trusted');
  });

  test('is asked when the user vouches for it with --ca, and only then', async () => {
    const words = ['pull', `${host}/acme/x:1`];
    const trusted = await runCli([...words, '--ca', certificate], { store: scratch.at('store') });
    expect([trusted.status, asked.length > 0]).toEqual([2, true]);
    expect(trusted.stderr).not.toContain('certificate');
    asked.splice(0);
    await runCli(words, { store: scratch.at('store') });
    expect(asked).toEqual([]);
  });
});
