/** A hub of several processes: one registry to its clients, whichever of them answers, and when one is killed. */
import { once } from 'node:events';
import fs from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { digestOf } from '../../src/oci/digest.ts';
import { makeScratch, type Scratch } from '../_support/scratch.ts';
import { killAgainAndAgain } from './_kills.ts';
import { fastFolder, type Serving, serveHub } from './_served.ts';
import { Wire } from './_wire.ts';

const PROCESSES = 3;

let scratch: Scratch;
let hub: Serving;
let wires: Wire[];
beforeEach(async () => {
  scratch = makeScratch();
  hub = await serveHub(scratch.at('hub'), { processes: PROCESSES });
  wires = [];
});
afterEach(async () => {
  for (const wire of wires) wire.destroy();
  await hub[Symbol.asyncDispose]();
  scratch[Symbol.dispose]();
});

const request = (method: string, where: string, body = '', headers: readonly string[] = []) =>
  [`${method} ${where} HTTP/1.1`, 'Host: localhost', `Content-Length: ${body.length}`, ...headers, '', body].join(
    '\r\n',
  );

/** Connections are handed out in turn: so many reach every process. */
async function open(): Promise<Wire[]> {
  const opened = await Promise.all(Array.from({ length: PROCESSES }, () => Wire.open(hub.port)));
  wires.push(...opened);
  return opened;
}

async function ask(wire: Wire, method: string, where: string, body?: string, headers?: readonly string[]) {
  wire.write(request(method, where, body, headers));
  const answer = await wire.answer(method === 'HEAD');
  if (answer === undefined) throw new Error(`${method} ${where}: the connection ended`);
  return answer;
}

const childrenOf = (pid: number | undefined): number[] =>
  fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);

/** Not those that have ended and whose parent has not looked. */
const isThere = (pid: number): boolean =>
  fs.existsSync(`/proc/${pid}/stat`) && !/\) [ZX] /.test(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));

async function processesThatAnswer(): Promise<number> {
  const opened = await open();
  const answers = await Promise.all(opened.map((wire) => ask(wire, 'GET', '/healthz')));
  return new Set(answers.map(({ headers }) => headers.get('x-request-id')?.split('-')[0])).size;
}

async function upload(wire: Wire, text: string): Promise<number> {
  return (await ask(wire, 'POST', `/v2/acme/x/blobs/uploads/?digest=${digestOf(text)}`, text)).status;
}

test('every process answers, and each knows what came through another', async () => {
  const [first, ...others] = await open();
  if (first === undefined) throw new Error('no connection');
  expect(await upload(first, 'weights')).toBe(201);
  const answers = [first, ...others].map((wire) => ask(wire, 'GET', `/v2/acme/x/blobs/${digestOf('weights')}`));
  const found = await Promise.all(answers);
  expect(found.map(({ status, body }) => [status, String(body)])).toEqual(found.map(() => [200, 'weights']));
  const processes = found.map(({ headers }) => headers.get('x-request-id')?.split('-')[0]);
  expect(new Set(processes).size).toBe(PROCESSES);
});

test('chunks of one upload come through one process after the other', async () => {
  const opened = await open();
  const [first] = opened;
  if (first === undefined) throw new Error('no connection');
  const location = (await ask(first, 'POST', '/v2/acme/x/blobs/uploads/')).headers.get('location') ?? '';
  let text = '';
  for (const wire of [...opened, ...opened]) {
    const chunk = String(text.length).padEnd(1_000, '.');
    const range = `Content-Range: ${text.length}-${text.length + chunk.length - 1}`;
    expect((await ask(wire, 'PATCH', location, chunk, [range])).status).toBe(202);
    text += chunk;
  }
  expect((await ask(first, 'PUT', `${location}?digest=${digestOf(text)}`)).status).toBe(201);
  expect(String((await ask(first, 'GET', `/v2/acme/x/blobs/${digestOf(text)}`)).body)).toBe(text);
});

test('a request ends an older one for the same upload in another process, and never writes over it', async () => {
  const [first, second, third] = await open();
  if (first === undefined || second === undefined || third === undefined) throw new Error('no connection');
  const location = (await ask(second, 'POST', '/v2/acme/x/blobs/uploads/')).headers.get('location') ?? '';
  first.write(`PATCH ${location} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\naaaa`);
  await expect.poll(async () => (await ask(third, 'GET', location)).headers.get('range')).toBe('0-3');
  expect((await ask(second, 'PATCH', location, 'bbbb', ['Content-Range: 4-7'])).status).toBe(202);
  await first.closed();
  expect((await ask(third, 'PUT', `${location}?digest=${digestOf('aaaabbbb')}`)).status).toBe(201);
});

test('/metrics counts what all of them did, and the log names every request', async () => {
  const opened = await open();
  for (const wire of opened) await ask(wire, 'GET', '/healthz');
  const text = String((await ask(opened[0] as Wire, 'GET', '/metrics')).body);
  expect(text).toContain(
    `waybill_http_request_duration_seconds_count{method="GET",route="health",status="200"} ${PROCESSES}`,
  );
  expect(text).toContain(`waybill_processes ${PROCESSES + 1}`);
  await expect.poll(() => hub.statuses.get(200)).toBe(PROCESSES + 1);
});

test('a process that is killed is replaced, its turn on an upload ends, and the others never stop', async () => {
  const opened = await open();
  const [first, second] = opened;
  if (first === undefined || second === undefined) throw new Error('no connection');
  const location = (await ask(first, 'POST', '/v2/acme/x/blobs/uploads/')).headers.get('location') ?? '';
  // One of them holds the upload open.
  first.write(`PATCH ${location} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\naaaa`);
  await expect.poll(async () => (await ask(second, 'GET', location)).headers.get('range')).toBe('0-3');
  const before = childrenOf(hub.child.pid);
  expect(before).toHaveLength(PROCESSES);
  for (const pid of before) {
    process.kill(pid, 'SIGKILL');
    expect(await upload((await open())[0] as Wire, `while another takes the place of ${pid}`)).toBe(201);
    await expect.poll(() => processesThatAnswer(), { timeout: 5_000 }).toBe(PROCESSES);
    const [wire] = await open();
    expect(await upload(wire as Wire, `after ${pid}`)).toBe(201);
  }
  const [wire] = await open();
  const range = (await ask(wire as Wire, 'GET', location)).headers.get('range');
  expect(range).toBe('0-3');
  expect((await ask(wire as Wire, 'PUT', `${location}?digest=${digestOf('aaaa')}`)).status).toBe(201);
  expect(hub.replaced).toEqual(before.map((pid) => ({ pid, by: 'SIGKILL' })));
});

test('SIGTERM lets requests end; then all processes have ended and the folder is free', async () => {
  const [first, second] = await open();
  if (first === undefined || second === undefined) throw new Error('no connection');
  const location = (await ask(second, 'POST', '/v2/acme/x/blobs/uploads/')).headers.get('location') ?? '';
  first.write(`PATCH ${location} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 8\r\n\r\naaaa`);
  await expect.poll(async () => (await ask(second, 'GET', location)).headers.get('range')).toBe('0-3');
  const children = childrenOf(hub.child.pid);
  hub.child.kill('SIGTERM');
  const ended = once(hub.child, 'exit');
  first.write('bbbb');
  expect((await first.answer())?.status).toBe(202);
  expect(await ended).toEqual([0, null]);
  expect(children.filter(isThere)).toEqual([]);
  await using again = await serveHub(scratch.at('hub'), { processes: 2 });
  expect(again.port).toBeGreaterThan(0);
});

test('when the first process is killed the others end, and a new hub starts at once', async () => {
  const children = childrenOf(hub.child.pid);
  await hub.kill();
  await using again = await serveHub(scratch.at('hub'));
  expect(children.filter(isThere)).toEqual([]);
  expect((await fetch(`${again.address}/v2/`)).status).toBe(200);
});

test('a hub whose processes cannot listen says why and ends', async () => {
  const folder = fastFolder();
  const configuration = `${folder}.yaml`;
  fs.writeFileSync(configuration, `hub: 1\nprocesses: 2\nlisten: 127.0.0.1:${hub.port}\n`);
  const { runCli } = await import('../_support/cli.ts');
  const { status, stderr } = await runCli(['hub', 'serve', '--config', configuration, '--data', folder], {
    store: scratch.at('store'),
  });
  fs.rmSync(folder, { recursive: true });
  fs.rmSync(configuration);
  expect([status, stderr]).toEqual([2, expect.stringContaining(`Cannot listen on 127.0.0.1:${hub.port}`)]);
});

test('12 kills of a hub of two processes lose nothing and show nothing unverified', { timeout: 300_000 }, async () => {
  const report = await killAgainAndAgain({ seed: 43, rounds: 12, processes: 2 });
  expect(report.violations).toEqual([]);
  expect(report.answered).toBeGreaterThan(100);
  expect(report.replaced).toBeGreaterThan(0);
});
