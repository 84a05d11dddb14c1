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
  moved,
  failure,
}: ServedRequest): string {
  const ms = Math.round(milliseconds * 10) / 10;
  const line = {
    id,
    method,
    path,
    route,
    status,
    ms,
    sent,
    address,
    ...(user === undefined ? {} : { user }),
    ...(moved && { moved }),
  };
  const text = failure instanceof Error ? failure.stack : String(failure);
  // JSON: a path with a line break must not become a line of its own.
  return oneLine(JSON.stringify(failure === undefined ? line : { ...line, failure: text }));
}

/** What JSON leaves as it is, and terminals or readers of lines take for a command or an end: as JSON escapes. */
function oneLine(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
