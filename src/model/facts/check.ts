/** Holds what waybill.yaml states of the model to its files, before anything is packed. */
import { WaybillError } from '../../base/errors.ts';
import type { Finding } from '../../base/finding.ts';
import type { UnreadModel } from '../model-set/model-set.ts';
import { filesOfFolder } from '../model-set/package-file.ts';
import type { Source } from '../source/read.ts';
import { WAYBILL_FILE, type WaybillFile } from '../waybill-file/schema.ts';
import { compareFacts, type Disagreement } from './compare.ts';
import { deriveFacts } from './derive.ts';

/**
 * What is odd about the model files is told; what contradicts a stated fact is refused, all of it at once.
 * @throws WaybillError FACTS_DIFFER; FILE_UNREADABLE, FILE_CHANGED
 */
export async function checkFacts({ file, files, problemAt }: Source): Promise<readonly Finding[]> {
  const { facts, sets, unread } = await deriveFacts(filesOfFolder(files), file.runtime?.model);
  const broken = unread.filter((model) => isRelied(model, file));
  const differing = [...broken.map((model) => disagreementOf(model, file)), ...compareFacts(file, facts)];
  if (differing.length > 0)
    throw new WaybillError('FACTS_DIFFER', `Cannot pack: ${WAYBILL_FILE} states what its files do not say`, {
      problems: differing.map(({ at, message }) => problemAt(at, message)),
      hint: 'Correct what is wrong, the statement or the file; a statement that is left away is not compared',
    });
  return [
    ...sets.flatMap(({ findings }) => findings),
    ...unread.map(({ files: [first], error }): Finding => {
      return {
        rule: 'model-unreadable',
        level: 'warning',
        ...(first === undefined ? {} : { path: first }),
        message: error.message,
      };
    }),
  ];
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
