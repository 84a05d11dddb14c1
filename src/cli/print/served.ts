/** A request that the hub has answered, as one line of its log. */
import type { ServedRequest } from '../../hub/http/server.ts';

export function formatServed({
  id,
  method,
  path,
  route,
  status,
  milliseconds,
  sent,
  address,
  user,
  failure,
}: ServedRequest): string {
  const ms = Math.round(milliseconds * 10) / 10;
  const line = { id, method, path, route, status, ms, sent, address, ...(user === undefined ? {} : { user }) };
  // JSON: a path with a line break must not become a line of its own.
  return JSON.stringify(
    failure === undefined ? line : { ...line, failure: failure instanceof Error ? failure.stack : String(failure) },
  );
}
