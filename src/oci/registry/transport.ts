/**
 * One HTTP exchange with a registry, over connections that are kept: TLS with one's own
 * certificates, proxies from the environment, time-outs. Never follows a redirect by itself
 * (session.ts decides what may go to another origin).
 */
import http from 'node:http';
import https from 'node:https';
import { collect } from '../../base/bytes.ts';
import { systemCode, WaybillError } from '../../base/errors.ts';

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
  /** Certificates in PEM that are trusted beside the system's. */
  readonly certificates?: readonly string[];
  /** Where HTTP_PROXY, HTTPS_PROXY and NO_PROXY are looked up. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** A registry that says nothing for so long is gone. */
const IDLE_MILLISECONDS = 60_000;
/** Answers that are errors or tokens; more is not worth reading. */
export const MAX_ANSWER_SIZE: number = 1024 * 1024;

export class Transport implements Disposable {
  readonly #http: http.Agent;
  readonly #https: https.Agent;

  constructor({ certificates = [], environment = {} }: TransportOptions = {}) {
    const common = { keepAlive: true, maxSockets: 32, timeout: IDLE_MILLISECONDS, proxyEnv: { ...environment } };
    this.#http = new http.Agent(common);
    this.#https = new https.Agent({ ...common, ...(certificates.length === 0 ? {} : { ca: [...certificates] }) });
  }

  /** @throws WaybillError REGISTRY_UNAVAILABLE when there is no answer */
  async send(request: HttpRequest): Promise<HttpResponse> {
    try {
      return await this.#exchange(request);
    } catch (error) {
      throw unavailable(request.url, error);
    }
  }

  [Symbol.dispose](): void {
    this.#http.destroy();
    this.#https.destroy();
  }

  async #exchange({ method, url, headers = {}, body, signal }: HttpRequest): Promise<HttpResponse> {
    const isTls = url.protocol === 'https:';
    const length =
      body === undefined
        ? method === 'POST' || method === 'PUT' || method === 'PATCH'
          ? { 'content-length': '0' }
          : {}
        : { 'content-length': String(body.size) };
    const request = (isTls ? https : http).request(url, {
      method,
      agent: isTls ? this.#https : this.#http,
      headers: { 'user-agent': 'waybill', accept: '*/*', ...length, ...headers },
      timeout: IDLE_MILLISECONDS,
      ...(signal === undefined ? {} : { signal }),
    });
    const answered = new Promise<http.IncomingMessage>((resolve, reject) => {
      request.once('response', resolve);
      request.once('error', reject);
      request.once('timeout', () => request.destroy(new Error(`no answer for ${IDLE_MILLISECONDS / 1000} seconds`)));
    });
    const sent = body === undefined ? Promise.resolve(request.end()) : sendBody(request, body);
    // A registry may answer, with an error, before it has taken the whole body.
    const response = await Promise.race([answered, sent.then(() => answered)]);
    sent.catch(() => {});
    return wrap(response, url);
  }
}

async function sendBody(request: http.ClientRequest, body: HttpBody): Promise<void> {
  const waiting = new Set<() => void>();
  const release = () => {
    for (const done of waiting) done();
  };
  // Once there is an answer, or no connection, nobody takes what still waits.
  request.once('close', release).once('response', release);
  const write = (chunk: Uint8Array) =>
    new Promise<void>((resolve) => {
      const done = () => {
        waiting.delete(done);
        resolve();
      };
      waiting.add(done);
      request.write(chunk, (error) => {
        if (!error) body.sent?.(chunk.length);
        done();
      });
    });
  try {
    // One chunk is on its way while the next is read: its bytes are not copied, so they must not change.
    let before: Promise<void> | undefined;
    for await (const chunk of body.chunks()) {
      if (request.destroyed || request.writableEnded) return;
      const written = write(chunk);
      await before;
      before = written;
    }
    await before;
    request.end();
  } catch (error) {
    request.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
}

function wrap(response: http.IncomingMessage, url: URL): HttpResponse {
  return {
    status: response.statusCode ?? 0,
    url,
    header: (name) => {
      const value = response.headers[name.toLowerCase()];
      return Array.isArray(value) ? value.join(', ') : value;
    },
    body: readBody(response, url),
    async discard() {
      try {
        await collect(response, MAX_ANSWER_SIZE, 'the answer');
      } catch {
        response.destroy();
      }
    },
  };
}

async function* readBody(response: http.IncomingMessage, url: URL): AsyncIterable<Uint8Array> {
  try {
    yield* response;
  } catch (error) {
    throw unavailable(url, error);
  }
}

function unavailable(url: URL, error: unknown): unknown {
  if (error instanceof WaybillError || (error instanceof Error && error.name === 'AbortError')) return error;
  const found: Record<string, string> = {
    ECONNREFUSED: 'nobody listens there',
    ENOTFOUND: 'there is no such host',
    EAI_AGAIN: 'the name cannot be looked up now',
    ECONNRESET: 'the connection broke',
    EPIPE: 'the connection broke',
    ETIMEDOUT: 'there was no answer in time',
    EHOSTUNREACH: 'the host cannot be reached',
    ENETUNREACH: 'there is no network',
    EPROTO: 'it does not speak TLS',
    ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS',
  };
  const code = systemCode(error) ?? '';
  const isCertificate = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/.test(code);
  const reason = isCertificate
    ? 'its certificate is not trusted'
    : (found[code] ?? (error instanceof Error ? error.message : String(error)));
  const hint = isCertificate
    ? 'Name its certificate authority with --ca FILE'
    : code === 'EPROTO' || code === 'ERR_SSL_WRONG_VERSION_NUMBER'
      ? `If it really speaks plain http: --plain-http`
      : 'Check the name of the host, the network and the proxy settings';
  return new WaybillError('REGISTRY_UNAVAILABLE', `Cannot reach ${url.host}: ${reason}`, { cause: error, hint });
}
