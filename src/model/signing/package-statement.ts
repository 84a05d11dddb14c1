/** The publisher's statement, `package/v1`: what ties a manifest to its files and to the signature over them. */
import type { Digest } from '../../oci/digest.ts';
import { predicateTypes } from '../../trust/predicate-types.ts';
import { isAbout, type Statement, writeStatement } from '../../trust/statement/statement.ts';

export interface PackageStatement {
  readonly name: string;
  readonly version: string;
  readonly setDigest: Digest;
  /** Hex. */
  readonly omsRoot: string;
  readonly omsBundle: Digest;
  readonly expires: Date | undefined;
}

/** The bytes to sign. @param manifest what it is about */
export function packageStatement(manifest: Digest, says: PackageStatement & { readonly issuedAt: Date }): Buffer {
  const { issuedAt, expires, ...facts } = says;
  return writeStatement({ name: says.name, digest: manifest }, predicateTypes.package, {
    ...facts,
    issuedAt: toTime(issuedAt),
    expires: expires === undefined ? undefined : toTime(expires),
  });
}

/** Whether a statement says this of this manifest, whenever it was issued. */
export function saysTheSame(statement: Statement | undefined, manifest: Digest, says: PackageStatement): boolean {
  if (statement?.predicateType !== predicateTypes.package || !isAbout(statement, manifest)) return false;
  const { issuedAt: _, ...stated } = statement.predicate;
  const { expires, ...facts } = says;
  const expected = Object.entries({ ...facts, ...(expires === undefined ? {} : { expires: toTime(expires) }) });
  return expected.every(([key, value]) => stated[key] === value) && Object.keys(stated).length === expected.length;
}

/** RFC 3339 without fractions: nobody signs by the millisecond. */
function toTime(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}
