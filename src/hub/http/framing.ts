/**
 * Requests that a proxy in front of the hub could understand in another way: RFC 9112 §3.2 and §6.1.
 * Node itself refuses a length that is said twice or beside chunks; here is what it lets through.
 */
import type http from 'node:http';
import type { Answer } from './call.ts';
import { errorAnswer } from './errors.ts';

export class Framing {
  readonly #refused = new WeakSet<object>();

  /** Whether it stands behind a refused one on the same connection: nobody knows whose it is, so it is not done. */
  isBehindRefused({ socket }: http.IncomingMessage): boolean {
    return this.#refused.has(socket);
  }

  /** The answer to a request that must not be understood at all, and ends its connection; undefined for others. */
  refusalOf({ rawHeaders, headers, socket }: http.IncomingMessage): Answer | undefined {
    const hosts = rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host').length;
    const coding = headers['transfer-encoding'];
    const found =
      hosts > 1
        ? 'it names more than one host'
        : coding !== undefined && coding.toLowerCase() !== 'chunked'
          ? `its body is encoded as ${JSON.stringify(coding.slice(0, 100))}, and only chunked is understood`
          : undefined;
    if (found === undefined) return undefined;
    this.#refused.add(socket);
    return errorAnswer(400, 'UNSUPPORTED', `Cannot read the request: ${found}`, { connection: 'close' });
  }
}
