/** Options that a verb cannot do without. */
import { WaybillError } from '../../base/errors.ts';
import type { Input } from '../command.ts';

/** @throws WaybillError USAGE */
export function required(input: Input, option: string, verb: string): string {
  const value = input.text(option);
  if (value !== undefined) return value;
  throw new WaybillError('USAGE', `Cannot run waybill ${verb}: --${option} is missing`, {
    hint: `waybill help ${verb}`,
  });
}
