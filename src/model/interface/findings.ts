/** What contradicts itself in the interface of a package that is there already, as findings: it is not refused. */
import type { Finding } from '../../base/finding.ts';
import type { ParsedWaybillFile } from '../waybill-file/parse.ts';
import { WAYBILL_FILE } from '../waybill-file/schema.ts';
import { contradictionsOf } from './contradictions.ts';

export function findingsOfInterface({ file, problemAt }: ParsedWaybillFile): readonly Finding[] {
  if (file.interface === undefined) return [];
  return contradictionsOf(file.interface).map(({ at, message }) => {
    const { line, column, message: text } = problemAt(at, message);
    return { rule: 'interface-contradiction', level: 'warning', path: WAYBILL_FILE, line, column, message: text };
  });
}
