/** The hub's HTTP server: finds the route, sends its answer, says what happened, ends in order. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { randomName } from '../../base/files.ts';
import type { Registry } from '../registry/registry.ts';
import { bodyOf, discardRest, endWhenStalled } from './body.ts';
import type { Answer, Call, Route } from './call.ts';
import { answerFor, errorAnswer } from './errors.ts';
import { Framing } from './framing.ts';

export interface ServedRequest {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly route: string;
  readonly status: number;
  readonly milliseconds: number;
  /** What the answer to a 500 does not say. */
  readonly failure?: unknown;
}

export interface ServerOptions {
  readonly registry: Registry;
  readonly routes: readonly Route[];
  readonly host: string;
  readonly port: number;
  /** Milliseconds that only grow. */
  elapsed(): number;
  served(request: ServedRequest): void;
}

export interface RunningServer {
  readonly address: string;
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
  const framing = new Framing();
  const server = http.createServer(
    {
      headersTimeout: HEADERS_MILLISECONDS,
      requestTimeout: 0,
      maxHeaderSize: MAX_HEADER_SIZE,
      keepAliveTimeout: 75_000,
    },
    (request, response) => {
      if (!framing.isBehindRefused(request)) void serve({ ...options, framing }, request, response);
    },
  );
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { address, port, family } = server.address() as AddressInfo;
  return {
    address: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    async drain(milliseconds) {
      const ended = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const late = setTimeout(() => server.closeAllConnections(), milliseconds);
      await ended;
      clearTimeout(late);
    },
  };
}

async function serve(
  { framing, ...options }: ServerOptions & { framing: Framing },
  request: http.IncomingMessage,
  response: http.ServerResponse,
): Promise<void> {
  const began = options.elapsed();
  const { method = 'GET' } = request;
  const id = randomName();
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  let route = 'none';
  let failure: unknown;
  let answer: Answer;
  try {
    const found = findRoute(options.routes, path);
    route = found?.route.id ?? 'none';
    answer =
      framing.refusalOf(request) ??
      (await (found === undefined ? notFound(path) : run(found, options.registry, request)));
  } catch (error) {
    const known = answerFor(error);
    if (known === undefined) failure = error;
    answer = known ?? errorAnswer(500, 'UNKNOWN', `The hub failed; its log says why under ${id}`);
  }
  await send(request, response, {
    ...answer,
    headers: { 'docker-distribution-api-version': 'registry/2.0', 'x-request-id': id, ...answer.headers },
  });
  options.served({
    id,
    method,
    path,
    route,
    status: answer.status,
    milliseconds: options.elapsed() - began,
    ...(failure === undefined ? {} : { failure }),
  });
}

function findRoute(
  routes: readonly Route[],
  path: string,
): { route: Route; parameters: Record<string, string> } | undefined {
  for (const route of routes) {
    const match = route.pattern.exec(path);
    if (match !== null) return { route, parameters: { ...match.groups } };
  }
  return undefined;
}

async function notFound(path: string): Promise<Answer> {
  return errorAnswer(404, 'NAME_UNKNOWN', `There is nothing at ${JSON.stringify(path.slice(0, 200))}`);
}

async function run(
  { route, parameters }: { route: Route; parameters: Record<string, string> },
  registry: Registry,
  request: http.IncomingMessage,
): Promise<Answer> {
  const handle = route.methods[request.method as keyof Route['methods']];
  if (handle === undefined)
    return errorAnswer(405, 'UNSUPPORTED', `${request.method} is not done here`, {
      allow: Object.keys(route.methods).join(', '),
    });
  const call: Call = {
    method: request.method ?? 'GET',
    url: new URL(request.url ?? '/', 'http://hub'),
    parameters,
    registry,
    body: bodyOf(request),
    header: (name) => {
      const value = request.headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
  };
  return handle(call);
}

async function send(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  { status, headers = {}, body }: Answer,
): Promise<void> {
  const isStream = body !== undefined && typeof body !== 'string' && !Buffer.isBuffer(body);
  const length = isStream
    ? {}
    : status === 204 || headers['content-length'] !== undefined
      ? {}
      : { 'content-length': String(body === undefined ? 0 : Buffer.byteLength(body as string | Buffer)) };
  discardRest(request);
  try {
    response.writeHead(status, { ...headers, ...length });
    if (!isStream) response.end(request.method === 'HEAD' ? undefined : body);
    else if (request.method === 'HEAD') response.end();
    else {
      endWhenStalled(response);
      await pipeline(body, response);
    }
  } catch {
    response.destroy(); // The client has gone.
  }
}
