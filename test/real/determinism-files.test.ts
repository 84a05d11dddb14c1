/** The digest does not depend on how the files came to lie there: order, modes, times, links, file systems. */
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { openCli, type PackedJson } from './_cli.ts';
import { freshCli, GOLDEN, goldenFiles, packedDigest, writeGolden } from './_golden.ts';
import type { Files } from './_packages.ts';
import { run, temporaryFolder } from './_run.ts';

const place = temporaryFolder();
const source = path.join(place, 'source');

beforeAll(() => writeGolden(source));

let variants = 0;

/** A new copy of the package. */
function written(files?: Files): string {
  const folder = path.join(place, `variant-${++variants}`);
  writeGolden(folder, files);
  return folder;
}

function everyFile(folder: string, change: (file: string, stats: fs.Stats) => void): void {
  for (const name of fs.readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const file = path.join(folder, name);
    change(file, fs.lstatSync(file));
  }
}

test('written in reverse order', () => {
  expect(packedDigest(place, written(Object.fromEntries(Object.entries(goldenFiles).reverse())))).toBe(GOLDEN);
});

test.each(['000', '022', '027', '077'])('written under the umask %s', (umask) => {
  const folder = written();
  everyFile(folder, (file, stats) => {
    const all = stats.isDirectory() || (stats.mode & 0o100) !== 0 ? 0o777 : 0o666;
    fs.chmodSync(file, all & ~Number.parseInt(umask, 8));
  });
  expect(packedDigest(place, folder)).toBe(GOLDEN);
});

test.each(['1970-01-01T00:00:00Z', '1999-12-31T23:59:59.999Z', '2038-01-20T00:00:00Z'])('dated %s', (date) => {
  const folder = written();
  everyFile(folder, (file) => fs.utimesSync(file, new Date(date), new Date(date)));
  expect(packedDigest(place, folder)).toBe(GOLDEN);
});

test('hard links to files elsewhere, twins linked to each other', () => {
  const folder = path.join(place, 'linked');
  run('cp', ['-al', source, folder]);
  fs.rmSync(path.join(folder, 'weights/copy.bin'));
  fs.linkSync(path.join(folder, 'weights/model.bin'), path.join(folder, 'weights/copy.bin'));
  expect(packedDigest(place, folder)).toBe(GOLDEN);
  // A link moves the ctime of the source on, which must not matter either.
  expect(packedDigest(place, source)).toBe(GOLDEN);
});

test('sparse files', () => {
  const folder = written();
  const file = path.join(folder, 'weights/model.bin');
  const { size } = fs.statSync(file);
  fs.rmSync(file);
  const descriptor = fs.openSync(file, 'w');
  fs.writeSync(descriptor, 'the end', size - 'the end'.length);
  fs.closeSync(descriptor);
  expect(packedDigest(place, folder)).toBe(GOLDEN);
});

test('copied by cp and unpacked by waybill', () => {
  run('cp', ['-r', source, path.join(place, 'copied')]);
  expect(packedDigest(place, path.join(place, 'copied'))).toBe(GOLDEN);
  const cli = freshCli(place);
  cli.run('pack', source);
  cli.run('unpack', 'acme/golden:1.0.0', path.join(place, 'unpacked'));
  expect(packedDigest(place, path.join(place, 'unpacked'))).toBe(GOLDEN);
});

test('on a file system in memory', () => {
  const memory = '/dev/shm';
  if (!fs.existsSync(memory)) console.warn(`${memory} is absent: packed on one file system only`);
  const parent = fs.existsSync(memory) ? memory : place;
  const folder = fs.mkdtempSync(path.join(parent, 'waybill-real-'));
  try {
    writeGolden(path.join(folder, 'source'));
    const cli = openCli(folder);
    expect(cli.json<PackedJson>('pack', path.join(folder, 'source')).digest).toBe(GOLDEN);
    expect(packedDigest(place, path.join(folder, 'source'))).toBe(GOLDEN);
    expect(openCli(folder).json<PackedJson>('pack', source, '--tag', 'acme/other:1').digest).toBe(GOLDEN);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});
