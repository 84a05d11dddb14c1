/** Whether a model keeps the licence of what it was made from. */
import type { Finding } from '../../base/finding.ts';
import type { WaybillFile } from '../waybill-file/schema.ts';
import type { Base } from './follow.ts';

/** SPDX ids of licences under which a changed work may have another one, if the notices are kept. */
const PERMISSIVE = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BSL-1.0',
  'CC-BY-4.0',
  'CC0-1.0',
  'CDLA-Permissive-2.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Unlicense',
  'Zlib',
]);

/** Terms of a base go with what is made of it: one that is left away is for a person to look at. */
export function licenceFindings(file: WaybillFile | undefined, bases: readonly Base[]): readonly Finding[] {
  const own = file?.licenses?.weights;
  return bases.flatMap(({ stated, found }): Finding[] => {
    const base = found?.file?.licenses?.weights;
    if (base === undefined || base === own || isPermissive(base)) return [];
    const message =
      own === undefined
        ? `its base ${stated.ref} has the licence ${base}, and this model states none for its weights`
        : `its base ${stated.ref} has the licence ${base}, and this model states ${own}: whether that keeps its terms is for a person to say`;
    return [{ rule: 'base-licence', level: 'warning', path: stated.ref, message }];
  });
}

/** Every part of an expression that is joined by AND; any that is a choice by OR. */
function isPermissive(expression: string): boolean {
  const parts = (joint: RegExp) => expression.replace(/[()]/g, '').split(joint);
  if (/\bWITH\b/.test(expression)) return false;
  if (/\bOR\b/.test(expression) && /\bAND\b/.test(expression)) return false;
  if (/\bOR\b/.test(expression)) return parts(/\s+OR\s+/).some((id) => PERMISSIVE.has(id));
  return parts(/\s+AND\s+/).every((id) => PERMISSIVE.has(id));
}
