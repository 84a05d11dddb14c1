/** Garbage collection of a hub that runs: again and again, one at a time. */
import type { Settings } from '../configuration/settings.ts';
import { type Collected, collect } from './collect.ts';
import type { HubStorage } from './repository.ts';

export type CollectOutcome = Collected | { readonly failure: unknown };

/** Begins to collect again and again; disposing waits for the one under way. */
export function collectAgain(
  storage: HubStorage,
  { graceMilliseconds, collectMilliseconds }: Pick<Settings, 'graceMilliseconds' | 'collectMilliseconds'>,
  outcome: (outcome: CollectOutcome) => void,
): AsyncDisposable {
  let running: Promise<void> | undefined;
  const once = async () => {
    try {
      outcome(await collect(storage, { grace: graceMilliseconds }));
    } catch (failure) {
      // The hub goes on serving: a full disk must not end it.
      outcome({ failure });
    } finally {
      running = undefined;
    }
  };
  const timer = setInterval(() => {
    running ??= once();
  }, collectMilliseconds);
  timer.unref();
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await running;
    },
  };
}
