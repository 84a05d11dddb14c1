/** Writes the folder `conformance`: `node scripts/conformance/generate.ts`. */
import fs from 'node:fs';
import path from 'node:path';
import { SUITE_FOLDER, suiteFiles } from './suite.ts';

fs.rmSync(path.join(SUITE_FOLDER, 'modelpack-0.0.7'), { recursive: true, force: true });
for (const [name, bytes] of suiteFiles()) {
  const file = path.join(SUITE_FOLDER, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, bytes);
}
