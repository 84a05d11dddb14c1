/**
 * One request at a time touches an upload. A newer one ends the older one first: after a broken line
 * the older one is a connection of which nobody will hear again. Without this, two requests would
 * write over each other, and what was hashed would not be what was stored.
 */
import { WaybillError } from '../../base/errors.ts';

export interface Turn {
  /** Ends the work early, while it may be ended; undefined while it may not. */
  stop: ((reason: WaybillError) => void) | undefined;
}

interface Running {
  readonly turn: Turn;
  readonly ended: Promise<void>;
}

export class UploadTurns {
  readonly #running = new Map<string, Running>();

  /** Does the work when nobody else works on the upload. @throws what the work throws */
  async take<Result>(id: string, work: (turn: Turn) => Promise<Result>): Promise<Result> {
    for (let before = this.#running.get(id); before !== undefined; before = this.#running.get(id)) {
      before.turn.stop?.(
        new WaybillError('STORE_BUSY', 'Cannot store the upload: a newer request for it has taken over'),
      );
      await before.ended;
    }
    const turn: Turn = { stop: undefined };
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    this.#running.set(id, { turn, ended });
    try {
      return await work(turn);
    } finally {
      this.#running.delete(id);
      resolve();
    }
  }
}
