/** One connection to a host or its proxy: bytes out with back pressure, heads and bodies in. */
import type net from 'node:net';
import type { Arrivals } from './arrivals.ts';
import { badAnswer, lineError } from './failures.ts';
import { type Framing, type Head, MAX_HEAD_SIZE, parseHead } from './message.ts';

/** RFC 9112 §7.1 sets none; nobody sends extensions of chunks. */
const MAX_CHUNK_LINE = 4096;

export class Connection implements Disposable {
  readonly #socket: net.Socket;
  readonly #arrivals: Arrivals;
  readonly #host: string;
  readonly #listeners: (readonly [string, (argument: never) => void])[] = [];

  /**
   * @param socket connected
   * @param isFed whether the socket was made to read into these arrivals
   * @param idle milliseconds of silence after which the line counts as broken
   */
  constructor(
    socket: net.Socket,
    { arrivals, isFed, host, idle }: { arrivals: Arrivals; isFed: boolean; host: string; idle: number },
  ) {
    this.#socket = socket;
    this.#host = host;
    this.#arrivals = arrivals;
    arrivals.onRoom = () => socket.setTimeout(idle).resume();
    this.#listen({
      error: (error: Error) => arrivals.finish(error),
      end: () => arrivals.finish(),
      close: () => arrivals.finish(lineError('ECONNRESET', 'the connection was closed')),
      timeout: () => {
        // Where nobody takes what arrived it is us who are slow.
        if (!arrivals.isFull) this.fail(lineError('ETIMEDOUT', `no answer for ${idle / 1000} seconds`));
      },
      ...(!isFed && {
        data: (chunk: Uint8Array) => {
          if (!arrivals.add(chunk)) socket.pause();
        },
      }),
    });
    socket.setTimeout(idle);
  }

  /** Whether a further request may be sent: nothing has come that nobody asked for, not even the end. */
  get isUsable(): boolean {
    return !this.#arrivals.isOver && this.#arrivals.isEmpty && this.#socket.writable;
  }

  /** Ends the connection; whoever waits for bytes gets this error. */
  fail(error: unknown): void {
    this.#arrivals.finish(error);
    this.#socket.destroy();
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  /** Leaves the socket to somebody else, once the head of a tunnel has been read. */
  release(): net.Socket {
    for (const [event, listener] of this.#listeners) this.#socket.off(event, listener as () => void);
    return this.#socket.setTimeout(0).pause();
  }

  /**
   * @returns once the system has taken all of it, so that its memory may be used again, or never will:
   *   who then reads gets the reason
   */
  write(bytes: Uint8Array | string): Promise<void> {
    return new Promise((resolve) => {
      if (this.#socket.destroyed) resolve();
      else this.#socket.write(bytes, () => resolve());
    });
  }

  /** @throws WaybillError REGISTRY_UNAVAILABLE for what is not HTTP; errors of the line as they are */
  async readHead(): Promise<Head> {
    for (;;) {
      const text = await this.#readUntil('\r\n\r\n', MAX_HEAD_SIZE);
      const head = text === undefined ? undefined : parseHead(text);
      if (head === undefined) throw badAnswer(this.#host, 'it does not answer as HTTP does');
      // Interim answers only announce the one that counts.
      if (head.status >= 200) return head;
    }
  }

  /** The bytes of a body. @throws ECONNRESET when the line ends first */
  async *readBody(framing: Framing): AsyncGenerator<Uint8Array, void> {
    if (framing === 'chunked') yield* this.#readChunked();
    else if (framing === 'until closed')
      for (;;) {
        const chunk = await this.#arrivals.take();
        if (chunk === undefined) return;
        yield chunk;
      }
    else yield* this.#readExactly(framing);
  }

  #listen(listeners: Readonly<Record<string, (argument: never) => void>>): void {
    for (const [event, listener] of Object.entries(listeners)) {
      this.#socket.on(event, listener as () => void);
      this.#listeners.push([event, listener]);
    }
  }

  async *#readExactly(size: number): AsyncGenerator<Uint8Array, void> {
    for (let left = size; left > 0; ) {
      const chunk = await this.#takeMore();
      if (chunk.length > left) this.#arrivals.putBack(chunk.subarray(left));
      const own = chunk.length > left ? chunk.subarray(0, left) : chunk;
      left -= own.length;
      yield own;
    }
  }

  async *#readChunked(): AsyncGenerator<Uint8Array, void> {
    for (;;) {
      const line = await this.#readUntil('\r\n', MAX_CHUNK_LINE);
      const [, digits] = /^([0-9A-Fa-f]{1,12})[ \t]*(?:;.*)?$/.exec(line ?? '') ?? [];
      if (digits === undefined) throw badAnswer(this.#host, 'it sends a chunk without a length');
      const size = Number.parseInt(digits, 16);
      if (size === 0) break;
      yield* this.#readExactly(size);
      if ((await this.#readUntil('\r\n', 2)) !== '') throw badAnswer(this.#host, 'it sends a chunk that is too long');
    }
    // Trailers say nothing that counts.
    for (let size = 0; ; ) {
      const line = await this.#readUntil('\r\n', MAX_HEAD_SIZE - size);
      if (line === undefined) throw badAnswer(this.#host, 'its trailers have no end');
      if (line === '') return;
      size += line.length;
    }
  }

  /** Text up to a mark, which is taken as well; undefined when it does not come within the limit. */
  async #readUntil(mark: string, limit: number): Promise<string | undefined> {
    let text = '';
    for (;;) {
      const chunk = await this.#takeMore();
      const from = Math.max(0, text.length - mark.length + 1);
      const seen = Math.min(chunk.length, limit + mark.length - text.length);
      const before = text.length;
      text += Buffer.from(chunk.buffer, chunk.byteOffset, seen).toString('latin1');
      const at = text.indexOf(mark, from);
      if (at >= 0) {
        this.#arrivals.putBack(chunk.subarray(at + mark.length - before));
        return text.slice(0, at);
      }
      if (text.length >= limit) return undefined;
    }
  }

  async #takeMore(): Promise<Uint8Array> {
    const chunk = await this.#arrivals.take();
    if (chunk === undefined) throw lineError('ECONNRESET', 'the answer was cut short');
    return chunk;
  }
}
