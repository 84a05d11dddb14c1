/** `verify --with-bases`: a package that was found whole, and every package that it was made from. */
import { verdictOf } from '../base/finding.ts';
import { readStructure } from '../model/artifact/structure.ts';
import { licenceFindings } from '../model/bases/licences.ts';
import { readOwnFile } from '../model/own-file.ts';
import { verify as verifyArtifact } from '../model/verify.ts';
import type { Context } from './context.ts';
import type { Located } from './locate.ts';
import type { Output } from './outputs/verify.ts';
import { openBases, requireAll } from './package-bases.ts';

/**
 * @param own what was found of the package itself
 * @throws WaybillError MANIFEST_UNKNOWN for a base that cannot be had
 */
export async function verifyWithBases(
  context: Context,
  { subject, found, own }: { subject: string; found: Located; own: Output },
): Promise<Output> {
  const file = await readOwnFile(found.store, await readStructure(found.store, found.target));
  await using opened = await openBases(context, found.store, { subject, file, isFar: true });
  const verified: NonNullable<Output['bases']> = [];
  const findings = [...own.findings, ...licenceFindings(file, opened.bases)];
  let { fileCount, bytesRead } = own;
  for (const { stated, found: base } of requireAll(opened.bases, `Cannot verify ${subject}`)) {
    const { progress, signal } = context;
    const result = await verifyArtifact(base.store, base.target, { progress, signal });
    verified.push({ ref: stated.ref, digest: result.digest, verdict: result.verdict });
    findings.push(
      ...result.findings.map((finding) => ({ ...finding, path: [stated.ref, finding.path].filter(Boolean).join(' ') })),
    );
    fileCount += result.fileCount;
    bytesRead += result.bytesRead;
  }
  return { ...own, verdict: verdictOf(findings), fileCount, bytesRead, bases: verified, findings };
}
