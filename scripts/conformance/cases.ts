/** Every case of the suite. */
import { allowedCases } from './allowed-cases.ts';
import type { ConformanceCase } from './case.ts';
import { documentCases } from './document-cases.ts';
import { layerCases } from './layer-cases.ts';

export const cases: readonly ConformanceCase[] = [...allowedCases, ...documentCases, ...layerCases];
