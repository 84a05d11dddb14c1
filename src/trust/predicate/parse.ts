/** Reads a predicate that somebody is about to sign: what is known of its type is checked first, with line and column. */
import { type Problem, WaybillError } from '../../base/errors.ts';
import { jsonPlace } from '../../base/json-place.ts';
import { parseStrictJson } from '../../base/strict-json.ts';
import { asJsonObject, type JsonObject, parseSignedJson } from '../encoding/signed-json.ts';
import { predicateTypes } from '../predicate-types.ts';
import type { PredicateProblem } from './define.ts';
import { predicateKindOf, type Reading, readPredicate } from './find.ts';

/** In base64, twice, and with what stands around it, it is still a bundle: those may have 64 MiB. */
export const MAX_PREDICATE_SIZE: number = 32 * 1024 * 1024;

/** Documents of programs are often one line; nobody reads more of it than fits on a screen. */
const MAX_SHOWN_LINE = 1000;

export interface ParsedPredicate extends Reading {
  readonly predicate: JsonObject;
}

/**
 * @param name how the reader knows the file
 * @throws WaybillError PREDICATE_INVALID with every problem, LIMIT_EXCEEDED
 */
export function parsePredicate(bytes: Uint8Array, predicateType: string, name: string): ParsedPredicate {
  if (bytes.length > MAX_PREDICATE_SIZE)
    throw new WaybillError(
      'LIMIT_EXCEEDED',
      `Cannot read ${name}: it has ${bytes.length} bytes, the limit is ${MAX_PREDICATE_SIZE}`,
    );
  const kind = predicateKindOf(predicateType);
  if (kind?.isOfFiles === true)
    throw new WaybillError(
      'PREDICATE_INVALID',
      `Cannot attest ${name}: a ${kind.title} is about files, a statement here is about the digest of an artifact`,
      { hint: 'waybill sign makes one' },
    );
  const predicate = asJsonObject(parseSignedJson(bytes, name, 'PREDICATE_INVALID'), name, 'PREDICATE_INVALID');
  const problems = [...roundedIn(bytes, name)];
  const reading = readPredicate({ predicateType, predicate });
  problems.push(...reading.problems);
  if (problems.length > 0) throw invalid(bytes, name, { type: kind?.title ?? 'a predicate', problems });
  if (reading.result === 'FAILED' && predicateType !== predicateTypes.gateFailed)
    throw failedResult(name, predicateType);
  return { ...reading, predicate };
}

/** Whole numbers that no double holds: what is signed would be another number than the one that stands there. */
function* roundedIn(bytes: Uint8Array, name: string): Iterable<PredicateProblem> {
  const exact = parseStrictJson(bytes, name, { code: 'PREDICATE_INVALID', isExact: true });
  const places: { value: unknown; path: readonly (string | number)[] }[] = [{ value: exact, path: [] }];
  for (let place = places.pop(); place !== undefined; place = places.pop()) {
    const { value, path } = place;
    if (typeof value === 'bigint')
      yield { path, message: `${value} is a number that programs round; write it as text` };
    if (typeof value !== 'object' || value === null) continue;
    for (const [key, item] of Object.entries(value))
      places.push({ value: item, path: [...path, Array.isArray(value) ? Number(key) : key] });
  }
}

function invalid(
  bytes: Uint8Array,
  name: string,
  { type, problems }: { type: string; problems: readonly PredicateProblem[] },
): WaybillError {
  const text = Buffer.from(bytes).toString('utf8');
  const placed = problems.map(({ path, message }): Problem => {
    const shown = path.length === 0 ? message : `${path.join('.')}: ${message}`;
    const { source, ...place } = jsonPlace(text, path);
    return { message: shown, file: name, ...place, ...(source.length > MAX_SHOWN_LINE ? {} : { source }) };
  });
  const count = placed.length === 1 ? 'one problem' : `${placed.length} problems`;
  return new WaybillError('PREDICATE_INVALID', `Cannot use ${name} as ${type}: it has ${count}`, { problems: placed });
}

function failedResult(name: string, predicateType: string): WaybillError {
  return new WaybillError(
    'PREDICATE_INVALID',
    `Cannot attach ${name}: its result is FAILED, and who looks for ${predicateType} asks that every one of them passes, so that a later PASSED could not undo it`,
    { hint: `Say it under a type of its own: --type gate-failed (${predicateTypes.gateFailed})` },
  );
}
