/** Puts the hub together: what it keeps, who serves it, and the work that it does by itself. */
import type { Anonymous } from './access/access.ts';
import type { Settings } from './configuration/settings.ts';
import { formatFigures } from './http/figures.ts';
import { Metrics } from './http/metrics.ts';
import type { ServedRequest } from './http/server.ts';
import { type ProcessesOptions, startProcesses } from './processes/processes.ts';
import { type CollectOutcome, collectAgain } from './registry/collect-again.ts';
import { changeBackAll } from './registry/record.ts';
import { UploadTurns } from './registry/upload-turns.ts';
import { startServing } from './serving.ts';
import { openStorage } from './storage.ts';

export interface HubOptions {
  readonly settings: Settings;
  /** Milliseconds since 1970. */
  now(): number;
  served(request: ServedRequest): void;
  /** Is told what garbage collection took away, or why it failed. */
  collected?(outcome: CollectOutcome): void;
  /** Is told of a process that ended by itself, and that another takes its place. */
  replaced?: ProcessesOptions['replaced'];
}

export interface Hub extends AsyncDisposable {
  /** `http://HOST:PORT`. */
  readonly address: string;
  /** What somebody without a name may do, as things were at the start. */
  readonly anonymous: Anonymous;
  /** Rejects when the hub cannot go on. */
  readonly broken: Promise<never>;
}

/**
 * @throws WaybillError STORE_BUSY when another hub uses the folder, FILE_UNREADABLE when the address
 *   is taken, DENIED for an address on which this hub would be open to others
 */
export async function startHub({ settings, now, served, collected, replaced }: HubOptions): Promise<Hub> {
  const storage = await openStorage(settings, now);
  try {
    await changeBackAll(storage);
    const metrics = new Metrics();
    const serving =
      settings.processes === 1
        ? {
            ...(await startServing({
              settings,
              storage,
              turns: new UploadTurns(),
              metrics,
              figures: async () => formatFigures([metrics.figures()]),
              served,
            })),
            broken: new Promise<never>(() => {}),
          }
        : await startProcesses({
            settings,
            count: settings.processes,
            now: () => performance.now(),
            own: () => metrics.figures(),
            left: async (owner) => void (await changeBackAll(storage, owner)),
            served,
            ...(replaced === undefined ? {} : { replaced }),
          });
    const collecting = collectAgain(storage, settings, (outcome) => {
      metrics.collected(outcome);
      collected?.(outcome);
    });
    return {
      address: serving.address,
      anonymous: serving.anonymous,
      broken: serving.broken,
      async [Symbol.asyncDispose]() {
        await serving.drain();
        await collecting[Symbol.asyncDispose]();
        await storage[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await storage[Symbol.asyncDispose]();
    throw error;
  }
}
