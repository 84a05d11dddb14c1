/** The bases of a package as the command line follows them: told by `inspect`, verified and restored on request. */
import { WaybillError } from '../base/errors.ts';
import { type Base, type FollowedPackage, followBases } from '../model/bases/follow.ts';
import type { WaybillFile } from '../model/waybill-file/schema.ts';
import type { OpenStore } from '../oci/store-kind.ts';
import type { Context } from './context.ts';
import { type BaseFinder, openBaseFinder } from './find-base.ts';
import { parseLocation } from './location.ts';

export interface PackageBases extends AsyncDisposable {
  readonly bases: readonly Base[];
}

/**
 * @param subject the location of the package, as it was named
 * @param isFar whether registries are asked too
 * @throws WaybillError of reading them; LIMIT_EXCEEDED
 */
export async function openBases(
  context: Context,
  store: OpenStore | undefined,
  { subject, file, isFar }: { subject: string; file: WaybillFile | undefined; isFar: boolean },
): Promise<PackageBases> {
  const location = parseLocation(subject);
  const host = location.kind === 'registry' ? location.reference.host : undefined;
  const finder: BaseFinder = openBaseFinder(context, { store, host, isFar });
  try {
    return { bases: await followBases(file, finder.find), [Symbol.asyncDispose]: () => finder[Symbol.asyncDispose]() };
  } catch (error) {
    await finder[Symbol.asyncDispose]();
    throw error;
  }
}

/** What `--with-bases` needs: all of them. @throws WaybillError MANIFEST_UNKNOWN for one that cannot be had */
export function requireAll(bases: readonly Base[], attempt: string): readonly (Base & { found: FollowedPackage })[] {
  return bases.map((base) => {
    const { stated, found } = base;
    if (found !== undefined) return { ...base, found };
    const pinned = stated.digest === undefined ? 'it is named without a digest' : `no store has ${stated.digest}`;
    throw new WaybillError('MANIFEST_UNKNOWN', `${attempt} with the base ${stated.ref}: ${pinned}`, {
      hint:
        stated.digest === undefined
          ? 'Add its digest under model.baseModels, and pack again; or leave --with-bases away'
          : `waybill pull ${stated.ref}, or leave --with-bases away`,
    });
  });
}
