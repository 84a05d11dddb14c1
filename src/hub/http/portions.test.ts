import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { certificate, key } from '../../../test/_registry/certificate.ts';
import { CHUNK_SIZE } from '../../base/bytes.ts';
import { WaybillError } from '../../base/errors.ts';
import { bodyOf, discardRest } from './body.ts';

let servers: (http.Server | https.Server)[];
beforeEach(() => {
  servers = [];
});
afterEach(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

type Work = (request: http.IncomingMessage) => Promise<unknown>;

async function serve(work: Work, isTls = false): Promise<https.RequestOptions> {
  const server = isTls ? https.createServer({ cert: certificate, key }) : http.createServer();
  server.on('request', async (request, response) => {
    const answer = String(await work(request).catch((error: unknown) => error));
    discardRest(request);
    response.end(answer);
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { host: '127.0.0.1', port, method: 'PUT', rejectUnauthorized: false };
}

/** Without an end: the test says when. */
function send({ agent, ...target }: https.RequestOptions, isTls = false): http.ClientRequest {
  const request = (isTls ? https : http).request({ ...target, ...(agent === undefined ? {} : { agent }) });
  return request.on('error', () => {});
}

async function answerOf(request: http.ClientRequest): Promise<string> {
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  return Buffer.concat(await response.toArray()).toString();
}

const wait = (request: http.ClientRequest, bytes: Uint8Array) =>
  new Promise<void>((resolve) => {
    request.write(bytes, () => resolve());
  });

test.each([false, true])('portions() are what was sent, for many at once and slow readers: TLS %s', async (isTls) => {
  const content = randomBytes(9 * CHUNK_SIZE + 11);
  let most = 0;
  const target = await serve(async (request) => {
    let [at, count] = [0, 0];
    for await (const portion of bodyOf(request).portions()) {
      // Gathering goes on meanwhile, and must not touch what is read here.
      if (count++ % 3 === 0) await sleep(3);
      if (!content.subarray(at, at + portion.length).equals(portion)) return `other bytes behind ${at}`;
      expect(portion.length).toBeLessThanOrEqual(CHUNK_SIZE);
      at += portion.length;
    }
    most = Math.max(most, count);
    return at;
  }, isTls);
  const answers = Array.from({ length: 16 }, async (_, index) => {
    const request = send(target, isTls);
    // Odd pieces with a length that is not said before, and all at once.
    if (index % 2 === 1)
      for (let at = 0; at < content.length; at += 99_991) request.write(content.subarray(at, at + 99_991));
    request.end(index % 2 === 0 ? content : undefined);
    return answerOf(request);
  });
  expect(new Set(await Promise.all(answers))).toEqual(new Set([String(content.length)]));
  // Chunk by chunk it were forty and more.
  expect(most).toBeLessThan(30);
});

test('portions() of a small request are what was sent', async () => {
  const target = await serve(async (request) => {
    const copies: Buffer[] = [];
    for await (const portion of bodyOf(request).portions()) copies.push(Buffer.from(portion));
    return Buffer.concat(copies).toString();
  });
  expect(await answerOf(send(target).end('bytes'))).toBe('bytes');
  expect(await answerOf(send(target).end())).toBe('');
});

test('portions() gives on what has come when the client rests, and all of it when the line breaks', async () => {
  const sizes: number[] = [];
  let ended: unknown;
  const target = await serve(async (request) => {
    try {
      for await (const { length } of bodyOf(request).portions()) sizes.push(length);
    } catch (error) {
      ended = error;
    }
  });
  const request = send(target);
  await wait(request, Buffer.alloc(10));
  await expect.poll(() => sizes).toEqual([10]);
  await wait(request, Buffer.alloc(CHUNK_SIZE + 7));
  request.destroy();
  await expect
    .poll(() => ended)
    .toMatchObject({ code: 'SIZE_INVALID', message: expect.stringContaining('line broke') });
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(10 + CHUNK_SIZE + 7);
});

test('portions() forgets what was not given on when another request takes over', async () => {
  const reason = new WaybillError('STORE_BUSY', 'Cannot go on: another came');
  let ended: unknown;
  let size = 0;
  const target = await serve(async (request) => {
    const body = bodyOf(request);
    try {
      for await (const portion of body.portions()) {
        size += portion.length;
        await once(request, 'data');
        body.breakOff(reason);
      }
    } catch (error) {
      ended = error;
    }
  });
  const request = send(target);
  await wait(request, Buffer.alloc(10));
  await expect.poll(() => size).toBe(10);
  await wait(request, Buffer.alloc(20));
  await expect.poll(() => ended).toBe(reason);
  expect(size).toBe(10);
});

test('portions() leaves a request whose reader has enough to be answered, and its connection to the next', async () => {
  const target = await serve(async (request) => {
    for await (const _ of bodyOf(request).portions()) return 'enough';
    return 'none';
  });
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  for (let time = 0; time < 3; time++)
    expect(await answerOf(send({ ...target, agent }).end(Buffer.alloc(20 * CHUNK_SIZE)))).toBe('enough');
  agent.destroy();
});
