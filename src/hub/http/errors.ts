/** Errors as the distribution specification has them: "Error Codes". */
import { type ErrorCode, systemCode, WaybillError } from '../../base/errors.ts';
import { explainSystemError } from '../../base/system-errors.ts';
import type { Answer } from './call.ts';

const statuses: Partial<Record<ErrorCode, number>> = {
  BLOB_UNKNOWN: 404,
  MANIFEST_UNKNOWN: 404,
  MANIFEST_INVALID: 400,
  DIGEST_INVALID: 400,
  SIZE_INVALID: 400,
  NAME_INVALID: 400,
  LIMIT_EXCEEDED: 413,
  UNSUPPORTED: 415,
  UNAUTHORIZED: 401,
  DENIED: 403,
  TAG_IMMUTABLE: 409,
  STORE_BUSY: 409,
  TOOMANYREQUESTS: 429,
};

/** What the specification calls what we call otherwise. */
const names: Partial<Record<ErrorCode, string>> = {
  LIMIT_EXCEEDED: 'SIZE_INVALID',
  TAG_IMMUTABLE: 'DENIED',
  STORE_BUSY: 'BLOB_UPLOAD_INVALID',
  UNSUPPORTED: 'UNSUPPORTED',
};

/** The answer to a failure; undefined for one that is a bug, which has no answer of its own. */
export function answerFor(failure: unknown): Answer | undefined {
  const error = explainSystemError('Cannot do this', failure);
  if (!(error instanceof WaybillError)) return undefined;
  if (isOverloaded(error))
    return errorAnswer(503, 'TOOMANYREQUESTS', 'The hub has too much to do', { 'retry-after': '1' });
  // Whose message would name folders of the server.
  if (error.code === 'DISK_FULL') return errorAnswer(507, 'DENIED', 'The disk of the hub is full');
  const status = statuses[error.code];
  return status === undefined ? undefined : errorAnswer(status, names[error.code] ?? error.code, error.message);
}

/** Too many files or connections are open: a moment later there may be room. */
function isOverloaded({ cause }: WaybillError): boolean {
  return ['EMFILE', 'ENFILE'].includes(systemCode(cause) ?? '');
}

export function errorAnswer(
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ errors: [{ code, message }] }),
  };
}
