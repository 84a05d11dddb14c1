/** Whether a predicate has the form of its kind, where the kind is known. What is of no known kind has no form to miss. */
import type { JsonObject } from '../encoding/signed-json.ts';
import { isSaid } from '../predicate/define.ts';
import { predicateKinds } from '../predicates/index.ts';
import { type Refusal, refusal } from './refusal.ts';

export function refusalOfForm(predicateType: string, predicate: JsonObject): Refusal | undefined {
  const read = predicateKinds.find(({ types }) => types.includes(predicateType))?.read(predicate);
  if (read === undefined || isSaid(read)) return undefined;
  const [problem] = read;
  return refusal('malformed', `it has not the form of its kind: ${problem?.path.join('.')} ${problem?.message}`);
}
