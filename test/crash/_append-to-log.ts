/** Adds batches to a log until it is killed, and says after each how many entries the log has. */
import fs from 'node:fs';
import { openLogWriter } from '../../src/trust/log/writer/open.ts';
import { logSigner } from '../_support/log.ts';
import { seeded } from '../_support/random.ts';

const [folder = '', seed = '0'] = process.argv.slice(2);
const random = seeded(Number(seed));
// Other entries in each process: one that was signed at a place and put there again as another would show.
const batch = (size: number) =>
  Array.from({ length: 1 + random.below(size) }, () => random.bytes(4 + random.below(60)));

using writer = await openLogWriter(folder, logSigner());
for (;;) {
  await writer.append(batch(random.below(4) === 0 ? 700 : 5));
  fs.writeSync(1, `${writer.checkpoint.size}\n`);
}
