import type { Row } from '../row.ts';
import type { Trial } from '../trial.ts';

/** Something that is measured. A new one is a file here and a line in `index.ts`. */
export interface Case {
  /** For `--only`. */
  readonly id: string;
  run(trial: Trial): Promise<readonly Row[]>;
}
