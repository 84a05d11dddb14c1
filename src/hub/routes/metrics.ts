import type { Answer, Call, Route } from '../http/call.ts';
import { challenge } from '../http/challenge.ts';

/** Figures for Prometheus. They name no repository, but say how busy the hub is: users only, where it has users. */
export const metrics: Route = {
  id: 'metrics',
  pattern: /^\/metrics$/,
  needs: 'nothing',
  methods: { GET: show },
};

async function show({ access, identity, figures, origin }: Call): Promise<Answer> {
  if (access.anonymous !== 'everything' && identity.user === undefined)
    return challenge(origin, { message: 'The figures are for users: log in, or use an access token', isBasic: true });
  return {
    status: 200,
    headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
    body: await figures(),
  };
}
