/** What `waybill trust ACTION` does: one file for each, and a line in index.ts. */
import type { Input } from '../../command.ts';
import type { Context } from '../../context.ts';
import type { Output } from '../../outputs/trust.ts';

export interface TrustAction {
  run(context: Context, input: Input): Promise<Output>;
}
