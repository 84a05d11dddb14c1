/** Errors as the distribution specification has them: "Error Codes". */
import { type ErrorCode, WaybillError } from '../../base/errors.ts';
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
  STORE_BUSY: 409,
  TOOMANYREQUESTS: 429,
  DISK_FULL: 507,
};

/** What the specification calls what we call otherwise. */
const names: Partial<Record<ErrorCode, string>> = {
  LIMIT_EXCEEDED: 'SIZE_INVALID',
  DISK_FULL: 'DENIED',
  STORE_BUSY: 'BLOB_UPLOAD_INVALID',
  UNSUPPORTED: 'UNSUPPORTED',
};

/** The answer to a failure; undefined for one that is a bug, which has no answer of its own. */
export function answerFor(error: unknown): Answer | undefined {
  if (!(error instanceof WaybillError)) return undefined;
  const status = statuses[error.code];
  return status === undefined ? undefined : errorAnswer(status, names[error.code] ?? error.code, error.message);
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
