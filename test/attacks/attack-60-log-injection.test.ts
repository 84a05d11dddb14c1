/** Attack 60, of the hub's log: what a client sends never makes a line of its own, nor a command for a terminal. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { formatServed } from '../../src/cli/print/served.ts';
import { startCli } from '../_support/cli.ts';
import { makeScratch, type Scratch } from '../_support/scratch.ts';
import { Wire } from '../hub/_wire.ts';

let scratch: Scratch;
beforeEach(() => {
  scratch = makeScratch();
});
afterEach(() => scratch[Symbol.dispose]());

const CONTROL = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

test('each request is one line of JSON, whatever stands in its path and headers', async () => {
  const { child, ended } = startCli(['hub', 'serve', '--listen', '127.0.0.1:0', '--data', scratch.at('hub')], {
    store: scratch.at('store'),
  });
  const port = await new Promise<number>((resolve) =>
    child.stdout?.once('data', (line) => resolve(Number(new URL(JSON.parse(String(line)).address).port))),
  );
  const forged = '{"id":"forged","method":"DELETE","path":"/","route":"base","status":200,"ms":0}';
  const targets = [
    `/v2/%0a${encodeURIComponent(forged)}`,
    '/v2/%1b%5b2J%1b%5b31m',
    '/v2/%E2%80%A8line',
    '/v2/"}\\"{',
    '/v2/x?token=secret-in-query',
    `/v2/${'a'.repeat(20_000)}`,
  ];
  for (const target of targets) {
    const wire = await Wire.open(port);
    wire.write(
      `GET ${target} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: \u001b[2J${forged}\r\nAuthorization: Basic c2VjcmV0OnNlY3JldA==\r\nX-Forwarded-For: ${forged}\r\n\r\n`,
    );
    await wire.answer();
    wire.destroy();
  }
  child.kill('SIGTERM');
  const { stderr } = await ended;
  const lines = stderr.split('\n').filter((line) => line.startsWith('{'));
  const parsed = lines.map((line) => JSON.parse(line));
  expect(parsed.some(({ id }) => id === 'forged')).toBe(false);
  for (const line of lines) expect(line).not.toMatch(CONTROL);
  expect(stderr).not.toMatch(/c2VjcmV0|secret-in-query/);
  const logged = parsed.filter(({ method }) => method !== undefined);
  // A header with control characters is no request at all.
  expect(logged.length).toBeLessThanOrEqual(targets.length);
  for (const { method } of logged) expect(method).toBe('GET');
});

test('formatServed() escapes what JSON leaves alone', () => {
  const wild = 'a\nb\r\u001b[31m\u009b2J\u2028\u2029\u202eevil\u2066\u007f"\\';
  const request = { id: '1', method: 'GET', path: wild, route: 'none', status: 500, milliseconds: 1, failure: wild };
  for (const failure of [wild, new Error(wild)]) {
    const line = formatServed({ ...request, failure } as Parameters<typeof formatServed>[0]);
    expect(line).not.toMatch(CONTROL);
    expect(JSON.parse(line)).toMatchObject({ path: wild });
  }
});

test('the log holds no content: a manifest that is refused does not stand in it', async () => {
  const { child, ended } = startCli(['hub', 'serve', '--listen', '127.0.0.1:0', '--data', scratch.at('hub')], {
    store: scratch.at('store'),
  });
  const address = await new Promise<string>((resolve) =>
    child.stdout?.once('data', (line) => resolve(JSON.parse(String(line)).address)),
  );
  const body = '{"schemaVersion":2,"secret":"content of a manifest\\u001b[2J"}';
  await fetch(`${address}/v2/acme/x/manifests/1`, { method: 'PUT', body, headers: { 'content-type': 'a/b' } });
  child.kill('SIGTERM');
  const { stderr } = await ended;
  expect(stderr).toContain('/v2/acme/x/manifests/1');
  expect(stderr).not.toContain('content of a manifest');
});
