/** A model with what lies beside it. */
import type { Architecture } from '../architecture/describe.ts';
import type { ModelSet } from '../model-set/model-set.ts';
import type { Companions } from './companions.ts';

export interface DescribedModel {
  readonly set: ModelSet;
  readonly companions: Companions;
  readonly described: Architecture;
}
