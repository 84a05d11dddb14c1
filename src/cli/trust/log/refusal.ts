/** That a log is not to be believed, as a finding: it is the answer of verbs that ask just that. */
import { WaybillError } from '../../../base/errors.ts';
import type { Finding } from '../../../base/finding.ts';

/** @throws the error itself, where it says that it could not be told */
export function refusalOf(error: unknown): Finding {
  if (!(error instanceof WaybillError) || error.code !== 'LOG_INVALID') throw error;
  const message = error.hint === undefined ? error.message : `${error.message}. ${error.hint}`;
  return { rule: 'log-not-believed', level: 'error', message };
}
