/** Refuses to pack an interface that contradicts itself, or examples that contradict it. */
import path from 'node:path';
import { WaybillError } from '../../base/errors.ts';
import { readSmallFile } from '../../base/files.ts';
import type { Finding } from '../../base/finding.ts';
import { explainSystemError } from '../../base/system-errors.ts';
import type { Source } from '../source/read.ts';
import { WAYBILL_FILE } from '../waybill-file/schema.ts';
import { contradictionsOf } from './contradictions.ts';
import { problemsOfExamples } from './examples.ts';

/** A request of one picture of 224 × 224 as JSON has 3 MB; what is larger is for a test, not for reading. */
const MAX_EXAMPLE_SIZE: number = 16 * 1024 * 1024;

/**
 * @returns what is worth a look: examples that are too large to be held to the interface
 * @throws WaybillError WAYBILL_FILE_INVALID with every contradiction and its place; FILE_UNREADABLE
 */
export function checkInterface({ folder, file, problemAt }: Source): readonly Finding[] {
  const { interface: declared } = file;
  if (declared === undefined) return [];
  const large = new Set<string>();
  const read = (name: string) => {
    try {
      return readSmallFile(path.join(folder, name), MAX_EXAMPLE_SIZE);
    } catch (error) {
      if (!(error instanceof WaybillError) || error.code !== 'LIMIT_EXCEEDED')
        throw explainSystemError(`Cannot read ${name}`, error);
      large.add(name);
      return undefined;
    }
  };
  const contradictions = contradictionsOf(declared);
  // Against an interface that contradicts itself, nothing can be said of examples.
  const problems = contradictions.length > 0 ? contradictions : problemsOfExamples(declared, read);
  if (problems.length > 0) {
    const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
    throw new WaybillError('WAYBILL_FILE_INVALID', `Cannot pack: the interface in ${WAYBILL_FILE} has ${count}`, {
      problems: problems.map(({ at, message }) => problemAt(at, message)),
    });
  }
  return [...large].map((name) => ({
    rule: 'example-not-read',
    level: 'note',
    path: name,
    message: `is larger than ${MAX_EXAMPLE_SIZE} bytes and was not held to the interface`,
  }));
}
