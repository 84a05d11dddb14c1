/** Holds what waybill.yaml states of the model to its files, and the files to each other, before anything is packed. */
import { WaybillError } from '../../base/errors.ts';
import type { Finding } from '../../base/finding.ts';
import type { FindBase } from '../bases/follow.ts';
import type { UnreadModel } from '../model-set/model-set.ts';
import { filesOfFolder } from '../model-set/package-file.ts';
import type { Source } from '../source/read.ts';
import { WAYBILL_FILE, type WaybillFile } from '../waybill-file/schema.ts';
import { excuse } from './caveats.ts';
import { compareFacts, type Disagreement } from './compare.ts';
import { deriveFacts } from './derive.ts';
import type { DescribedModel } from './described-model.ts';

/**
 * What is odd about the model files is told; what contradicts a stated fact, and what does not fit together, is refused,
 * all of it at once.
 * @param find where the bases of the model are looked for; those that are not found are not compared
 * @throws WaybillError FACTS_DIFFER; FILE_UNREADABLE, FILE_CHANGED
 */
export async function checkFacts({ file, files, problemAt }: Source, find: FindBase): Promise<readonly Finding[]> {
  const { facts, main, unread, findings } = await deriveFacts(filesOfFolder(files), file.runtime?.model);
  const bases = await baseFindings(file, main, find);
  const judged = excuse([...findings, ...bases], file.model?.caveats ?? []);
  const broken = unread.filter((model) => isRelied(model, file));
  const differing = [
    ...broken.map((model) => disagreementOf(model, file)),
    ...compareFacts(file, facts),
    ...judged.filter(({ level }) => level === 'error').map(misfitOf),
  ];
  if (differing.length > 0)
    throw new WaybillError('FACTS_DIFFER', `Cannot pack: ${WAYBILL_FILE} and its files do not agree`, {
      problems: differing.map(({ at, message }) => problemAt(at, message)),
      hint: 'Correct what is wrong, the statement or the file; what is so on purpose is stated under model.caveats',
    });
  return judged;
}

async function baseFindings(
  file: WaybillFile,
  main: DescribedModel | undefined,
  find: FindBase,
): Promise<readonly Finding[]> {
  if ((file.model?.baseModels ?? []).length === 0) return [];
  const { followBases } = await import('../bases/follow.ts');
  const { checkBases } = await import('../bases/check.ts');
  return checkBases(file, main, await followBases(file, find));
}

/** Whether a statement says that this can be read: its format, or that it is what runs. */
function isRelied({ files, format }: UnreadModel, { model, runtime }: WaybillFile): boolean {
  return (
    (format !== undefined && model?.format?.toLowerCase() === format.id) ||
    (runtime?.engine !== undefined && files.includes(runtime.model ?? ''))
  );
}

/** At the statement that does not hold. */
function disagreementOf({ error, files }: UnreadModel, { runtime }: WaybillFile): Disagreement {
  const isRun = files.includes(runtime?.model ?? '');
  return { at: isRun ? ['runtime', 'model'] : ['model', 'format'], message: error.message };
}

/** Files that contradict each other have no line of waybill.yaml. */
function misfitOf({ rule, path, message }: Finding): Disagreement {
  return { at: ['model'], message: `${path === undefined ? '' : `${path}: `}${message} [${rule}]` };
}
