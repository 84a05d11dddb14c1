/** Every action of the hub, loaded when it is run: a database and a server take time to load. */
import type { HubAction } from './action.ts';

export const hubActions: Readonly<Record<string, () => Promise<HubAction>>> = {
  serve: async () => (await import('./serve.ts')).serve,
  user: async () => (await import('./user.ts')).user,
  token: async () => (await import('./token.ts')).token,
  gc: async () => (await import('./gc.ts')).gc,
  fsck: async () => (await import('./fsck.ts')).fsck,
  reindex: async () => (await import('./reindex.ts')).reindex,
};
