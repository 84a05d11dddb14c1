/** The members of a verb's JSON that say what a policy made of the package. No schema here: running a verb needs none. */
import type { TrustOutput } from './trust-verdict.ts';

export interface TrustFields {
  readonly trust?: Omit<TrustOutput, 'requirements'>;
  readonly requirements?: TrustOutput['requirements'];
}

/** None where there was no policy. */
export function trustFields(trust: TrustOutput | undefined): TrustFields {
  if (trust === undefined) return {};
  const { requirements, ...verdict } = trust;
  return { trust: verdict, requirements };
}
