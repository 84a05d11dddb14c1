import type { Answer, Call, Route } from '../http/call.ts';
import { errorAnswer } from '../http/errors.ts';
import { nextLink, pageOf } from '../http/page.ts';

/** Distribution specification, "Listing Tags" (end-8). */
export const tags: Route = {
  id: 'tags',
  pattern: /^\/v2\/(?<name>.+)\/tags\/list$/,
  needs: { GET: 'pull' },
  methods: { GET: read },
};

async function read(call: Call): Promise<Answer> {
  const repository = call.registry.repository(call.parameters['name'] ?? '');
  const { last, limit } = pageOf(call);
  const found = await repository.tags({ last, limit: limit + 1 });
  if (found === undefined) return errorAnswer(404, 'NAME_UNKNOWN', `There is no repository ${repository.name}`);
  const page = found.slice(0, limit);
  return {
    status: 200,
    headers: {
      'content-type': 'application/json',
      ...(found.length > limit ? nextLink(call, { n: String(limit), last: page.at(-1) ?? last ?? '' }) : {}),
    },
    body: JSON.stringify({ name: repository.name, tags: page }),
  };
}
