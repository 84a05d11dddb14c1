/** The entry that a proof is for: a file as it is, or what a log is told of a signed statement. */
import { WaybillError } from '../../../base/errors.ts';
import { readSmallFile } from '../../../base/files.ts';
import { explainSystemError } from '../../../base/system-errors.ts';
import { parseDigest } from '../../../oci/digest.ts';
import { MAX_BUNDLE_SIZE, parseBundle } from '../../../trust/bundle/bundle.ts';
import { logEntry } from '../../../trust/log/entry.ts';
import { MAX_ENTRY_SIZE } from '../../../trust/log/tiles/bundle.ts';
import { predicateTypes } from '../../../trust/predicate-types.ts';
import { parseStatement } from '../../../trust/statement/statement.ts';
import type { Input } from '../../command.ts';

/** @throws WaybillError USAGE where both are named, FILE_UNREADABLE, LIMIT_EXCEEDED, BUNDLE_INVALID, STATEMENT_INVALID */
export function entryOf(input: Input): { readonly name: string; readonly content: Buffer } | undefined {
  const [entry, bundle] = [input.text('entry'), input.text('bundle')];
  if (entry !== undefined && bundle !== undefined)
    throw new WaybillError('USAGE', 'Cannot tell which entry is meant: --entry and --bundle both name one');
  if (entry !== undefined) return { name: entry, content: read(entry, MAX_ENTRY_SIZE) };
  return bundle === undefined ? undefined : { name: bundle, content: entryOfBundle(bundle) };
}

/** Who signed the statement is another question: the log says only that the bundle was there. */
function entryOfBundle(file: string): Buffer {
  const { digest, envelope } = parseBundle(read(file, MAX_BUNDLE_SIZE));
  const { subjects, predicateType } = parseStatement(envelope.payload);
  const sha256 = subjects.length === 1 ? subjects[0]?.digest['sha256'] : undefined;
  // The subject of a signature over files is the root of these, and the entry tells of the package.
  if (sha256 === undefined || predicateType === predicateTypes.modelSignature)
    throw new WaybillError(
      'STATEMENT_INVALID',
      `Cannot tell the entry of ${file}: its statement is not about one package`,
    );
  return logEntry({ kind: 'attestation', bundle: digest, subject: parseDigest(`sha256:${sha256}`), predicateType });
}

function read(file: string, limit: number): Buffer {
  try {
    return readSmallFile(file, limit);
  } catch (error) {
    throw explainSystemError(`Cannot read ${file}`, error);
  }
}
