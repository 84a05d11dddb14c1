/** Every action of a log, loaded when it is run. */
import type { LogAction } from './action.ts';

export const logActions: Readonly<Record<string, () => Promise<LogAction>>> = {
  init: async () => (await import('./init.ts')).init,
  append: async () => (await import('./append.ts')).append,
  checkpoint: async () => (await import('./checkpoint.ts')).checkpoint,
  prove: async () => (await import('./prove.ts')).prove,
  verify: async () => (await import('./verify.ts')).verify,
  check: async () => (await import('./check.ts')).check,
  compare: async () => (await import('./compare.ts')).compare,
  witness: async () => (await import('./witness.ts')).witness,
  serve: async () => (await import('./serve.ts')).serve,
};
