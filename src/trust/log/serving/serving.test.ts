import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { entriesUpTo, entryAt, makeLog, ORIGIN, plainRoot, verifierKey } from '../../../../test/_support/log.ts';
import { failureOf } from '../../../../test/_support/refusal.ts';
import { makeScratch, type Scratch } from '../../../../test/_support/scratch.ts';
import { Transport } from '../../../oci/registry/transport.ts';
import { checkLog } from '../checking/check.ts';
import { parseCheckpointText } from '../checkpoint.ts';
import { parseNote } from '../note/note.ts';
import { proveEntry } from '../proof/prove.ts';
import { verifyProof } from '../proof/verify.ts';
import { folderReader } from '../reading/folder.ts';
import { httpReader } from '../reading/http.ts';
import { entriesOf } from '../reading/tiles.ts';
import { type LogServer, startLogServer } from './server.ts';

const SIZE = 600;
let scratch: Scratch;
let server: LogServer;
let transport: Transport;
const served: { status: number; target: string; failure?: unknown }[] = [];
beforeAll(async () => {
  scratch = makeScratch();
  await makeLog(scratch.at('log'), SIZE);
  transport = new Transport();
  server = await startLogServer(folderReader(scratch.at('log')), {
    host: '127.0.0.1',
    port: 0,
    served: (request) => served.push(request),
  });
});
afterAll(async () => {
  transport[Symbol.dispose]();
  await server.drain(1000);
  scratch[Symbol.dispose]();
});

const reader = (address = server.address) => httpReader(new URL(address), { transport });

describe('a log that is served', () => {
  test('is read, proven and checked like the folder', async () => {
    const checkpoint = await reader().read('checkpoint');
    expect(checkpoint).toEqual(fs.readFileSync(scratch.at('log', 'checkpoint')));
    const head = parseCheckpointText(parseNote(checkpoint ?? Buffer.alloc(0)).text);
    expect(head.root).toEqual(plainRoot(entriesUpTo(SIZE)));
    expect(await checkLog(reader(), head)).toEqual({ verdict: 'pass', entries: SIZE, findings: [] });
    const proof = await proveEntry(reader(), 300);
    expect(verifyProof(proof, entryAt(300), { origin: ORIGIN, vkey: verifierKey() }).index).toBe(300);
    expect(await reader().read('tile/0/900')).toBeUndefined();
    expect(served).toContainEqual({ method: 'GET', target: '/tile/0/900', status: 404 });
  });

  test('says how long each file may be kept', async () => {
    const get = async (path: string, init: RequestInit = {}) => await fetch(`${server.address}${path}`, init);
    const checkpoint = await get('/checkpoint');
    expect(checkpoint.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(checkpoint.headers.get('cache-control')).toBe('public, max-age=2');
    const tile = await get('/tile/0/000');
    expect([tile.headers.get('content-type'), tile.headers.get('content-encoding')]).toEqual([
      'application/octet-stream',
      null,
    ]);
    expect(tile.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    const bundle = await get('/tile/entries/000', { headers: { 'accept-encoding': 'gzip' } });
    expect(bundle.headers.get('content-encoding')).toBe('gzip');
    expect(Buffer.from(await bundle.arrayBuffer())).toEqual(fs.readFileSync(scratch.at('log', 'tile/entries/000')));
    const plain = await get('/tile/entries/000', { headers: { 'accept-encoding': 'identity' } });
    expect([plain.headers.get('content-encoding'), plain.headers.get('vary')]).toEqual([null, 'accept-encoding']);
    const head = await get('/checkpoint', { method: 'HEAD' });
    expect([head.status, Number(head.headers.get('content-length')), await head.text()]).toEqual([
      200,
      fs.statSync(scratch.at('log', 'checkpoint')).size,
      '',
    ]);
  });

  test('does not compress what is small', async () => {
    await makeLog(scratch.at('small'), 3);
    const small = await startLogServer(folderReader(scratch.at('small')), { host: '127.0.0.1', port: 0, served() {} });
    expect(await entriesOf(reader(small.address), 0, 3)).toEqual(entriesUpTo(3));
    const bundle = await fetch(`${small.address}/tile/entries/000.p/3`, { headers: { 'accept-encoding': 'gzip' } });
    expect(bundle.headers.get('content-encoding')).toBeNull();
    await small.drain(1000);
  });

  test('shows nothing else of its folder, and changes nothing', async () => {
    for (const target of [
      '/',
      '/.waybill/journal',
      '/tile',
      '/checkpoint/',
      '/checkpoint?x',
      '//checkpoint',
      '/tile/0/../../checkpoint',
      '/tile/0/000?x',
      '/%63heckpoint',
      'checkpoint',
      `${server.address}/checkpoint`,
    ]) {
      const answer = await raw(`GET ${target} HTTP/1.1`);
      expect(answer, target).toMatch(/^HTTP\/1.1 (404|400) /);
    }
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
      expect(await raw(`${method} /checkpoint HTTP/1.1`)).toMatch(/^HTTP\/1.1 405 [\s\S]*allow: GET, HEAD/);
    expect(await raw('GET /tile/0/007 HTTP/1.1')).toContain('no-store');
  });

  test('fails without saying why when a file cannot be read', async () => {
    fs.rmSync(scratch.at('log', 'tile/0/001'));
    fs.mkdirSync(scratch.at('log', 'tile/0/001'));
    const answer = await raw('GET /tile/0/001 HTTP/1.1');
    expect(answer).toMatch(/^HTTP\/1.1 500 /);
    expect(answer).not.toContain(scratch.folder);
    expect(served.at(-1)).toMatchObject({ status: 500, failure: { code: 'FILE_UNREADABLE' } });
    expect((await failureOf(reader().read('tile/0/001'))).message).toContain('the answer is 500');
  });

  test('is not served where another program listens', async () => {
    const { hostname, port } = new URL(server.address);
    const other = startLogServer(folderReader(scratch.at('log')), { host: hostname, port: Number(port), served() {} });
    expect((await failureOf(other)).message).toContain('another program listens there');
  });

  test('listens on addresses of version 6', async () => {
    const six = await startLogServer(folderReader(scratch.at('log')), { host: '::1', port: 0, served() {} });
    expect(six.address).toMatch(/^http:\/\/\[::1\]:\d+$/);
    await six.drain(1000);
  });

  test('ends in time, though a client says nothing', async () => {
    const silent = await startLogServer(folderReader(scratch.at('log')), { host: '127.0.0.1', port: 0, served() {} });
    const { hostname, port } = new URL(silent.address);
    const socket = net.connect(Number(port), hostname);
    socket.write('GET /checkpoint HTTP/1.1\r\n');
    await once(socket, 'connect');
    const closed = once(socket, 'close');
    await silent.drain(50);
    await closed;
  });

  /** A request as it stands, which clients would correct. */
  async function raw(line: string): Promise<string> {
    const { hostname, port } = new URL(server.address);
    const socket = net.connect(Number(port), hostname);
    socket.end(`${line}\r\nhost: x\r\nconnection: close\r\n\r\n`);
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    await once(socket, 'close');
    return text;
  }
});

describe('httpReader() of a server that is hostile or broken', () => {
  let open: http.Server | undefined;
  afterEach(() => {
    open?.closeAllConnections();
    open?.close();
  });

  async function answering(answer: http.RequestListener): Promise<string> {
    open = http.createServer(answer);
    open.listen(0, '127.0.0.1');
    await once(open, 'listening');
    return `http://127.0.0.1:${(open.address() as net.AddressInfo).port}/log`;
  }

  test('reads no more than a file can have', async () => {
    const address = await answering((_, response) => void response.end(Buffer.alloc(9000)));
    expect((await failureOf(reader(address).read('tile/0/000'))).code).toBe('LIMIT_EXCEEDED');
  });

  test('unpacks no more than a bundle can have, and nothing that is no gzip', async () => {
    const bomb = gzipSync(Buffer.alloc(30_000_000));
    const packed = await answering((_, response) => void response.setHeader('content-encoding', 'gzip').end(bomb));
    expect((await failureOf(reader(packed).read('tile/entries/000'))).message).toContain('broken or too large');
    open?.close();
    const broken = await answering((_, response) => void response.setHeader('content-encoding', 'gzip').end('x'));
    expect((await failureOf(reader(broken).read('tile/entries/000'))).code).toBe('TRUST_UNDECIDED');
  });

  test('takes what is compressed otherwise for no answer', async () => {
    const address = await answering((_, response) => void response.setHeader('content-encoding', 'br').end('x'));
    expect((await failureOf(reader(address).read('tile/entries/000'))).message).toContain('was not asked for');
  });

  test('asks below the address, and is led nowhere else', async () => {
    const targets: string[] = [];
    const address = await answering(({ url = '' }, response) => {
      targets.push(url);
      response.writeHead(302, { location: `${server.address}/checkpoint` }).end();
    });
    const error = await failureOf(reader(address).read('checkpoint'));
    expect([error.code, error.message]).toEqual(['TRUST_UNDECIDED', expect.stringContaining('the answer is 302')]);
    expect(targets).toEqual(['/log/checkpoint']);
    expect(reader(`${address}/`).place).toBe(`${address}/`);
  });

  test('takes a server that is gone for no answer', async () => {
    const address = await answering(() => {});
    open?.close();
    const error = await failureOf(reader(address).read('checkpoint'));
    expect([error.code, error.message]).toEqual(['TRUST_UNDECIDED', expect.stringContaining('nobody listens there')]);
    const strange = await answering((request) => void request.socket.end('nonsense\r\n\r\n'));
    expect((await failureOf(reader(strange).read('checkpoint'))).code).toBe('TRUST_UNDECIDED');
  });
});
