/** The table of characters of a `Precompiled` step, in base64. */
import { charsmapProblem } from '../charsmap.ts';
import type { Check } from './check.ts';

export const charsmap: Check = (value) => {
  if (typeof value !== 'string') return 'must be a text';
  const bytes = Buffer.from(value, 'base64');
  if (bytes.toString('base64') !== value) return 'must be base64';
  return charsmapProblem(bytes);
};
