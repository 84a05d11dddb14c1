/** Lists that a registry gives in pages: distribution specification, "Listing Tags", `Link` of RFC 8288. */
import { collect } from '../../base/bytes.ts';
import { WaybillError } from '../../base/errors.ts';
import { parseStrictJson } from '../../base/strict-json.ts';
import type { Access } from './authorize.ts';
import type { Session } from './session.ts';

export interface PageRequest<Item> {
  readonly to: string;
  readonly access: Access;
  readonly attempt: string;
  items(page: unknown): readonly Item[];
}

/** As large as a manifest may be: a referrers page is one. */
const MAX_PAGE_SIZE = 4 * 1024 * 1024;
/** 100,000 tags in pages of 100. */
const MAX_PAGES = 1_000;

/** @throws WaybillError LIMIT_EXCEEDED rather than give a part as the whole */
export async function readPages<Item>(
  session: Session,
  { to, access, attempt, items }: PageRequest<Item>,
): Promise<readonly Item[]> {
  const found: Item[] = [];
  let next: string | URL | undefined = to;
  for (let pages = 0; next !== undefined; pages++) {
    if (pages >= MAX_PAGES)
      throw new WaybillError('LIMIT_EXCEEDED', `Cannot ${attempt}: there are more than ${MAX_PAGES} pages`);
    const response = await session.ask({ method: 'GET', to: next, access, expect: [200, 404], attempt });
    if (response.status === 404) {
      await response.discard();
      return found;
    }
    const page = parseStrictJson(
      await collect(response.body, MAX_PAGE_SIZE, 'a list of the registry'),
      'a list of the registry',
    );
    found.push(...items(page));
    next = nextLink(session, response.header('link'), response.url, attempt);
  }
  return found;
}

/** The next page, which must lie at the registry itself: credentials go along. */
function nextLink(session: Session, header: string | undefined, from: URL, attempt: string): URL | undefined {
  const target = /<([^>]*)>\s*;(?:[^,]*;)?\s*rel="?next"?/i.exec(header ?? '')?.[1];
  if (target === undefined) return undefined;
  const url = session.resolve(target, from);
  if (url.origin !== from.origin)
    throw new WaybillError('DENIED', `Cannot ${attempt}: the next page lies elsewhere (${url.origin})`);
  return url;
}
