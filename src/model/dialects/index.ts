import type { Dialect } from '../dialect-parts/dialect.ts';
import { aikit } from './aikit.ts';
import { cnai } from './cnai.ts';
import { docker } from './docker.ts';
import { kit } from './kit.ts';
import { modelpack } from './modelpack.ts';
import { modelpackDocker } from './modelpack-docker.ts';
import { modelpackKit } from './modelpack-kit.ts';
import { modelpackModctl } from './modelpack-modctl.ts';
import { ollama } from './ollama.ts';
import { oras } from './oras.ts';

/**
 * The dialects that Waybill reads, the narrower before the wider: the first that knows an artifact
 * reads it. A new one is a file here and a line below.
 */
export const dialects = [
  aikit,
  modelpackDocker,
  modelpackKit,
  modelpackModctl,
  modelpack,
  kit,
  cnai,
  docker,
  ollama,
  oras,
] as const satisfies readonly Dialect[];
