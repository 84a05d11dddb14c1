/** Serves what a hub keeps, in one process: who may do what, its routes and its server. */
import type net from 'node:net';
import { explainSystemError } from '../base/system-errors.ts';
import { Access, type Anonymous } from './access/access.ts';
import { Accounts } from './access/accounts.ts';
import { openSigningKey } from './access/signing-key.ts';
import { decideExposure } from './configuration/exposure.ts';
import type { Settings } from './configuration/settings.ts';
import type { Metrics } from './http/metrics.ts';
import { type ServedRequest, startServer } from './http/server.ts';
import { Registry } from './registry/registry.ts';
import type { HubStorage } from './registry/repository.ts';
import type { UploadTurns } from './registry/upload-turns.ts';
import { routes } from './routes/index.ts';

export interface ServingOptions {
  /** `HOST:PORT` where another process listens; absent: listens itself. */
  readonly listening?: string;
  readonly settings: Settings;
  readonly storage: HubStorage;
  readonly turns: UploadTurns;
  readonly metrics: Metrics;
  /** Text of `/metrics`. */
  figures(): Promise<string>;
  served(request: ServedRequest): void;
}

export interface Serving {
  /** `http://HOST:PORT`. */
  readonly address: string;
  /** What somebody without a name may do, as things are now. */
  readonly anonymous: Anonymous;
  /** Serves a connection that another process has accepted. */
  take(socket: net.Socket): void;
  /** Takes no new requests, and waits a while for those under way. */
  drain(): Promise<void>;
}

const DRAIN_MILLISECONDS = 10_000;

/** @throws WaybillError FILE_UNREADABLE when the address is taken, DENIED for one on which this hub would be open to others */
export async function startServing(options: ServingOptions): Promise<Serving> {
  const { settings, storage, turns, metrics, figures, served, listening } = options;
  const { host, port } = settings.listen;
  const access = await openAccess(settings, storage);
  try {
    const server = await startServer({
      registry: new Registry(storage, turns),
      access,
      metrics,
      figures,
      routes,
      listen: listening ?? { host, port },
      ...(settings.tls === undefined ? {} : { tls: settings.tls }),
      origins: {
        ...(settings.url === undefined ? {} : { external: settings.url }),
        isLocalOnly: () => access.anonymous === 'everything',
      },
      elapsed: () => performance.now(),
      served(request) {
        metrics.served(request);
        served(request);
      },
    });
    return {
      address: server.address,
      anonymous: access.anonymous,
      take: (socket) => server.take(socket),
      drain: () => server.drain(DRAIN_MILLISECONDS),
    };
  } catch (error) {
    throw explainSystemError(`Cannot listen on ${host}:${port}`, error);
  }
}

async function openAccess(settings: Settings, { database, now }: HubStorage): Promise<Access> {
  const accounts = new Accounts(database, now);
  let hasUsers = false;
  const access = new Access({
    accounts,
    // Again and again: the first user closes a hub that was open. That the last one goes does not open it.
    async anonymous() {
      hasUsers ||= await accounts.exist();
      return decideExposure(settings, { hasUsers });
    },
    key: openSigningKey(settings.folder),
    now,
  });
  await access.refresh();
  return access;
}
