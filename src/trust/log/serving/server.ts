/** Serves a log read-only over HTTP. Any server of static files does the same, with the headers of answer.ts. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { explainSystemError } from '../../../base/system-errors.ts';
import type { LogReader } from '../reading/reader.ts';
import { answerFor } from './answer.ts';

export interface LogServer {
  /** `http://HOST:PORT`. */
  readonly address: string;
  /** Takes no new requests and waits for those under way, at most so long. */
  drain(milliseconds: number): Promise<void>;
}

export interface LogServerOptions {
  readonly host: string;
  readonly port: number;
  /** Is told of each request that was answered; a failure is the server's own, as a file that cannot be read. */
  served(request: {
    readonly method: string;
    readonly target: string;
    readonly status: number;
    readonly failure?: unknown;
  }): void;
}

/** Each holds a descriptor, and a bundle of entries in memory while it is sent. */
const MAX_CONNECTIONS = 1000;
/** Requests have no bodies and few headers. */
const REQUEST_MILLISECONDS = 30_000;

/** @throws WaybillError FILE_UNREADABLE when the address is taken */
export async function startLogServer(reader: LogReader, { host, port, served }: LogServerOptions): Promise<LogServer> {
  const server = http.createServer({ headersTimeout: REQUEST_MILLISECONDS, requestTimeout: REQUEST_MILLISECONDS });
  server.maxConnections = MAX_CONNECTIONS;
  server.on('request', (request, response) => {
    const { method = '', url: target = '' } = request;
    const acceptsGzip = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
    answerFor(reader, { method, target, acceptsGzip }).then(
      ({ status, headers, body }) => {
        response.writeHead(status, { ...headers, 'content-length': body.length });
        response.end(method === 'HEAD' ? undefined : body);
        served({ method, target, status });
      },
      (failure: unknown) => {
        // Why is for the log of the server: the message may name its folders.
        response.writeHead(500, { 'cache-control': 'no-store', 'content-length': 0 }).end();
        served({ method, target, status: 500, failure });
      },
    );
  });
  await listen(server, host, port);
  const { address, port: found, family } = server.address() as AddressInfo;
  return {
    address: `http://${family === 'IPv6' ? `[${address}]` : address}:${found}`,
    drain: (milliseconds) => drain(server, milliseconds),
  };
}

async function listen(server: http.Server, host: string, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(port, host, resolve);
  try {
    await promise;
  } catch (error) {
    throw explainSystemError(`Cannot listen on ${host}:${port}`, error);
  }
}

async function drain(server: http.Server, milliseconds: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeIdleConnections();
  const late = setTimeout(() => server.closeAllConnections(), milliseconds);
  await promise;
  clearTimeout(late);
}
