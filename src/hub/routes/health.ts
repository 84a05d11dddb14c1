import type { Route } from '../http/call.ts';

/** Whether the process lives (`/healthz`) and whether it can answer (`/readyz`). */
export const health: Route = {
  id: 'health',
  pattern: /^\/(?:healthz|readyz)$/,
  needs: 'nothing',
  methods: {
    async GET({ url, registry }) {
      if (url.pathname === '/readyz')
        await registry.storage.database.read((reader) =>
          reader.selectFrom('repository').select('id').limit(1).execute(),
        );
      return { status: 200, headers: { 'content-type': 'text/plain' }, body: 'ok\n' };
    },
  },
};
