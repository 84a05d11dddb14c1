/**
 * `npm run soak`: half a million wild requests and 400 kills of a hub, with a seed that is told, so that
 * what it finds can be played again: npm run soak -- --seed 7 --requests 500000 --kills 0.
 */
import { randomInt } from 'node:crypto';
import fs from 'node:fs';
import { parseArgs } from 'node:util';
import { silent } from '../../src/base/progress.ts';
import { fsck } from '../../src/hub/registry/fsck.ts';
import { openTestStorage } from '../../test/_support/hub-storage.ts';
import { fuzzAndMeasure } from '../../test/hub/_fuzz-and-measure.ts';
import { killAgainAndAgain } from '../../test/hub/_kills.ts';
import { fastFolder } from '../../test/hub/_served.ts';

const MIB = 1024 * 1024;
const MAX_SEED = 2 ** 31;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(randomInt(MAX_SEED)) },
    requests: { type: 'string', default: '500000' },
    kills: { type: 'string', default: '400' },
    processes: { type: 'string', default: '1' },
  },
});
const numbers = [values.seed, values.requests, values.kills, values.processes].map(Number);
const [seed, requests, kills, processes] = numbers;
if (!numbers.every((number) => Number.isSafeInteger(number))) {
  console.error('--seed, --requests, --kills and --processes are whole numbers');
  process.exit(2);
}
console.log(`seed ${seed}`);
const violations: string[] = [];
if (requests) violations.push(...(await sendWild(seed ?? 0, requests)));
if (kills) violations.push(...(await killOften(seed ?? 0, kills)));
for (const violation of violations) console.error(`WRONG ${violation}`);
console.log(violations.length === 0 ? 'nothing wrong' : `seed ${seed} again: npm run soak -- --seed ${seed}`);
process.exit(violations.length === 0 ? 0 : 1);

async function sendWild(seed: number, requests: number): Promise<readonly string[]> {
  const folder = fastFolder();
  try {
    let told = 0;
    const progress = (sent: number) => {
      if (sent - told < requests / 20) return;
      told = sent;
      console.log(`  ${sent} requests`);
    };
    const { violations, statuses, memory, ...counts } = await fuzzAndMeasure(folder, { seed, requests, progress });
    const sizes = memory.map((bytes) => (bytes === undefined ? 'unknown' : `${Math.round(bytes / MIB)} MiB`));
    console.log(`${counts.sent} requests, ${counts.answered} of ${counts.framed} with good framing answered`);
    console.log(`statuses ${JSON.stringify(Object.fromEntries([...statuses].sort(([a], [b]) => a - b)))}`);
    console.log(`${counts.verified} bytes held to their digests; memory ${sizes.join(', then ')}`);
    return [...violations, ...(await errorsIn(folder))];
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

async function killOften(seed: number, rounds: number): Promise<readonly string[]> {
  const progress = (round: number) => {
    if (round % 20 === 0) console.log(`  ${round} kills`);
  };
  const report = await killAgainAndAgain({ seed, rounds, progress, processes: processes ?? 1 });
  console.log(
    `${report.rounds} kills, ${report.answered} requests answered before them, ${report.collections} collections killed, ${report.mended} starts had to mend`,
  );
  return report.violations;
}

async function errorsIn(folder: string): Promise<readonly string[]> {
  await using storage = await openTestStorage(folder);
  const { findings } = await fsck({ folder, database: storage.database, progress: silent });
  return findings
    .filter(({ level }) => level === 'error')
    .map(({ rule, path, message }) => `${rule} ${path}: ${message}`);
}
