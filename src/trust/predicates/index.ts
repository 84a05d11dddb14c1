/** Every kind of predicate that is known. A new one is a file here and a line below. */
import type { PredicateKind } from '../predicate/define.ts';
import { cyclonedx } from './cyclonedx.ts';
import { gateFailed } from './gate-failed.ts';
import { modelSignature } from './model-signature.ts';
import { packageStatement } from './package.ts';
import { provenance } from './provenance.ts';
import { release } from './release.ts';
import { signature } from './signature.ts';
import { spdx } from './spdx.ts';
import { spdx3 } from './spdx3.ts';
import { testResult } from './test-result.ts';
import { vsa } from './vsa.ts';

export const predicateKinds: readonly PredicateKind[] = [
  packageStatement,
  modelSignature,
  signature,
  provenance,
  vsa,
  testResult,
  gateFailed,
  release,
  cyclonedx,
  spdx,
  spdx3,
];
