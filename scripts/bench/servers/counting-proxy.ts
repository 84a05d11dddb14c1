/** Stands between a client and a server and counts the bytes of each direction; it changes none. */
import net, { type AddressInfo } from 'node:net';

export interface CountingProxy extends AsyncDisposable {
  /** Where clients reach the server through it. */
  readonly host: string;
  /** Bytes so far, headers included. */
  readonly counts: { readonly up: number; readonly down: number };
  /** Counts from nothing, and calls once when so many bytes have passed in both directions together. */
  begin(bytes: number, reached: () => void): void;
}

/** Runs in this process: whoever uses it must not block it. */
export async function startCountingProxy(host: string): Promise<CountingProxy> {
  const [name, port] = host.split(':');
  const counts = { up: 0, down: 0 };
  const alarm = { bytes: Number.POSITIVE_INFINITY, reached: () => {} };
  const count = (direction: 'up' | 'down') => (chunk: Buffer) => {
    counts[direction] += chunk.length;
    if (counts.up + counts.down < alarm.bytes) return;
    alarm.bytes = Number.POSITIVE_INFINITY;
    alarm.reached();
  };
  const open = new Set<net.Socket>();
  const server = net.createServer((client) => {
    const upstream = net.connect(Number(port), name);
    const pair = [client, upstream];
    for (const socket of pair) {
      open.add(socket);
      // A client that is killed takes the connection to the server with it, as without a proxy.
      socket
        .on('error', () => {})
        .on('close', () => {
          open.delete(socket);
          for (const other of pair) other.destroy();
        });
    }
    client.on('data', count('up')).pipe(upstream);
    upstream.on('data', count('down')).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts,
    begin(bytes, reached) {
      Object.assign(counts, { up: 0, down: 0 });
      Object.assign(alarm, { bytes, reached });
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
