/** Pages of long lists: distribution specification, "Listing Tags" (`n`, `last`) and RFC 8288 links. */
import { WaybillError } from '../../base/errors.ts';
import type { Call } from './call.ts';

/** What other registries give at once; whoever has more follows the link to the next page. */
const MAX_PAGE = 1_000;

/** @throws WaybillError NAME_INVALID for an `n` that is no number */
export function pageOf({ url }: Call): { last: string | undefined; limit: number } {
  const asked = url.searchParams.get('n');
  if (asked !== null && !/^\d{1,9}$/.test(asked))
    throw new WaybillError('NAME_INVALID', 'Cannot read n: it is no number');
  return {
    last: url.searchParams.get('last') ?? undefined,
    limit: asked === null ? MAX_PAGE : Math.min(MAX_PAGE, Number(asked)),
  };
}

/** The header that leads to the next page. Pages of no items lead nowhere: whoever asks for one wants no more. */
export function nextLink({ url }: Call, parameters: Readonly<Record<string, string>>): { link?: string } {
  if (parameters['n'] === '0') return {};
  const query = new URLSearchParams(url.searchParams);
  for (const [key, value] of Object.entries(parameters)) query.set(key, value);
  return { link: `<${url.pathname}?${query}>; rel="next"` };
}
