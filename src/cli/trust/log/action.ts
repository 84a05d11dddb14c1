/** What `waybill log ACTION` does: one file for each, and a line in index.ts. */
import type { Input } from '../../command.ts';
import type { Context } from '../../context.ts';
import type { Output } from '../../outputs/log.ts';

export interface LogAction {
  /** The names of its arguments behind the action; the last one may be left out if it ends with `?`. */
  readonly arguments: readonly string[];
  run(context: Context, input: Input, words: readonly string[]): Promise<Output>;
}
