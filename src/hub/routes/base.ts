import type { Answer, Call, Route } from '../http/call.ts';
import { challenge } from '../http/challenge.ts';

/**
 * Distribution specification, "Determining Support" (end-1). Clients look here whether they have to
 * say who they are: wherever a name could matter they are asked, and whoever has none may go on without.
 */
export const base: Route = {
  id: 'base',
  pattern: /^\/v2\/?$/,
  needs: 'nothing',
  methods: { GET: greet, HEAD: greet },
};

async function greet({ access, identity, origin }: Call): Promise<Answer> {
  if (access.anonymous !== 'everything' && identity.user === undefined && !identity.isSession)
    return challenge(origin, { message: 'The hub wants to know who asks: log in, or ask for a token without a name' });
  return { status: 200, headers: { 'content-type': 'application/json' }, body: '{}' };
}
