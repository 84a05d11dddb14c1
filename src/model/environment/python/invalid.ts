/** The failure of what should be a version, a range, a requirement or a marker, with its place. */
import { WaybillError } from '../../../base/errors.ts';

/** More of a wrong line says nothing more. */
const SHOWN_LENGTH = 120;

/**
 * @param at the character at which nothing else than `expected` could stand
 */
export function invalidRequirement(text: string, at: number, expected: string): WaybillError {
  const shown = text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;
  return new WaybillError(
    'REQUIREMENT_INVALID',
    `Cannot read ${JSON.stringify(shown)}: expected ${expected} at character ${at + 1}`,
    { problems: [{ message: `expected ${expected}`, column: at + 1, source: shown }] },
  );
}
