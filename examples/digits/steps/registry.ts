/** Steps 14 to 16: a registry of one's own; a package there and back; transfers that are killed half-way go on. */
import { randomFillSync } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { REFERENCE } from '../reference.ts';
import type { Ran, Story } from '../story.ts';
import { digestIn } from './pack.ts';

/** Weights that take long enough to be killed on their way. */
const LARGE_BYTES = 256 * 1024 * 1024;
const LARGE = 'acme/large:1.0.0';

export async function useRegistry(story: Story, folder: string, digest: string): Promise<void> {
  story.title('Start a registry, push to it, and pull into an empty store');
  await using hub = await story.serve('waybill hub serve --listen 127.0.0.1:0 --data hub --quiet');
  const host = new URL(hub.address).host;
  const pushed = story.shell(`waybill push ${REFERENCE} ${host}/${REFERENCE}`, /^pushed|blobs|error/);
  const again = story.shell(`waybill push ${REFERENCE} ${host}/${REFERENCE}`, /^pushed|blobs|error/);
  const pulled = story.shell(
    `waybill pull ${host}/${REFERENCE} --store third-store --trust trust.yaml`,
    /^pulled|blobs|trusted|error/,
  );
  const verified = story.quiet(`waybill verify ${host}/${REFERENCE} --store third-store`);
  story.check({
    'pushed and pulled': pushed.status === 0 && pulled.status === 0,
    'the second push sends nothing': /\b0 B;/.test(again.output),
    'the same digest there and in the third store':
      digest !== '' && [pushed, pulled, verified].every(({ output }) => digestIn(output) === digest),
    'what was pulled is whole': verified.status === 0,
    'and trusted, before a byte of it was kept': /^ *trusted as \S+\/acme\/digits/m.test(pulled.output),
  });
  packLarge(story, folder);
  await killAndGoOn(story, {
    title: 'Kill a push half-way, and go on',
    command: `waybill push ${LARGE} ${host}/${LARGE}`,
    arrived: () => bytesBelow(path.join(folder, 'hub/uploads')),
    figure: 'bytesSent',
  });
  await killAndGoOn(story, {
    title: 'Kill a pull half-way, and go on',
    command: `waybill pull ${host}/${LARGE} --store third-store`,
    arrived: () => bytesBelow(path.join(folder, 'third-store/.waybill')),
    figure: 'bytesReceived',
  });
  const whole = story.shell(`waybill verify ${host}/${LARGE} --store third-store`, /^pass|^fail|^error/);
  story.check({ 'what came in two parts is whole': whole.status === 0 });
}

function packLarge(story: Story, folder: string): void {
  const place = path.join(folder, 'large');
  fs.mkdirSync(place);
  fs.writeFileSync(path.join(place, 'weights.bin'), randomFillSync(Buffer.allocUnsafe(LARGE_BYTES)));
  fs.writeFileSync(
    path.join(place, 'waybill.yaml'),
    'waybill: 1\nname: acme/large\nversion: 1.0.0\ncomponents:\n  weights: [weights.bin]\n',
  );
  story.quiet('waybill pack large');
}

interface Transfer {
  readonly title: string;
  readonly command: string;
  /** Bytes that are at the other end, so far as can be seen on the disk. */
  readonly arrived: () => number;
  readonly figure: 'bytesSent' | 'bytesReceived';
}

async function killAndGoOn(story: Story, { title, command, arrived, figure }: Transfer): Promise<void> {
  story.title(`${title} (256 MiB of random weights)`);
  const before = arrived();
  const killed = await story.killed(command, () => arrived() - before > LARGE_BYTES / 2);
  const rest = story.quiet(`${command} --json`);
  const moved = figureIn(rest, figure);
  story.say(`$ ${command}`);
  story.say(`  went on: ${Math.round(moved / 2 ** 20)} of ${LARGE_BYTES / 2 ** 20} MiB were still to move`);
  story.check({
    'killed on its way': killed,
    'run again, it ends well': rest.status === 0,
    'and moves less than 60 % of the bytes': moved > 0 && moved < LARGE_BYTES * 0.6,
  });
}

function figureIn({ output }: Ran, name: string): number {
  const [, digits = '0'] = new RegExp(`"${name}": (\\d+)`).exec(output) ?? [];
  return Number(digits);
}

/** Files come and go meanwhile: one that is gone has no bytes. */
function bytesBelow(folder: string): number {
  if (!fs.existsSync(folder)) return 0;
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => fs.statSync(path.join(folder, name), { throwIfNoEntry: false }))
    .reduce((sum, found) => sum + (found?.isFile() ? found.size : 0), 0);
}
