import type { Invariant } from '../invariant.ts';
import { attention } from './attention.ts';
import { embedding } from './embedding.ts';
import { experts } from './experts.ts';
import { feedForward } from './feed-forward.ts';
import { head } from './head.ts';
import { layerParts } from './layer-parts.ts';
import { layers } from './layers.ts';
import { norms } from './norms.ts';
import { parameters } from './parameters.ts';
import { quantised } from './quantised.ts';
import { tokenizer } from './tokenizer.ts';

/** What must hold between tensors and configuration. A new one is a file here and a line below. */
export const invariants = [
  layers,
  layerParts,
  embedding,
  tokenizer,
  norms,
  attention,
  feedForward,
  experts,
  head,
  quantised,
  parameters,
] as const satisfies readonly Invariant[];
