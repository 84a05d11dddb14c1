/** Garbage collection of a hub that runs: once an hour, one at a time. */
import { type Collected, collect, GRACE_MILLISECONDS } from './collect.ts';
import type { HubStorage } from './repository.ts';

export type CollectOutcome = Collected | { readonly failure: unknown };

/** The grace is a day: looking more often would find nothing new. */
const INTERVAL_MILLISECONDS = 60 * 60 * 1000;

/** Begins to collect again and again; disposing waits for the one under way. */
export function collectAgain(storage: HubStorage, outcome: (outcome: CollectOutcome) => void): AsyncDisposable {
  let running: Promise<void> | undefined;
  const once = async () => {
    try {
      outcome(await collect(storage, { grace: GRACE_MILLISECONDS }));
    } catch (failure) {
      // The hub goes on serving: a full disk must not end it.
      outcome({ failure });
    } finally {
      running = undefined;
    }
  };
  const timer = setInterval(() => {
    running ??= once();
  }, INTERVAL_MILLISECONDS);
  timer.unref();
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await running;
    },
  };
}
