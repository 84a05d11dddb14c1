/** What waybill.yaml says of a tensor that only few other documents can say, by its keys. */
import type { InputTensor, OutputTensor } from '../waybill-file/interface.ts';
import type { Lost } from './mapped.ts';

const KEYS = ['description', 'minimum', 'maximum', 'nan', 'enum', 'semantic'] as const;

/**
 * @param at the tensor, as `inputs.image`
 * @param kept keys that the other document does say
 */
export function lostConstraints(
  tensor: InputTensor | OutputTensor,
  at: string,
  kept: readonly string[] = [],
): readonly Lost[] {
  return KEYS.filter((key) => tensor[key] !== undefined && !kept.includes(key)).map((key) => ({
    at: `${at}.${key}`,
    message: 'there is no place for it',
  }));
}
