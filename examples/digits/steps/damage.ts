/** Step 5: one byte of the weights changes, in the store and in the unpacked folder, and nobody is fooled. */
import fs from 'node:fs';
import path from 'node:path';
import { REFERENCE } from '../reference.ts';
import type { Story } from '../story.ts';

const WEIGHTS = 'weights/digits.onnx';

/** The lines that say yes or no, and why. */
const VERDICT = /^pass|^fail|^error/;

/** Somewhere in the middle of the hidden layer's weights. */
const OFFSET = 9000;

export function damageModel(story: Story, folder: string): void {
  story.title('Damage one byte of the weights in the store');
  const sums = fs.readFileSync(path.join(folder, 'restored/SHA256SUMS'), 'utf8');
  const sha256 = sums
    .split('\n')
    .find((line) => line.endsWith(WEIGHTS))
    ?.slice(0, 64);
  const blob = `store/blobs/sha256/${sha256}`;
  const flipped = flip(
    story,
    folder,
    blob,
    `blob=store/blobs/sha256/$(grep ${WEIGHTS} restored/SHA256SUMS | cut -c 1-64)`,
  );
  const before = listOf(folder);
  const verified = story.shell(`waybill verify ${REFERENCE}`, VERDICT);
  const unpacked = story.shell(`waybill unpack ${REFERENCE} refused`, VERDICT);
  story.check({
    'one byte differs': flipped,
    'verify says no and names the file': verified.status === 1 && verified.output.includes(WEIGHTS),
    'unpack says no': unpacked.status === 1,
    'and leaves nothing behind': listOf(folder) === before,
  });

  story.title('Repair it by packing again');
  story.say('(--no-cache reads every file: a pack that knows them looks at the size of a blob, not at its bytes)');
  const packed = story.shell('waybill pack digits --no-cache', /^packed|content/);
  const repaired = story.shell(`waybill verify ${REFERENCE}`, VERDICT);
  story.check({ 'packed again': packed.status === 0, 'verify passes': repaired.status === 0 });

  story.title('Damage one byte of the unpacked folder');
  const flippedToo = flip(story, folder, `restored/${WEIGHTS}`);
  const folderVerified = story.shell('waybill verify ./restored', VERDICT);
  story.check({
    'one byte differs': flippedToo,
    'verify says no and names the file': folderVerified.status === 1 && folderVerified.output.includes(WEIGHTS),
  });
}

/** Inverts one byte with dd, as anybody could. @returns whether that byte, and only that, is another now */
function flip(story: Story, folder: string, name: string, assignment?: string): boolean {
  const file = path.join(folder, name);
  const before = fs.readFileSync(file);
  const expected = Buffer.from(before);
  expected.writeUInt8(before.readUInt8(OFFSET) ^ 0xff, OFFSET);
  const octal = expected.readUInt8(OFFSET).toString(8).padStart(3, '0');
  const target = assignment === undefined ? name : '"$blob"';
  const { status } = story.shell(
    `${assignment === undefined ? '' : `${assignment}\n`}chmod u+w ${target} && printf '\\${octal}' | dd of=${target} bs=1 seek=${OFFSET} conv=notrunc 2>/dev/null`,
  );
  return status === 0 && fs.readFileSync(file).equals(expected);
}

function listOf(folder: string): string {
  return fs.readdirSync(folder).sort().join('\n');
}
