/** What a package was made from, as `waybill inspect` tells it: only stores on this machine, or its own, are asked. */
import type { Finding } from '../base/finding.ts';
import { checkBases } from '../model/bases/check.ts';
import type { DescribedModel } from '../model/facts/described-model.ts';
import type { WaybillFile } from '../model/waybill-file/schema.ts';
import { isDigest } from '../oci/digest.ts';
import type { Context } from './context.ts';
import type { Located } from './locate.ts';
import type { PackageOutput } from './outputs/inspect.ts';
import { openBases } from './package-bases.ts';

/** @throws WaybillError of reading the bases that are there */
export async function inspectBases(
  context: Context,
  found: Located,
  { subject, file, main }: { subject: string; file: WaybillFile | undefined; main: DescribedModel | undefined },
): Promise<{ bases: PackageOutput['bases']; findings: readonly Finding[] }> {
  if ((file?.model?.baseModels ?? []).length === 0) return { bases: undefined, findings: [] };
  await using opened = await openBases(context, found.store, { subject, file, isFar: false });
  const bases = opened.bases.map(({ stated: { ref, digest, relation }, found: base }) => ({
    ref,
    ...(isDigest(digest) ? { digest } : {}),
    ...(relation === undefined ? {} : { relation }),
    isHere: base !== undefined,
    ...(base?.file === undefined ? {} : { name: base.file.name, version: base.file.version }),
  }));
  return { bases, findings: await checkBases(file, main, opened.bases) };
}
