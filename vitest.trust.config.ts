import { defineConfig } from 'vitest/config';

/** What decides whom to believe is covered to the last line and branch by the tests that stand beside it. */
export default defineConfig({
  test: {
    include: ['src/trust/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    coverage: {
      include: ['src/trust/**/*.ts'],
      reporter: ['text-summary', 'text'],
      skipFull: true,
      thresholds: { lines: 100, branches: 100, functions: 100, statements: 100 },
    },
  },
});
