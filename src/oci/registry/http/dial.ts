/** Opens connections: straight or by a proxy, in the clear or with TLS. */
import net from 'node:net';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { WaybillError } from '../../../base/errors.ts';
import { Arrivals } from './arrivals.ts';
import type { Buffers } from './buffers.ts';
import { Connection } from './connection.ts';
import { lineError } from './failures.ts';
import { formatHead } from './message.ts';
import { proxyHeaders } from './proxy.ts';

export interface DialOptions {
  readonly proxy: URL | undefined;
  /** Certificates in PEM that are trusted beside those that Node trusts. */
  readonly certificates: readonly string[];
  /** Milliseconds of silence after which a line counts as broken. */
  readonly idle: number;
  readonly signal: AbortSignal | undefined;
  readonly buffers: Buffers;
  /** TLS sessions by host: the second connection needs no full handshake. */
  readonly sessions: Map<string, Buffer>;
}

/** @throws errors of the system and of TLS as they are */
export async function dial(url: URL, options: DialOptions): Promise<Connection> {
  const { proxy, idle, signal } = options;
  const arrivals = new Arrivals(options.buffers);
  const isTunnel = proxy !== undefined && url.protocol === 'https:';
  if (isTunnel) {
    const socket = await openTunnel(url, proxy, options);
    return new Connection(await startTls(url, { ...options, socket }), {
      arrivals,
      isFed: false,
      host: url.host,
      idle,
    });
  }
  const first = proxy ?? url;
  const { onread } = arrivals;
  const socket =
    first.protocol === 'https:'
      ? await startTls(first, { ...options, onread })
      : await connect(first, { onread, signal, idle });
  return new Connection(socket, { arrivals, isFed: true, host: url.host, idle });
}

/** RFC 9110 §9.3.6. */
async function openTunnel(url: URL, proxy: URL, options: DialOptions): Promise<net.Socket> {
  const socket = proxy.protocol === 'https:' ? await startTls(proxy, options) : await connect(proxy, options);
  const connection = new Connection(socket, {
    arrivals: new Arrivals(options.buffers),
    isFed: false,
    host: proxy.host,
    idle: options.idle,
  });
  const target = `${url.hostname}:${portOf(url)}`;
  await connection.write(formatHead('CONNECT', target, { host: target, ...proxyHeaders(proxy) }));
  const { status } = await connection.readHead();
  if (status >= 200 && status < 300 && connection.isUsable) return connection.release();
  connection[Symbol.dispose]();
  throw new WaybillError(
    'REGISTRY_UNAVAILABLE',
    `Cannot reach ${url.host}: the proxy ${proxy.host} answers ${status}`,
    {
      hint: 'Check HTTPS_PROXY and NO_PROXY',
    },
  );
}

/** Longer than any handshake takes that will come to an end. */
const CONNECT_MILLISECONDS = 30_000;

type Reading = { readonly onread?: Arrivals['onread'] };
type Patience = Pick<DialOptions, 'signal' | 'idle'>;

function connect(url: URL, { onread, ...patience }: Reading & Patience): Promise<net.Socket> {
  const where = { host: nameOf(url), port: portOf(url), noDelay: true, keepAlive: true };
  // Read into buffers of ours: the types know only fixed ones.
  const socket = net.connect({ ...where, ...(onread && { onread: onread as unknown as net.OnReadOpts }) });
  return ready(socket, 'connect', patience);
}

async function startTls(
  url: URL,
  { certificates, sessions, signal, idle, socket, onread }: DialOptions & Reading & { socket?: net.Socket },
): Promise<net.Socket> {
  // Loading it costs half of what a small command takes.
  const tls = await import('node:tls');
  const host = nameOf(url);
  const session = sessions.get(url.host);
  const options: ConnectionOptions = {
    ALPNProtocols: ['http/1.1'],
    host,
    port: portOf(url),
    ...(net.isIP(host) === 0 ? { servername: host } : {}),
    ...(certificates.length === 0 ? {} : { ca: [...tls.getCACertificates('default'), ...certificates] }),
    ...(session === undefined ? {} : { session }),
    ...(socket === undefined ? {} : { socket }),
    ...(onread && { onread }),
  };
  const secured: TLSSocket = tls.connect(options);
  secured.on('session', (fresh) => sessions.set(url.host, fresh));
  return ready(secured, 'secureConnect', { signal, idle });
}

function ready<Socket extends net.Socket>(
  socket: Socket,
  event: 'connect' | 'secureConnect',
  { signal, idle }: Patience,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const settle = (error?: unknown) => {
      clearTimeout(late);
      socket.off('error', settle).off('close', closed);
      signal?.removeEventListener('abort', stop);
      if (error === undefined) resolve(socket);
      else {
        socket.on('error', () => {}).destroy();
        reject(error);
      }
    };
    const stop = () => settle(signal?.reason);
    const patience = Math.min(idle, CONNECT_MILLISECONDS);
    const late = setTimeout(
      () => settle(lineError('ETIMEDOUT', `no connection within ${patience / 1000} seconds`)),
      patience,
    );
    const closed = () => settle(lineError('ECONNRESET', 'the connection was closed'));
    socket
      .on('error', settle)
      .on('close', closed)
      .on(event, () => settle());
    signal?.addEventListener('abort', stop);
    if (signal?.aborted) stop();
  });
}

function nameOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

function portOf({ port, protocol }: URL): number {
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}
