/** Work that may be refused in Waybill's own words, where a refusal is one outcome among others. */
import { WaybillError } from '../base/errors.ts';

/**
 * What the work gives, or why it was refused.
 * @throws anything else, which is a bug
 */
export function attempt<Value>(work: () => Value): Value | WaybillError {
  try {
    return work();
  } catch (error) {
    if (error instanceof WaybillError) return error;
    throw error;
  }
}
