import { parseDigest } from '../../oci/digest.ts';
import { IMAGE_INDEX } from '../../oci/media-types.ts';
import type { Answer, Call, Route } from '../http/call.ts';
import { nextLink, pageOf } from '../http/page.ts';

/** Distribution specification, "Listing Referrers" (end-12). */
export const referrers: Route = {
  id: 'referrers',
  pattern: /^\/v2\/(?<name>.+)\/referrers\/(?<digest>[^/]+)$/,
  needs: { GET: 'pull' },
  methods: { GET: read },
};

async function read(call: Call): Promise<Answer> {
  const repository = call.registry.repository(call.parameters['name'] ?? '');
  const subject = parseDigest(call.parameters['digest'] ?? '');
  const artifactType = call.url.searchParams.get('artifactType') ?? undefined;
  const { last, limit } = pageOf(call);
  const { manifests, isLast } = await repository.referrers(subject, { last, limit, artifactType });
  return {
    status: 200,
    headers: {
      'content-type': IMAGE_INDEX,
      ...(artifactType === undefined ? {} : { 'oci-filters-applied': 'artifactType' }),
      ...(isLast ? {} : nextLink(call, { n: String(limit), last: manifests.at(-1)?.digest ?? '' })),
    },
    body: JSON.stringify({ schemaVersion: 2, mediaType: IMAGE_INDEX, manifests }),
  };
}
