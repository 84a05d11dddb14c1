/** Brings the text of a waybill.yaml to the present version, and leaves every other byte as it is. */
import type { Problem } from '../../base/errors.ts';
import type { Finding } from '../../base/finding.ts';
import { removeKeys, setNumber } from '../../base/yaml/edit.ts';
import { deprecatedKeys, tell } from './age.ts';
import { parseWaybillFile } from './parse.ts';
import { FILE_VERSION } from './versions.ts';

export interface Upgrade {
  /** The version that the text stated. */
  readonly from: number;
  readonly text: string;
  /** What was changed, with its place in the text that was given. */
  readonly changes: readonly Problem[];
  /** What is worth a look in the text that it became. */
  readonly findings: readonly Finding[];
}

/**
 * A text of the present version, or of a newer one, comes back as it is.
 * @param name how the reader knows the file
 * @throws WaybillError as parseWaybillFile does
 */
export function upgradeWaybillFile(text: string, name?: string): Upgrade {
  const { file, findings, problemAt } = parseWaybillFile(text, name);
  const from = file.waybill;
  const aged = deprecatedKeys(file);
  const changes = aged.map(({ at, deprecation }) => problemAt(at, `taken away, ${tell(deprecation)}`));
  let upgraded = removeKeys(
    text,
    aged.map(({ at }) => at),
  );
  if (from < FILE_VERSION) {
    changes.unshift(problemAt(['waybill'], `was ${from}, is ${FILE_VERSION}`));
    upgraded = setNumber(upgraded, ['waybill'], FILE_VERSION);
  }
  // What is written must be what is read.
  const after = changes.length === 0 ? findings : parseWaybillFile(upgraded, name).findings;
  return { from, text: upgraded, changes, findings: after };
}
