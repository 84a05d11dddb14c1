import { once } from 'node:events';
import { startHub } from '../../hub/main.ts';
import { formatServed } from '../print/served.ts';
import type { HubAction } from './action.ts';

/** Serves until it is stopped. */
export const serve: HubAction = {
  async run(context, _, settings) {
    let requests = 0;
    await using hub = await startHub({
      settings,
      now: () => context.clock.now(),
      served(request) {
        requests += 1;
        if (!context.isQuiet) context.note(formatServed(request));
      },
      collected(outcome) {
        const failure = 'failure' in outcome ? { failure: String(outcome.failure) } : outcome;
        context.note(JSON.stringify({ collected: failure }));
      },
      replaced({ failure, ...ended }) {
        context.note(
          JSON.stringify({ replaced: failure === undefined ? ended : { ...ended, failure: String(failure) } }),
        );
      },
    });
    context.ready({ address: hub.address, anonymous: hub.anonymous });
    if (!context.signal.aborted) await Promise.race([once(context.signal, 'abort'), hub.broken]);
    return { action: 'serve', requests, findings: [] };
  },
};
