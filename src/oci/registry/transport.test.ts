import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { certificate, key } from '../../../test/_registry/certificate.ts';
import { collect } from '../../base/bytes.ts';
import { type HttpRequest, Transport, type TransportOptions } from './transport.ts';

const MIB = 1024 * 1024;
const close: (() => unknown)[] = [];
afterEach(async () => {
  for (const one of close.splice(0).reverse()) await one();
});

async function listen(server: net.Server): Promise<number> {
  const sockets = new Set<net.Socket>();
  server.on('connection', (socket: net.Socket) => sockets.add(socket.on('error', () => {})));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  close.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A server that answers every connection's requests with these bytes, whatever they are. */
async function raw(...answers: readonly string[]): Promise<{ url: URL; connections: () => number }> {
  let connections = 0;
  const port = await listen(
    net.createServer((socket) => {
      connections += 1;
      const rest = [...answers];
      socket.on('data', () => {
        const answer = rest.shift() ?? '';
        if (answer === 'close') socket.end();
        else socket.write(answer);
      });
    }),
  );
  return { url: new URL(`http://127.0.0.1:${port}/it`), connections: () => connections };
}

function open(options: TransportOptions = {}): Transport {
  const transport = new Transport({ idle: 2_000, ...options });
  close.push(() => transport[Symbol.dispose]());
  return transport;
}

async function read(transport: Transport, request: HttpRequest): Promise<{ status: number; text: string }> {
  const response = await transport.send(request);
  return { status: response.status, text: (await collect(response.body, 64 * MIB, 'it')).toString('latin1') };
}

const get = (url: URL): HttpRequest => ({ method: 'GET', url });
const bodyOf = (...chunks: readonly Buffer[]) => ({
  size: chunks.reduce((sum, { length }) => sum + length, 0),
  async *chunks() {
    yield* chunks;
  },
});

/** A server that gives back what it is sent, and says how it was asked. */
function echo(request: http.IncomingMessage, response: http.ServerResponse): void {
  response.setHeader('x-asked', `${request.method} ${request.url} ${request.headers.host}`);
  response.setHeader('x-authorization', String(request.headers['proxy-authorization']));
  request.pipe(response);
}

describe('answers of every form', () => {
  test.each([
    ['with a length', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello', 200, 'hello'],
    [
      'in chunks',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nA: b\r\n\r\n',
      200,
      'hello',
    ],
    ['without a reason', 'HTTP/1.1 404\r\ncontent-length:0\r\n\r\n', 404, ''],
    [
      'after an interim one',
      'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok',
      201,
      'ok',
    ],
    ['without a body', 'HTTP/1.1 204 No Content\r\n\r\n', 204, ''],
  ])('%s', async (_, answer, status, text) => {
    const { url, connections } = await raw(answer, answer);
    const transport = open();
    expect(await read(transport, get(url))).toEqual({ status, text });
    // Nothing of the first answer is left on the connection, which is used again.
    expect(await read(transport, get(url))).toEqual({ status, text });
    expect(connections()).toBe(1);
  });

  test('byte by byte', async () => {
    const answer = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n';
    const port = await listen(
      net.createServer((socket) => {
        socket.setNoDelay(true).once('data', async () => {
          for (const sign of answer) await new Promise((resolve) => socket.write(sign, resolve));
        });
      }),
    );
    expect((await read(open(), get(new URL(`http://127.0.0.1:${port}/`)))).text).toBe('hello');
  });

  test('until the connection is closed', async () => {
    const port = await listen(
      net.createServer((socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\nhello'))),
    );
    expect((await read(open(), get(new URL(`http://127.0.0.1:${port}/`)))).text).toBe('hello');
  });

  test('the head alone', async () => {
    const { url, connections } = await raw(
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
    );
    const transport = open();
    const { status, header, body } = await transport.send({ method: 'HEAD', url });
    expect([status, header('Content-Length')]).toEqual([200, '5']);
    expect(await collect(body, 1, 'it')).toHaveLength(0);
    expect((await read(transport, get(url))).text).toBe('ok');
    expect(connections()).toBe(1);
  });
});

test.each([
  ['no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
  ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello'],
  [
    'a length and chunks',
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
  ],
  ['a length that is none', 'HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello'],
  ['a folded line', 'HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 5\r\n\r\nhello'],
  ['a blank before the colon', 'HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\nhello'],
  ['a chunk without a length', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nhello\r\n0\r\n\r\n'],
  ['a chunk that is too long', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhello\r\n0\r\n\r\n'],
  ['a head without end', `HTTP/1.1 200 OK\r\nA: ${'a'.repeat(100_000)}`],
  ['a body that is cut', 'close'],
])('an answer with %s is REGISTRY_UNAVAILABLE', async (_, answer) => {
  const { url } = await raw(answer);
  await expect(read(open(), get(url))).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
});

test('a registry that falls silent is REGISTRY_UNAVAILABLE', async () => {
  const { url } = await raw('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel');
  await expect(read(open({ idle: 50 }), get(url))).rejects.toMatchObject({
    message: expect.stringContaining('no answer in time'),
  });
});

test('a host that takes the connection and says nothing of TLS is REGISTRY_UNAVAILABLE', async () => {
  const { url } = await raw('');
  await expect(read(open({ idle: 50 }), get(new URL(`https://${url.host}/it`)))).rejects.toMatchObject({
    message: expect.stringContaining('no answer in time'),
  });
});

test('a request that is stopped throws the reason', async () => {
  const { url } = await raw('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel');
  const stop = new AbortController();
  const response = await open().send({ ...get(url), signal: stop.signal });
  stop.abort(new Error('stopped'));
  await expect(collect(response.body, 10, 'it')).rejects.toThrow('stopped');
});

test('a kept connection that the registry closed is replaced, and nobody hears of it', async () => {
  const { url, connections } = await raw('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', 'close');
  const transport = open();
  expect((await read(transport, get(url))).text).toBe('ok');
  expect((await read(transport, get(url))).text).toBe('ok');
  expect(connections()).toBe(2);
});

test('a connection that brings what nobody asked for is not used again', async () => {
  const { url, connections } = await raw('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n');
  const transport = open();
  expect((await read(transport, get(url))).text).toBe('ok');
  expect((await read(transport, get(url))).text).toBe('ok');
  expect(connections()).toBe(2);
});

test('a body goes out with its length, and an answer before its end is heard', async () => {
  const port = await listen(http.createServer(echo));
  const url = new URL(`http://127.0.0.1:${port}/up?a=b`);
  const [first, second] = [randomBytes(3 * MIB), randomBytes(100)];
  const response = await open().send({ method: 'PUT', url, body: bodyOf(first, second) });
  expect(response.header('x-asked')).toBe(`PUT /up?a=b 127.0.0.1:${port}`);
  expect((await collect(response.body, 4 * MIB, 'it')).equals(Buffer.concat([first, second]))).toBe(true);
  const early = await raw('HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n');
  const { status } = await open().send({ method: 'PUT', url: early.url, body: bodyOf(...Array(64).fill(first)) });
  expect(status).toBe(413);
});

test('a body that fails is told as what it is', async () => {
  const { url } = await raw();
  const body = {
    size: 10,
    // biome-ignore lint/correctness/useYield: it fails before its first chunk
    async *chunks(): AsyncIterable<Uint8Array> {
      throw new Error('the file is gone');
    },
  };
  await expect(open().send({ method: 'PUT', url, body })).rejects.toThrow('the file is gone');
});

test('what would become another header is never sent', async () => {
  const { url, connections } = await raw('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
  const headers = { authorization: 'Bearer x\r\nX-Other: y' };
  await expect(open().send({ ...get(url), headers })).rejects.toThrow('bad header authorization');
  expect(connections()).toBeLessThanOrEqual(1);
});

describe('TLS and proxies', () => {
  const content = randomBytes(8 * MIB);
  const secure = () =>
    listen(
      https.createServer({ cert: certificate, key }, (request, response) => {
        if (request.method === 'PUT') echo(request, response);
        else response.end(content);
      }),
    );

  /** A proxy, that speaks TLS itself or not; its requests in order. */
  async function proxy(server: http.Server = http.createServer()): Promise<{ port: number; seen: string[] }> {
    const seen: string[] = [];
    server.on('request', (request: http.IncomingMessage, response: http.ServerResponse) => {
      seen.push(`${request.method} ${request.url} ${request.headers['proxy-authorization']}`);
      echo(request, response);
    });
    server.on('connect', (request: http.IncomingMessage, socket: net.Socket) => {
      seen.push(`CONNECT ${request.url} ${request.headers['proxy-authorization']}`);
      const far = net.connect(Number(request.url?.split(':')[1]), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        far.pipe(socket).pipe(far);
      });
      close.push(() => far.destroy());
      far.on('error', () => {});
    });
    return { port: await listen(server), seen };
  }

  test('a certificate that is named is trusted, others are not', async () => {
    const url = new URL(`https://localhost:${await secure()}/`);
    await expect(open().send(get(url))).rejects.toMatchObject({ hint: expect.stringContaining('--ca') });
    const transport = open({ certificates: [certificate] });
    expect((await read(transport, get(url))).text).toBe(content.toString('latin1'));
    const response = await transport.send({ method: 'PUT', url, body: bodyOf(content) });
    expect((await collect(response.body, 9 * MIB, 'it')).equals(content)).toBe(true);
  });

  test('a certificate for another name is not trusted', async () => {
    const port = await secure();
    const transport = open({ certificates: [certificate] });
    await expect(transport.send(get(new URL(`https://127.0.0.2:${port}/`)))).rejects.toMatchObject({
      code: 'REGISTRY_UNAVAILABLE',
    });
  });

  test('plain http goes to a proxy with the whole address, and its password to nobody else', async () => {
    const { port, seen } = await proxy();
    const environment = { http_proxy: `http://ada:s%3Acret@127.0.0.1:${port}`, no_proxy: '10.0.0.0/8' };
    await read(open({ environment }), get(new URL('http://registry.test/v2/')));
    expect(seen).toEqual([`GET http://registry.test/v2/ Basic ${Buffer.from('ada:s:cret').toString('base64')}`]);
  });

  test.each(['http', 'https'] as const)('TLS goes through a tunnel of an %s proxy', async (scheme) => {
    const target = await secure();
    const { port, seen } = await proxy(
      scheme === 'https' ? https.createServer({ cert: certificate, key }) : http.createServer(),
    );
    const environment = { HTTPS_PROXY: `${scheme}://localhost:${port}` };
    const transport = open({ environment, certificates: [certificate] });
    const url = new URL(`https://localhost:${target}/`);
    for (let round = 0; round < 2; round++)
      expect((await read(transport, get(url))).text).toBe(content.toString('latin1'));
    expect(seen).toEqual([`CONNECT localhost:${target} undefined`]);
  });

  test('a proxy that refuses is named', async () => {
    const { url } = await raw('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
    const sending = open({ environment: { https_proxy: url.origin } }).send(get(new URL('https://registry.test/')));
    await expect(sending).rejects.toMatchObject({
      message: expect.stringContaining(`the proxy ${url.host} answers 403`),
    });
  });
});
