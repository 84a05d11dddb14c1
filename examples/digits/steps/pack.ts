/** Steps 3 and 4: the folder becomes one artifact, and comes out of it again; another tool agrees. */
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { REFERENCE } from '../reference.ts';
import type { Story } from '../story.ts';

/** The digest cache does not trust files below 2 s; a little more for the clock of the file system. */
const OLD_ENOUGH_MILLISECONDS = 2_100;

/** @returns the digest of the manifest */
export async function packModel(story: Story, folder: string): Promise<string> {
  story.title('Pack it, and look at what was packed');
  story.say('(waits until the files are 2.1 s old: Waybill remembers no digest of a file that may still be changing)');
  await untilOld(path.join(folder, 'digits'));
  const packed = story.shell('waybill pack digits');
  const digest = digestIn(packed.output);
  const verified = story.shell(`waybill verify ${REFERENCE}`, /^pass|^fail|error/);
  const inspected = story.shell(`waybill inspect ${REFERENCE}`, /^(?! {2}(?:digest|set digest|model) |$)/);
  const files = filesBelow(path.join(folder, 'digits'));
  story.check({
    'packed, nothing left out': packed.status === 0 && digest !== '' && !packed.output.includes('left out'),
    'every byte verified': verified.status === 0 && digestIn(verified.output) === digest,
    [`all ${files.length} files are in it, and SHA256SUMS`]: [...files, 'SHA256SUMS'].every((name) =>
      inspected.output.includes(`  ${name}`),
    ),
  });
  return digest;
}

export function unpackModel(story: Story, folder: string): void {
  story.title("Unpack it elsewhere; somebody else's tool agrees, and the model answers as before");
  const unpacked = story.shell(`waybill unpack ${REFERENCE} restored`);
  const tool = story.quiet('command -v sha256sum').status === 0 ? 'sha256sum' : 'shasum -a 256';
  const summed = story.shell(`cd restored && ${tool} -c SHA256SUMS`, /weights|README|FAILED/);
  const answered = story.shell(
    'cd restored && node inference/predict.mts < examples/request.json | tee ../answer.json | grep label',
  );
  const textOf = (name: string) => fs.readFileSync(path.join(folder, name), 'utf8');
  const files = filesBelow(path.join(folder, 'digits'));
  story.check({
    unpacked: unpacked.status === 0,
    [`${tool} accepts all ${files.length} files`]:
      summed.status === 0 && files.every((name) => summed.output.includes(`${name}: OK`)),
    'the unpacked code and weights give the stored answer':
      answered.status === 0 && textOf('answer.json') === textOf('restored/examples/response.json'),
  });
}

export function packAgain(story: Story, digest: string): void {
  story.title('Pack it again: nothing changed, so nothing is read or written');
  const packed = story.shell('waybill pack digits', /^(?!.*set digest)/);
  const counted = story.quiet('waybill pack digits --json');
  story.check({
    'nothing read, nothing written': packed.output.includes('(nothing read, nothing written)'),
    'bytesRead and bytesWritten are 0 in --json': /"bytesRead": 0,\s+"bytesWritten": 0,/.test(counted.output),
    'the same digest': digestIn(packed.output) === digest,
  });
}

/** The digest that a verb printed, or nothing. */
export function digestIn(output: string): string {
  return /\bsha256:[0-9a-f]{64}\b/.exec(output)?.[0] ?? '';
}

async function untilOld(folder: string): Promise<void> {
  const newest = Math.max(...filesBelow(folder).map((name) => fs.statSync(path.join(folder, name)).mtimeMs));
  await sleep(Math.max(0, newest + OLD_ENOUGH_MILLISECONDS - Date.now()));
}

function filesBelow(folder: string): readonly string[] {
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
}
