import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { certificate, key } from '../../../test/_registry/certificate.ts';
import { makeScratch, type Scratch } from '../../../test/_support/scratch.ts';
import { CHUNK_SIZE } from '../../base/bytes.ts';
import { endWhenStalled } from './body.ts';
import { type FilePart, sendFile } from './send-file.ts';

const SIZE = 5 * CHUNK_SIZE + 17;
const content = randomBytes(SIZE);
const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

let scratch: Scratch;
let servers: (http.Server | https.Server)[];
beforeEach(() => {
  scratch = makeScratch();
  servers = [];
  fs.writeFileSync(scratch.at('blob'), content);
});
afterEach(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  scratch[Symbol.dispose]();
});

type Outcome = 'sent' | Error;

/** A server that sends a part of the file to everybody, and what became of each answer in turn. */
async function serve(
  part: Partial<FilePart> = {},
  { isTls = false, patience = 60_000 } = {},
): Promise<{ port: number; outcomes: Outcome[] }> {
  const outcomes: Outcome[] = [];
  const server = isTls ? https.createServer({ cert: certificate, key }) : http.createServer();
  server.on('request', (_, response: http.ServerResponse) => {
    const { start, end, path } = { path: scratch.at('blob'), start: 0, end: SIZE, ...part };
    response.writeHead(200, { 'content-length': end - start });
    endWhenStalled(response, patience);
    sendFile(response, { path, start, end }).then(
      () => outcomes.push('sent'),
      (error: Error) => {
        response.destroy();
        outcomes.push(error);
      },
    );
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, outcomes };
}

/** What is read of an answer, with a rest after each chunk. */
async function fetchFrom(port: number, { isTls = false, rest = 0, agent = undefined as http.Agent | undefined } = {}) {
  const options = { port, host: '127.0.0.1', rejectUnauthorized: false, ...(agent === undefined ? {} : { agent }) };
  const request = (isTls ? https : http).get(options);
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) {
    chunks.push(chunk);
    if (rest > 0) await sleep(rest);
  }
  return Buffer.concat(chunks);
}

test.each([false, true])(
  'sendFile() sends what lies in the file, to many at once and to slow ones: TLS %s',
  async (isTls) => {
    const { port, outcomes } = await serve({}, { isTls });
    const all = await Promise.all(
      Array.from({ length: 24 }, (_, index) => fetchFrom(port, { isTls, rest: index % 3 === 0 ? 2 : 0 })),
    );
    expect(new Set(all.map(digestOf))).toEqual(new Set([digestOf(content)]));
    await expect.poll(() => outcomes).toEqual(Array(24).fill('sent'));
  },
);

test('sendFile() sends a part, and leaves the connection for the next', async () => {
  const [start, end] = [CHUNK_SIZE - 5, 3 * CHUNK_SIZE + 1];
  const { port } = await serve({ start, end });
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  for (let time = 0; time < 20; time++)
    expect((await fetchFrom(port, { agent })).equals(content.subarray(start, end))).toBe(true);
  agent.destroy();
});

test('sendFile() never ends an answer of which the file has less', async () => {
  const { port, outcomes } = await serve({ end: SIZE + 1 });
  await expect(fetchFrom(port)).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(outcomes).toEqual([expect.objectContaining({ message: expect.stringContaining(`ends at ${SIZE}`) })]);
});

test('sendFile() says when there is no file', async () => {
  const { port, outcomes } = await serve({ path: scratch.at('none') });
  await expect(fetchFrom(port)).rejects.toThrow();
  expect(outcomes).toEqual([expect.objectContaining({ code: 'ENOENT' })]);
});

const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
const connect = (port: number) => net.connect(port, '127.0.0.1').on('error', () => {});
/** More than the buffers of a connection hold. */
const large = { end: 256 * 1024 * 1024 };
const enlarge = () => fs.truncateSync(scratch.at('blob'), large.end);

test('sendFile() ends when its client goes, or takes nothing more', async () => {
  enlarge();
  const { port, outcomes } = await serve(large, { patience: 50 });
  const gone = connect(port);
  gone.write(GET);
  await once(gone, 'data');
  gone.destroy();
  await expect.poll(() => outcomes.length).toBe(1);
  const stalled = connect(port).pause();
  stalled.write(GET);
  await expect.poll(() => outcomes.length).toBe(2);
  expect(outcomes.every((outcome) => outcome instanceof Error)).toBe(true);
  stalled.destroy();
});

test('sendFile() sends answers to requests that did not wait for it in turn, and ends all with their connection', async () => {
  const { port, outcomes } = await serve();
  const patient = connect(port);
  let size = 0;
  patient.on('data', (chunk) => {
    size += chunk.length;
  });
  patient.write(GET.repeat(30));
  await expect.poll(() => outcomes).toEqual(Array(30).fill('sent'));
  await expect.poll(() => size).toBeGreaterThan(30 * SIZE);
  enlarge();
  const { port: other, outcomes: ended } = await serve(large);
  const gone = connect(other);
  gone.write(GET.repeat(30));
  await once(gone, 'data');
  gone.destroy();
  await expect.poll(() => ended.length).toBe(30);
  expect(ended.every((outcome) => outcome instanceof Error)).toBe(true);
});
