/** HTTP as bytes: a connection on which anything can be written, and the answers that come back, in order. */
import { once } from 'node:events';
import net from 'node:net';

export interface WireAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

interface Waiting {
  readonly isHead: boolean;
  /** Undefined: the connection ended before. */
  tell(answer: WireAnswer | undefined): void;
}

export class Wire {
  readonly #socket: net.Socket;
  readonly #waiting: Waiting[] = [];
  readonly #pieces: Buffer[] = [];
  #size = 0;
  /** Bytes that must have come before another look is worth it. */
  #wanted = 0;
  isClosed = false;

  private constructor(socket: net.Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => {
      this.#pieces.push(chunk);
      this.#size += chunk.length;
      if (this.#size >= this.#wanted) this.#read();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.isClosed = true;
      for (const { tell } of this.#waiting.splice(0)) tell(undefined);
    });
  }

  static async open(port: number): Promise<Wire> {
    const socket = net.connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new Wire(socket);
  }

  write(bytes: string | Uint8Array): void {
    if (!this.isClosed) this.#socket.write(bytes);
  }

  /** The next answer that nobody waits for yet; undefined when the connection ends before it. */
  answer(isHead = false): Promise<WireAnswer | undefined> {
    if (this.isClosed) return Promise.resolve(undefined);
    return new Promise((tell) => {
      this.#waiting.push({ isHead, tell });
      this.#read();
    });
  }

  /** Resolves when the other side has ended the connection. */
  async closed(): Promise<void> {
    if (!this.isClosed) await once(this.#socket, 'close');
  }

  pause(): void {
    this.#socket.pause();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #read(): void {
    while (this.#waiting.length > 0 && this.#size > 0) {
      const bytes = this.#pieces.length === 1 ? (this.#pieces[0] ?? Buffer.alloc(0)) : Buffer.concat(this.#pieces);
      const [first] = this.#waiting;
      const found = parse(bytes, first?.isHead ?? false);
      const rest = typeof found === 'number' ? bytes : bytes.subarray(found.length);
      this.#pieces.splice(0, this.#pieces.length, ...(rest.length === 0 ? [] : [rest]));
      this.#size = rest.length;
      this.#wanted = typeof found === 'number' ? found : 0;
      if (typeof found === 'number') return;
      // 100 Continue is no answer yet.
      if (found.answer.status >= 200) this.#waiting.shift()?.tell(found.answer);
    }
  }
}

/** The first answer and its length in bytes; or how many bytes are needed at least. */
function parse(bytes: Buffer, isHead: boolean): { answer: WireAnswer; length: number } | number {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return bytes.length + 1;
  const [line = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(line)?.[1] ?? Number.NaN);
  const headers = new Map(
    lines.map((text): [string, string] => [
      text.slice(0, text.indexOf(':')).toLowerCase(),
      text.slice(text.indexOf(':') + 1).trim(),
    ]),
  );
  const isBare = isHead || status < 200 || status === 204 || status === 304;
  const length = end + 4 + (isBare ? 0 : Number(headers.get('content-length') ?? 0));
  if (bytes.length < length) return length;
  return { answer: { status, headers, body: Buffer.from(bytes.subarray(end + 4, length)) }, length };
}
