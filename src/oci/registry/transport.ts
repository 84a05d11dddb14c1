/**
 * One HTTP exchange with a registry, over connections that are kept: TLS with one's own
 * certificates, proxies from the environment, time-outs. Never follows a redirect by itself
 * (session.ts decides what may go to another origin).
 * HTTP/1.1 is spoken by http/ and not by Node's client: for each byte that is received it costs a
 * third of the time, and a command that asks a registry one thing starts in two thirds.
 */
import { collect } from '../../base/bytes.ts';
import { Buffers } from './http/buffers.ts';
import type { Connection } from './http/connection.ts';
import { dial } from './http/dial.ts';
import { badAnswer, isBrokenLine, unavailable } from './http/failures.ts';
import { formatHead, framingOf, type Head } from './http/message.ts';
import { type ProxyEnvironment, proxyFor, proxyHeaders } from './http/proxy.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: HttpBody;
  readonly signal?: AbortSignal | undefined;
}

/** A body that can be sent again when the connection breaks. */
export interface HttpBody {
  /** Bytes. */
  readonly size: number;
  /** A chunk may be written over once the one after the next is asked for. */
  chunks(): AsyncIterable<Uint8Array>;
  /** Is told how many more bytes have gone. */
  sent?(bytes: number): void;
}

export interface HttpResponse {
  readonly status: number;
  readonly url: URL;
  header(name: string): string | undefined;
  /** Must be read to its end or discarded, so that the connection can be used again. */
  readonly body: AsyncIterable<Uint8Array>;
  discard(): Promise<void>;
}

export interface TransportOptions {
  /** Certificates in PEM that are trusted beside those that Node trusts. */
  readonly certificates?: readonly string[];
  /** Where HTTP_PROXY, HTTPS_PROXY and NO_PROXY are looked up. */
  readonly environment?: ProxyEnvironment;
  /** Milliseconds of silence after which a line counts as broken. */
  readonly idle?: number;
}

/** A registry that says nothing for so long is gone. */
const IDLE_MILLISECONDS = 60_000;
/** Servers close kept connections after 5 seconds at the least; a request must not meet that moment. */
const KEPT_MILLISECONDS = 4_000;
/** Answers that are errors or tokens; more is not worth reading. */
export const MAX_ANSWER_SIZE: number = 1024 * 1024;

interface Kept {
  readonly connection: Connection;
  readonly until: number;
}

/** How a host is reached: connections that may be used for each other have the same key. */
interface Route {
  readonly key: string;
  readonly proxy: URL | undefined;
}

export class Transport implements Disposable {
  readonly #options: Required<TransportOptions>;
  readonly #kept = new Map<string, Kept[]>();
  readonly #open = new Set<Connection>();
  readonly #sessions = new Map<string, Buffer>();
  readonly #buffers = new Buffers();

  constructor({ certificates = [], environment = {}, idle = IDLE_MILLISECONDS }: TransportOptions = {}) {
    this.#options = { certificates, environment, idle };
  }

  /** @throws WaybillError REGISTRY_UNAVAILABLE when there is no answer */
  async send(request: HttpRequest): Promise<HttpResponse> {
    try {
      const proxy = proxyFor(request.url, this.#options.environment);
      const route = { proxy, key: `${request.url.origin} ${proxy?.href ?? ''}` };
      const kept = this.#take(route.key);
      if (kept !== undefined) {
        try {
          return await this.#exchange(kept, request, route);
        } catch (error) {
          // The registry closed it just then; that says nothing of the request.
          const isSafe = request.method === 'GET' || request.method === 'HEAD';
          if (!isSafe || !isBrokenLine(error)) throw error;
        }
      }
      return await this.#exchange(await this.#dial(request, route), request, route);
    } catch (error) {
      request.signal?.throwIfAborted();
      throw unavailable(request.url.host, error);
    }
  }

  /** A piece of a body that nobody needs any more: its memory is used again. */
  giveBack(piece: Uint8Array): void {
    this.#buffers.giveBack(piece);
  }

  [Symbol.dispose](): void {
    for (const connection of this.#open) connection[Symbol.dispose]();
  }

  #take(key: string): Connection | undefined {
    const list = this.#kept.get(key) ?? [];
    for (let next = list.pop(); next !== undefined; next = list.pop()) {
      if (next.connection.isUsable && performance.now() < next.until) return next.connection;
      this.#drop(next.connection);
    }
    return undefined;
  }

  async #dial({ url, signal }: HttpRequest, { proxy }: Route): Promise<Connection> {
    signal?.throwIfAborted();
    const connection = await dial(url, {
      ...this.#options,
      proxy,
      signal,
      sessions: this.#sessions,
      buffers: this.#buffers,
    });
    this.#open.add(connection);
    return connection;
  }

  #keep(connection: Connection, key: string): void {
    const list = this.#kept.get(key) ?? [];
    list.push({ connection, until: performance.now() + KEPT_MILLISECONDS });
    this.#kept.set(key, list);
  }

  #drop(connection: Connection): void {
    this.#open.delete(connection);
    connection[Symbol.dispose]();
  }

  async #exchange(connection: Connection, request: HttpRequest, { proxy, key }: Route): Promise<HttpResponse> {
    const { method, url, signal } = request;
    const stop = () => connection.fail(signal?.reason);
    signal?.addEventListener('abort', stop);
    let isSent = false;
    const finish = (isReusable: boolean) => {
      signal?.removeEventListener('abort', stop);
      if (isReusable && isSent) this.#keep(connection, key);
      else this.#drop(connection);
    };
    try {
      const isPlainProxy = proxy !== undefined && url.protocol === 'http:';
      const target = `${isPlainProxy ? url.origin : ''}${url.pathname}${url.search}`;
      const headers = { ...headersOf(request), ...(isPlainProxy ? proxyHeaders(proxy) : {}) };
      let isAnswered = false;
      // A registry may answer, with an error, before it has taken the whole body.
      const sent = sendRequest(connection, formatHead(method, target, headers), request.body, () => isAnswered);
      sent.then(
        (isWhole) => {
          isSent = isWhole;
        },
        (error) => connection.fail(error),
      );
      const head = await connection.readHead();
      isAnswered = true;
      return respond(connection, request, head, finish);
    } catch (error) {
      finish(false);
      throw error;
    }
  }
}

function headersOf({ method, url, headers = {}, body }: HttpRequest): Record<string, string> {
  const hasBody = body !== undefined || method === 'POST' || method === 'PUT' || method === 'PATCH';
  return {
    host: url.host,
    'user-agent': 'waybill',
    accept: '*/*',
    ...(hasBody ? { 'content-length': String(body?.size ?? 0) } : {}),
    ...headers,
  };
}

/** @returns whether all of it went */
async function sendRequest(
  connection: Connection,
  head: string,
  body: HttpBody | undefined,
  isAnswered: () => boolean,
): Promise<boolean> {
  let before = connection.write(head);
  if (body === undefined) return true;
  let size = 0;
  for await (const chunk of body.chunks()) {
    if (isAnswered() || !connection.isUsable) return false;
    size += chunk.length;
    if (size > body.size) throw new TypeError('a body has more bytes than its length says');
    // One chunk is on its way while the next is read.
    const written = connection.write(chunk).then(() => body.sent?.(chunk.length));
    await before;
    before = written;
  }
  await before;
  if (size < body.size) throw new TypeError('a body has fewer bytes than its length says');
  return true;
}

function respond(
  connection: Connection,
  request: HttpRequest,
  head: Head,
  finish: (isReusable: boolean) => void,
): HttpResponse {
  const { url } = request;
  const framing = framingOf(request.method, head);
  if (framing === undefined) throw badAnswer(url.host, 'the length of its answer is unclear');
  const isReusable = head.isPersistent && framing !== 'until closed';
  if (framing === 0) finish(isReusable);
  const body = framing === 0 ? empty() : readBody(connection.readBody(framing), request, { isReusable, finish });
  return {
    status: head.status,
    url,
    header: (name) => head.headers.get(name.toLowerCase()),
    body,
    async discard() {
      try {
        await collect(body, MAX_ANSWER_SIZE, 'the answer');
      } catch {
        finish(false);
      }
    },
  };
}

async function* empty(): AsyncIterable<Uint8Array> {}

async function* readBody(
  chunks: AsyncIterable<Uint8Array>,
  { url, signal }: HttpRequest,
  { isReusable, finish }: { isReusable: boolean; finish: (isReusable: boolean) => void },
): AsyncIterable<Uint8Array> {
  let isWhole = false;
  try {
    yield* chunks;
    isWhole = true;
  } catch (error) {
    signal?.throwIfAborted();
    throw unavailable(url.host, error);
  } finally {
    finish(isWhole && isReusable);
  }
}
