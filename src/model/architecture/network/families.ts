/** The families of networks whose tensors are known by name. A new one is an entry in one of the three tables. */
import { decoderFamilies } from './decoder-families.ts';
import { encoderFamilies } from './encoder-families.ts';
import type { Family } from './family.ts';
import { ggufFamilies } from './gguf-families.ts';

export const families: readonly Family[] = [...decoderFamilies, ...encoderFamilies, ...ggufFamilies];
