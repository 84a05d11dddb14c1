/** kill -9 at seeded moments: 40 in the tests, ten times as many in `npm run soak`. */
import { expect, test } from 'vitest';
import { killAgainAndAgain } from './_kills.ts';

const ROUNDS = 20;

// Two hubs at once: most of a round is the start of a process.
test.concurrent.each([41, 42])(
  `${ROUNDS} kills with seed %i lose nothing and show nothing unverified`,
  { timeout: 300_000 },
  async (seed) => {
    const report = await killAgainAndAgain({ seed, rounds: ROUNDS });
    expect(report.violations).toEqual([]);
    expect(report.answered).toBeGreaterThan(200);
    expect(report.collections).toBeGreaterThan(2);
  },
);
