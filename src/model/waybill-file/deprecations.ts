/**
 * What waybill.yaml should no longer say: read until the major version that ends it, told by every verb that reads the
 * file, taken away by `waybill upgrade`. docs/reference/waybill-file.md is made from this.
 */
import { datatypes, kindOf } from '../interface/datatypes.ts';

export interface Deprecation {
  /** As the reference page writes it. */
  readonly key: string;
  /** Which of these keys are meant, in words that go behind the key; and by the section that it stands in. */
  readonly of?: string;
  isMeant?(section: Readonly<Record<string, unknown>>): boolean;
  /** The version that began to tell. */
  readonly since: number;
  /** The major version that no longer reads it. */
  readonly until: number;
  /** Why, and what to write; words that go behind a colon. */
  readonly instead: string;
  /** What `waybill upgrade` does with it. */
  readonly rewrite: 'remove';
}

const isNoFloat = ({ datatype }: Readonly<Record<string, unknown>>) => {
  const known = datatypes.find((name) => name === datatype);
  return known !== undefined && kindOf(known) !== 'float';
};

export const deprecations: readonly Deprecation[] = (['inputs', 'outputs'] as const).map((side) => ({
  key: `interface.${side}[].nan`,
  of: 'of tensors that are no floating-point numbers',
  isMeant: isNoFloat,
  since: 1.1,
  until: 2,
  instead: 'only floating-point numbers can be NaN; leave it out',
  rewrite: 'remove',
}));
