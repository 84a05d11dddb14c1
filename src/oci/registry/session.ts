/**
 * Requests to one registry as its clients make them: authorised when it asks, repeated when it is
 * busy or the line breaks, redirected without taking credentials along.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { WaybillError } from '../../base/errors.ts';
import { registryError } from './answers.ts';
import { type Access, type Authorizer, unauthorized } from './authorize.ts';
import { isBrokenLine } from './http/failures.ts';
import type { HttpBody, HttpRequest, HttpResponse, Transport } from './transport.ts';

export interface SessionOptions {
  /** `host[:port]`. */
  readonly host: string;
  readonly isPlainHttp: boolean;
  readonly transport: Transport;
  readonly authorizer: Authorizer;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds before the first repetition; doubled each time. */
  readonly backOff?: number;
}

export interface Ask {
  readonly method: HttpRequest['method'];
  /** A path below the registry, or an address that it gave. */
  readonly to: string | URL;
  /** What it needs to be allowed; nothing but being known if absent. */
  readonly access: Access | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: HttpBody;
  /** Answers that are expected; others are errors. */
  readonly expect: readonly number[];
  /** What is being done, for the message: `pull acme/digits:1.2.0`. */
  readonly attempt: string;
  /** Whether the request may be sent twice; uploads of chunks find out first what arrived. */
  readonly isRepeatable?: boolean;
  /** Ends this request alone. */
  readonly signal?: AbortSignal;
}

/** Registries send on to their storage once, some twice. */
const MAX_REDIRECTS = 5;
/** With a longer wait after each; what does not answer then is down. */
const MAX_TRIES = 5;
const BACK_OFF_MILLISECONDS = 500;
/** Longer than this nobody waits at a terminal; the message says so. */
const MAX_WAIT_MILLISECONDS = 60_000;
/** Answers that may be another one a moment later: RFC 9110 §15.5.9, RFC 6585 §4, RFC 9110 §15.6. */
const PASSING = new Set([408, 429, 500, 502, 503, 504]);

export class Session {
  readonly host: string;
  readonly #options: SessionOptions;
  readonly #base: URL;

  constructor(options: SessionOptions) {
    this.host = options.host;
    this.#options = options;
    this.#base = new URL(`${options.isPlainHttp ? 'http' : 'https'}://${options.host}/`);
  }

  /** An address that the registry gave, relative or absolute (distribution specification, "Pushing blobs"). */
  resolve(location: string, from: URL = this.#base): URL {
    try {
      return new URL(location, from);
    } catch (cause) {
      throw new WaybillError(
        'REGISTRY_UNAVAILABLE',
        `Cannot use ${this.host}: it answers with an address that is none`,
        { cause },
      );
    }
  }

  /** @throws WaybillError UNAUTHORIZED, DENIED, …_UNKNOWN, TOOMANYREQUESTS, REGISTRY_UNAVAILABLE */
  async ask(ask: Ask): Promise<HttpResponse> {
    let wait = this.#options.backOff ?? BACK_OFF_MILLISECONDS;
    for (let tries = 1; ; tries++) {
      this.#options.signal?.throwIfAborted();
      ask.signal?.throwIfAborted();
      const isLast = tries === MAX_TRIES || ask.isRepeatable === false;
      let response: HttpResponse;
      try {
        response = await this.#authorised(ask);
      } catch (error) {
        if (isLast || !isBrokenLine(error)) throw error;
        await this.#pause(wait);
        wait *= 2;
        continue;
      }
      if (ask.expect.includes(response.status)) return response;
      const asked = retryAfter(response.header('retry-after'), Date.parse(response.header('date') ?? ''));
      const isTooLong = asked !== undefined && asked > MAX_WAIT_MILLISECONDS;
      if (isLast || !PASSING.has(response.status) || isTooLong)
        throw await registryError(response, ask.attempt, this.host);
      await response.discard();
      await this.#pause(asked ?? wait);
      wait *= 2;
    }
  }

  /** A piece of an answer's body that nobody needs any more: its memory is used again. */
  giveBack(piece: Uint8Array): void {
    this.#options.transport.giveBack(piece);
  }

  async #authorised(ask: Ask): Promise<HttpResponse> {
    const { authorizer } = this.#options;
    const sent = authorizer.headerFor(ask.access);
    const first = await this.#follow(ask, sent);
    if (first.status !== 401) return first;
    const isAnswered = await authorizer.answer(first, ask.access, sent);
    if (!isAnswered)
      throw unauthorized(
        this.host,
        sent !== undefined ? 'it refuses these credentials' : 'it wants a user name and password',
      );
    await first.discard();
    const second = await this.#follow(ask, authorizer.headerFor(ask.access));
    if (second.status === 401) throw unauthorized(this.host, `these credentials do not allow to ${ask.attempt}`);
    return second;
  }

  /** Redirects go along with reading only; what another origin gets is the bare request. */
  async #follow(
    { method, to, headers = {}, body, signal }: Ask,
    authorization: string | undefined,
  ): Promise<HttpResponse> {
    let url = this.resolve(String(to));
    this.#checkTls(url, this.#base, 'sends on');
    const signals = [this.#options.signal, signal].filter((one) => one !== undefined);
    const either = signals.length > 1 ? AbortSignal.any(signals) : signals[0];
    for (let hops = 0; ; hops++) {
      const isOwn = url.origin === this.#base.origin;
      const response = await this.#options.transport.send({
        method,
        url,
        headers: { ...headers, ...(isOwn && authorization !== undefined ? { authorization } : {}) },
        ...(body === undefined ? {} : { body }),
        signal: either,
      });
      const location = response.header('location');
      const isRedirect = [301, 302, 303, 307, 308].includes(response.status) && location !== undefined;
      if (!isRedirect || (method !== 'GET' && method !== 'HEAD')) return response;
      await response.discard();
      const next = this.resolve(location, url);
      if (hops >= MAX_REDIRECTS)
        throw new WaybillError(
          'REGISTRY_UNAVAILABLE',
          `Cannot use ${this.host}: it redirects more than ${MAX_REDIRECTS} times`,
        );
      this.#checkTls(next, url, 'redirects');
      url = next;
    }
  }

  /** What was asked for with TLS is never sent or read without it. @throws WaybillError DENIED */
  #checkTls(next: URL, from: URL, verb: string): void {
    if (next.protocol === 'https:' || (next.protocol === 'http:' && from.protocol === 'http:')) return;
    throw new WaybillError('DENIED', `Cannot use ${this.host}: it ${verb} to ${next.origin}, without TLS`);
  }

  async #pause(milliseconds: number): Promise<void> {
    const { signal } = this.#options;
    await sleep(milliseconds, undefined, signal === undefined ? {} : { signal });
  }
}

/** Milliseconds, from seconds or a date by the registry's own clock: RFC 9110 §10.2.3. */
export function retryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) || Number.isNaN(now) ? undefined : Math.max(0, date - now);
}
