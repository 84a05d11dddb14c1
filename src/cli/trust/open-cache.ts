/** The user's digest cache, for a verb that reads nothing again unless it is told to. */
import { type DigestCache, openDigestCache } from '../../model/digest-cache.ts';
import type { Input } from '../command.ts';
import type { Context } from '../context.ts';
import { cacheFile } from '../folders.ts';

/** With --no-cache it answers nothing, and remembers all the same. */
export function openCache({ environment, platform, clock }: Context, input: Input): DigestCache {
  return openDigestCache(cacheFile(environment, platform), clock.now(), input.has('no-cache'));
}
