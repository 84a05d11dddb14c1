/** Files as they are against files as SHA256SUMS lists them. */
import type { Finding } from '../base/finding.ts';
import type { Digest } from '../oci/digest.ts';
import type { Sum } from './sums.ts';

/** @returns one error for each changed, missing and extra file, by path */
export function compareSums(expected: readonly Sum[], found: ReadonlyMap<string, Digest>): readonly Finding[] {
  const findings: Finding[] = [];
  const listed = new Set<string>();
  for (const { path, digest } of expected) {
    listed.add(path);
    const actual = found.get(path);
    if (actual === undefined) findings.push({ rule: 'file-missing', level: 'error', path, message: 'is missing' });
    else if (actual !== digest)
      findings.push({
        rule: 'file-changed',
        level: 'error',
        path,
        message: `has changed: expected ${digest}, found ${actual}`,
      });
  }
  for (const path of found.keys()) {
    if (!listed.has(path))
      findings.push({ rule: 'file-extra', level: 'error', path, message: 'is not listed in SHA256SUMS' });
  }
  return findings;
}
