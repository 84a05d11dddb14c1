/** Holds a model to its bases: layouts, licences, and whether they can be found at all. */
import type { Finding } from '../../base/finding.ts';
import { checkAdapter, isGgufAdapter } from '../architecture/adapter/check.ts';
import { compareLayouts, type LayoutComparison } from '../architecture/compare.ts';
import { deriveFacts } from '../facts/derive.ts';
import type { DescribedModel } from '../facts/described-model.ts';
import { filesOfArtifact } from '../model-set/artifact-files.ts';
import type { WaybillFile } from '../waybill-file/schema.ts';
import type { Base, FollowedPackage } from './follow.ts';
import { licenceFindings } from './licences.ts';

/**
 * @param main the model that the package is about, if it can be told
 * @throws WaybillError of reading the bases
 */
export async function checkBases(
  file: WaybillFile | undefined,
  main: DescribedModel | undefined,
  bases: readonly Base[],
): Promise<readonly Finding[]> {
  const findings: Finding[] = [...licenceFindings(file, bases)];
  for (const { stated, found, depth } of bases) {
    if (found === undefined) findings.push(missing(stated));
    else if (depth === 1 && main !== undefined) findings.push(...(await layoutFindings(stated, main, found)));
  }
  return findings;
}

function missing({ ref, digest }: Base['stated']): Finding {
  if (digest === undefined) {
    const message = 'the base model is named without a digest: what it is cannot be looked up';
    return { rule: 'base-unpinned', level: 'note', path: ref, message };
  }
  return {
    rule: 'base-missing',
    level: 'note',
    path: ref,
    message: `the base model ${digest} is in none of the stores at hand`,
  };
}

/** A fine-tune has the tensors of its base; an adapter fits them. What was quantised, merged or distilled may have others. */
async function layoutFindings(
  { ref, relation }: Base['stated'],
  main: DescribedModel,
  { store, structure, file }: FollowedPackage,
): Promise<readonly Finding[]> {
  const { set, companions } = main;
  const isAdapter = relation === 'adapter' || companions.adapter !== undefined || isGgufAdapter(set.metadata);
  if (!isAdapter && relation !== 'finetune') return [];
  const base = (await deriveFacts(await filesOfArtifact(store, structure), file?.runtime?.model)).main;
  if (!isAdapter) return fineTuneFindings(ref, compareLayouts(set.tensors, base?.set.tensors));
  const adapter = {
    tensors: set.tensors,
    metadata: set.metadata,
    ...(companions.adapter === undefined ? {} : { config: companions.adapter }),
  };
  if (base === undefined) return [];
  const { record } = base.described;
  return checkAdapter(adapter, { name: ref, tensors: base.set.tensors, ...(record === undefined ? {} : { record }) });
}

function fineTuneFindings(
  ref: string,
  { verdict, missing, extra, different, counts }: LayoutComparison,
): readonly Finding[] {
  if (verdict !== 'mismatch') return [];
  const named = [...different.map(({ name }) => name), ...missing, ...extra].slice(0, 3).join(', ');
  const total = counts.missing + counts.extra + counts.otherShape;
  const message = `it is stated as a fine-tune of ${ref}, and ${total === 1 ? 'one tensor is' : `${total} tensors are`} not as there (${named}${total > 3 ? ', …' : ''})`;
  return [{ rule: 'base-layout', level: 'warning', path: ref, message }];
}
