/** Every action of `waybill trust`, loaded when it is run. */
import type { TrustAction } from './action.ts';

export const trustActions: Readonly<Record<string, () => Promise<TrustAction>>> = {
  init: async () => (await import('./init.ts')).init,
  revoke: async () => (await import('./revoke.ts')).revoke,
  admission: async () => (await import('./admission.ts')).admission,
};
