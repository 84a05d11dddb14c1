/**
 * The demo, `npm run demo`: a real model is trained, packed, verified, damaged, repaired, signed, forged and moved, in
 * a folder of its own. Every step is checked; the last line counts. `--keep` leaves the folder there.
 */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { damageModel } from './steps/damage.ts';
import { describeModel, trainModel } from './steps/make-model.ts';
import { moveModel } from './steps/move.ts';
import { packAgain, packModel, unpackModel } from './steps/pack.ts';
import { useRegistry } from './steps/registry.ts';
import { forgeModel, signModel } from './steps/sign.ts';
import { makeStory, type Story } from './story.ts';

const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'waybill-demo-')));
const isKept = process.argv.includes('--keep');
if (!isKept) process.once('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));

const story = makeStory({ folder, environment: environmentFor(folder) });
console.log(`Waybill, with a real model. Everything stays in ${folder}; your own store is not touched.`);
console.log('Commands are run as they stand here; an ellipsis stands for lines of their output that are not shown.');
try {
  await tell(story);
} catch (error) {
  console.error(error);
  story.check({ 'the demo ran to its end': false });
}
console.log(isKept ? `\nKept: ${folder}` : '');
if (!story.end()) process.exitCode = 1;

async function tell(story: Story): Promise<void> {
  trainModel(story, folder);
  describeModel(story, folder);
  const digest = await packModel(story, folder);
  unpackModel(story, folder);
  damageModel(story, folder);
  packAgain(story, digest);
  signModel(story, folder);
  forgeModel(story);
  moveModel(story, digest);
  await useRegistry(story, folder, digest);
}

/** A store, a cache and a `waybill` command of the demo's own, before everything that the user has. */
function environmentFor(folder: string): Record<string, string | undefined> {
  const bin = path.join(folder, 'bin');
  fs.mkdirSync(bin);
  fs.writeFileSync(path.join(bin, 'waybill'), '#!/bin/sh\nexec "$DEMO_NODE" "$DEMO_MAIN" "$@"\n', {
    mode: 0o755,
  });
  return {
    ...process.env,
    PATH: [bin, path.dirname(process.execPath), process.env['PATH']].join(path.delimiter),
    DEMO_NODE: process.execPath,
    DEMO_MAIN: path.join(import.meta.dirname, '../../src/cli/main.ts'),
    WAYBILL_STORE: path.join(folder, 'store'),
    XDG_CACHE_HOME: path.join(folder, 'cache'),
    XDG_DATA_HOME: path.join(folder, 'remembered'),
    WAYBILL_PASSPHRASE: randomBytes(12).toString('base64url'),
  };
}
