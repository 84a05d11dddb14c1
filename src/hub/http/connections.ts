/** The open connections of a server, also those that it did not accept itself. */
import type net from 'node:net';

export class Connections {
  readonly #open = new Set<net.Socket>();
  #empty: (() => void) | undefined;

  constructor(server: net.Server) {
    server.on('connection', (socket) => {
      this.#open.add(socket);
      socket.once('close', () => {
        this.#open.delete(socket);
        if (this.#open.size === 0) this.#empty?.();
      });
    });
  }

  get size(): number {
    return this.#open.size;
  }

  /** Resolves when all have ended. Those that never said a word are ended at once, and all that stay open for longer. */
  async ended(milliseconds: number): Promise<void> {
    for (const socket of this.#open) if (socket.bytesRead === 0) socket.destroy();
    if (this.#open.size === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#empty = resolve;
    const late = setTimeout(() => {
      for (const socket of this.#open) socket.destroy();
    }, milliseconds);
    await promise;
    clearTimeout(late);
  }
}
