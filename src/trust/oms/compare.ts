/** Files as they are against files as a model signature lists them. */
import type { Finding } from '../../base/finding.ts';
import { type Digest, sha256Digest } from '../../oci/digest.ts';
import { isLeftOut, isWithin } from './left-out.ts';
import type { ModelSignature } from './read.ts';

/**
 * Nothing is passed over: what Model Signing leaves out of every signature must be covered by
 * something that is signed, and what this signer left out is named.
 * @param covered files that something in the signature vouches for, as a signed SHA256SUMS does
 * @returns one error for each changed, missing and extra file; a warning for each that the signer left out
 */
export function compareResources(
  { resources, ignoredPaths }: Pick<ModelSignature, 'resources' | 'ignoredPaths'>,
  files: ReadonlyMap<string, Digest>,
  covered: ReadonlyMap<string, Digest> = new Map(),
): readonly Finding[] {
  const expected = new Map([...covered].filter(([path]) => isLeftOut(path)));
  for (const { name, digest } of resources) expected.set(name, sha256Digest(digest));
  const findings: Finding[] = [];
  for (const [path, digest] of expected) {
    const found = files.get(path);
    if (found === undefined) findings.push({ rule: 'file-missing', level: 'error', path, message: 'is missing' });
    else if (found !== digest)
      findings.push({
        rule: 'file-changed',
        level: 'error',
        path,
        message: `has changed: expected ${digest}, found ${found}`,
      });
  }
  for (const path of files.keys()) {
    if (expected.has(path)) continue;
    const isIgnored = !isLeftOut(path) && ignoredPaths.some((ignored) => isWithin(path, ignored));
    findings.push(
      isIgnored
        ? { rule: 'file-unsigned', level: 'warning', path, message: 'is not signed: the signer left it out' }
        : { rule: 'file-extra', level: 'error', path, message: 'is not signed' },
    );
  }
  return findings;
}
