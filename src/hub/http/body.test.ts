import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WaybillError } from '../../base/errors.ts';
import { bodyOf, discardRest, endWhenStalled } from './body.ts';

let server: http.Server;
let answer: (request: http.IncomingMessage, response: http.ServerResponse) => Promise<void>;
beforeEach(async () => {
  server = http.createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const connect = () => net.connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => {});
const post = (socket: net.Socket, length: number, body: string) =>
  socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n${body}`);

/** What reading the body of the next request ends with. */
function reading(patience?: number): Promise<string | WaybillError> {
  return new Promise((resolve, reject) => {
    answer = async (request, response) => {
      let text = '';
      try {
        for await (const chunk of bodyOf(request, patience)) text += Buffer.from(chunk).toString();
        resolve(text);
      } catch (error) {
        if (error instanceof WaybillError) resolve(error);
        else reject(error);
      }
      response.end();
    };
  });
}

test('bodyOf() is what was sent', async () => {
  const read = reading();
  post(connect(), 5, 'bytes');
  expect(await read).toBe('bytes');
});

test('bodyOf() ends with a client that says nothing more', async () => {
  const read = reading(30);
  const socket = connect();
  post(socket, 5, 'byt');
  expect(await read).toMatchObject({ code: 'SIZE_INVALID', message: expect.stringContaining('sent nothing') });
  await once(socket, 'close');
});

test('bodyOf() ends with a line that breaks', async () => {
  const read = reading();
  const socket = connect();
  post(socket, 5, 'byt');
  await once(server, 'request');
  socket.destroy();
  expect(await read).toMatchObject({ code: 'SIZE_INVALID', message: expect.stringContaining('line broke') });
});

test('breakOff() ends the connection and tells the reader why', async () => {
  const reason = new WaybillError('STORE_BUSY', 'Cannot go on: another came');
  const ended = new Promise<unknown>((resolve) => {
    answer = async (request) => {
      const body = bodyOf(request);
      try {
        for await (const _ of body) body.breakOff(reason);
      } catch (error) {
        resolve(error);
      }
    };
  });
  const socket = connect();
  post(socket, 5, 'byt');
  expect(await ended).toBe(reason);
  await once(socket, 'close');
});

test('discardRest() lets the next request of the connection through, and ends one that never stops', async () => {
  answer = async (request, response) => {
    response.end('x');
    discardRest(request);
  };
  const socket = connect();
  post(socket, 100_000, 'y'.repeat(100_000));
  post(socket, 0, '');
  let text = '';
  socket.on('data', (chunk) => {
    text += String(chunk);
  });
  await expect.poll(() => text.match(/HTTP\/1.1 200/g)?.length).toBe(2);
  const endless = connect();
  post(endless, 1_000_000_000, '');
  const piece = Buffer.alloc(1024 * 1024);
  let sent = 0;
  const isOver = new Promise((resolve) => endless.once('close', resolve));
  for (; !endless.destroyed && sent < 1_000; sent++)
    await Promise.race([new Promise((resolve) => endless.write(piece, resolve)), isOver]);
  expect(sent).toBeLessThan(1_000);
});

test('endWhenStalled() ends an answer of which its client takes nothing more', async () => {
  const ended = new Promise<boolean>((resolve) => {
    answer = async (_, response) => {
      endWhenStalled(response, 30);
      response.once('close', () => resolve(response.writableFinished));
      response.end(Buffer.alloc(64 * 1024 * 1024));
    };
  });
  const socket = connect();
  socket.pause();
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  expect(await ended).toBe(false);
  socket.destroy();
});
