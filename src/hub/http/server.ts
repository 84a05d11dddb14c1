/** The hub's HTTP server: gives each request to the dispatcher, sends its answer, says what happened, ends in order. */
import http from 'node:http';
import https from 'node:https';
import type net from 'node:net';
import { randomName } from '../../base/files.ts';
import type { TagMove } from '../registry/repository.ts';
import { discardRest, endWhenStalled } from './body.ts';
import type { Answer } from './call.ts';
import { Connections } from './connections.ts';
import { type Dispatcher, dispatch } from './dispatch.ts';
import { Framing } from './framing.ts';
import { sendFile } from './send-file.ts';

export interface ServedRequest {
  readonly id: string;
  readonly method: string;
  /** Without the query, in which secrets may stand. */
  readonly path: string;
  readonly route: string;
  readonly status: number;
  readonly milliseconds: number;
  /** Bytes of the answer's body. */
  readonly sent: number;
  readonly address: string;
  readonly user?: string;
  /** Tags that point elsewhere than before. */
  readonly moved?: readonly TagMove[];
  /** What the answer to a 500 does not say. */
  readonly failure?: unknown;
}

/** PEM. */
export interface Tls {
  readonly certificate: string;
  readonly key: string;
}

export interface ServerOptions extends Omit<Dispatcher, 'origins' | 'framing'> {
  /** Where to listen; or, where another process listens and hands connections over, `HOST:PORT` of that. */
  readonly listen: { readonly host: string; readonly port: number } | string;
  readonly tls?: Tls;
  readonly origins: Omit<Dispatcher['origins'], 'listening' | 'isTls'>;
  /** Milliseconds that only grow. */
  elapsed(): number;
  served(request: ServedRequest): void;
}

export interface RunningServer {
  readonly address: string;
  /** Serves a connection that another process has accepted and not read from. */
  take(socket: net.Socket): void;
  /** Takes no new requests and waits for those under way, at most so long. */
  drain(milliseconds: number): Promise<void>;
}

/** Headers that a client may take to send, and a request to say nothing. */
const HEADERS_MILLISECONDS = 30_000;
/** Each holds a descriptor, an upload or a download one more; systems allow some 20,000 and more. */
const MAX_CONNECTIONS = 8_000;
/** Twice what Node allows by itself: tokens of cloud registries have some 10 KiB. */
const MAX_HEADER_SIZE = 32 * 1024;

export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { tls } = options;
  const settings: http.ServerOptions = {
    headersTimeout: HEADERS_MILLISECONDS,
    requestTimeout: 0,
    maxHeaderSize: MAX_HEADER_SIZE,
    keepAliveTimeout: 75_000,
  };
  const server =
    tls === undefined
      ? http.createServer(settings)
      : https.createServer({ ...settings, cert: tls.certificate, key: tls.key, minVersion: 'TLSv1.2' });
  const listening = typeof options.listen === 'string' ? options.listen : await listenOn(server, options.listen);
  // Node begins to watch connections, for headers that never end and for those that are idle, when it listens.
  if (typeof options.listen === 'string') server.emit('listening');
  const isTls = tls !== undefined;
  server.maxConnections = MAX_CONNECTIONS;
  const connections = new Connections(server);
  const framing = new Framing();
  const hub: Dispatcher = { ...options, framing, origins: { ...options.origins, listening, isTls } };
  let isDraining = false;
  server.on('request', (request, response) => {
    // Else its connection would be waited for, on which nothing more may come.
    if (isDraining) response.setHeader('connection', 'close');
    response.on('close', () => {
      if (isDraining) server.closeIdleConnections();
    });
    if (!framing.isBehindRefused(request)) void serve(hub, options, request, response);
  });
  return {
    address: `${isTls ? 'https' : 'http'}://${listening}`,
    take(socket) {
      if (connections.size < MAX_CONNECTIONS) server.emit('connection', socket);
      else socket.destroy();
    },
    async drain(milliseconds) {
      isDraining = true;
      server.close();
      server.closeIdleConnections();
      await connections.ended(milliseconds);
    },
  };
}

/** @returns `HOST:PORT` */
export async function listenOn(
  server: net.Server,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { address, port: found, family } = server.address() as net.AddressInfo;
  return `${family === 'IPv6' ? `[${address}]` : address}:${found}`;
}

const prefix = randomName().slice(0, 8);
let count = 0;

/** Tells requests apart, also those of several processes and runs; nobody needs to guess it. */
function nextId(): string {
  count += 1;
  return `${prefix}-${count.toString(36)}`;
}

async function serve(
  hub: Dispatcher,
  { elapsed, served }: Pick<ServerOptions, 'elapsed' | 'served'>,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): Promise<void> {
  const began = elapsed();
  const id = nextId();
  hub.metrics.underWay += 1;
  const { answer, ...seen } = await dispatch(hub, request, id);
  const sent = await send(request, response, {
    ...answer,
    headers: { 'docker-distribution-api-version': 'registry/2.0', 'x-request-id': id, ...answer.headers },
  });
  hub.metrics.underWay -= 1;
  served({
    id,
    method: request.method ?? 'GET',
    path: (request.url ?? '/').split('?', 1)[0] ?? '/',
    ...seen,
    ...(answer.moved === undefined || answer.moved.length === 0 ? {} : { moved: answer.moved }),
    status: answer.status,
    milliseconds: elapsed() - began,
    sent,
    address: request.socket.remoteAddress ?? '',
  });
}

/** @returns bytes of the body that were handed to the connection */
async function send(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  { status, headers = {}, body }: Answer,
): Promise<number> {
  const isFile = body !== undefined && typeof body !== 'string' && !Buffer.isBuffer(body);
  const size = isFile || body === undefined ? 0 : Buffer.byteLength(body);
  const length = isFile || status === 204 || headers['content-length'] !== undefined ? {} : { 'content-length': size };
  discardRest(request);
  try {
    response.writeHead(status, { ...headers, ...length });
    if (request.method === 'HEAD') response.end();
    else if (isFile) {
      endWhenStalled(response);
      await sendFile(response, body);
      return Number(headers['content-length'] ?? 0);
    } else response.end(body);
    return request.method === 'HEAD' ? 0 : size;
  } catch {
    response.destroy(); // The client has gone.
    return 0;
  }
}
