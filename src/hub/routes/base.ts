import type { Route } from '../http/call.ts';

/** Distribution specification, "Determining Support" (end-1). */
export const base: Route = {
  id: 'base',
  pattern: /^\/v2\/?$/,
  methods: {
    GET: async () => ({ status: 200, headers: { 'content-type': 'application/json' }, body: '{}' }),
    HEAD: async () => ({ status: 200, headers: { 'content-type': 'application/json' }, body: '{}' }),
  },
};
