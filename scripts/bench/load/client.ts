/** A client as plain as can be: eight connections that stay open, and no checks but the status. */
import http from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Target } from './load.ts';

/** Whatever is asked is asked of this one. */
export const REPOSITORY = 'bench/load';

export interface Answered {
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

export interface Asked {
  readonly body?: Uint8Array | { readonly size: number; readonly chunks: Iterable<Uint8Array> };
  readonly type?: string;
  readonly authorization?: string;
}

/** What is kept of an answer's body; more is counted and thrown away. */
const MAX_KEPT = 64 * 1024;
const ACCEPT = 'application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json';

export class Client {
  readonly #target: Target;
  readonly #agent: http.Agent;
  #authorization: string | undefined;
  requests = 0;
  /** Of them, those whose connection broke. */
  broken = 0;
  /** Milliseconds. */
  slowest = 0;

  constructor(target: Target, connections = 8) {
    this.#target = target;
    this.#agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  }

  close(): void {
    this.#agent.destroy();
  }

  /** Gets a session token, as clients of registries do. */
  async login(): Promise<void> {
    const { login } = this.#target;
    if (login === undefined) return;
    const basic = Buffer.from(`${login.name}:${login.password}`).toString('base64');
    const path = `/token?scope=repository:${REPOSITORY}:pull,push`;
    const { text } = await this.ask('GET', path, { authorization: `Basic ${basic}` });
    this.#authorization = `Bearer ${JSON.parse(text).token}`;
  }

  /** Counts from here on. */
  begin(): void {
    this.requests = 0;
    this.broken = 0;
    this.slowest = 0;
  }

  /** @throws Error for any status of 400 and more */
  async ask(method: string, path: string, { body, type, authorization }: Asked = {}): Promise<Answered> {
    const began = performance.now();
    const [host, port] = this.#target.host.split(':');
    const wanted = authorization ?? this.#authorization;
    const isBytes = body instanceof Uint8Array;
    const length = body === undefined ? 0 : isBytes ? body.length : body.size;
    const request = http.request({
      host,
      port,
      method,
      path,
      agent: this.#agent,
      headers: {
        accept: ACCEPT,
        ...(wanted === undefined ? {} : { authorization: wanted }),
        ...(method === 'GET' ? {} : { 'content-length': length }),
        ...(type === undefined ? {} : { 'content-type': type }),
      },
    });
    try {
      const answered = answerTo(request);
      if (body === undefined || isBytes) request.end(body);
      else await pipeline(body.chunks, request);
      const { status, ...answer } = await answered;
      if (status >= 400) throw new Error(`${method} ${path} gave ${status}: ${answer.text}`);
      return answer;
    } finally {
      this.requests += 1;
      this.slowest = Math.max(this.slowest, performance.now() - began);
    }
  }

  async putBlob(digest: string, body: NonNullable<Asked['body']>): Promise<void> {
    const { headers } = await this.ask('POST', `/v2/${REPOSITORY}/blobs/uploads/`);
    const { pathname, searchParams } = new URL(headers.location ?? '', `http://${this.#target.host}`);
    searchParams.set('digest', digest);
    await this.ask('PUT', `${pathname}?${searchParams}`, { body, type: 'application/octet-stream' });
  }
}

function answerTo(request: http.ClientRequest): Promise<Answered & { status: number }> {
  return new Promise((resolve, reject) => {
    request.once('error', reject);
    request.once('response', (response) => {
      const kept: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size <= MAX_KEPT) kept.push(chunk);
      });
      response.once('error', reject);
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(kept).toString('utf8'),
        }),
      );
    });
  });
}
