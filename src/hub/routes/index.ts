import type { Route } from '../http/call.ts';
import { base } from './base.ts';
import { blobs } from './blobs.ts';
import { health } from './health.ts';
import { manifests } from './manifests.ts';
import { metrics } from './metrics.ts';
import { referrers } from './referrers.ts';
import { tags } from './tags.ts';
import { token } from './token.ts';
import { uploads } from './uploads.ts';

/** Every route, in the order in which they are tried: uploads before blobs, whose pattern they fit too. */
export const routes = [
  base,
  health,
  metrics,
  token,
  uploads,
  blobs,
  manifests,
  tags,
  referrers,
] as const satisfies readonly Route[];
