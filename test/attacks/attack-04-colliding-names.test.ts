/** Attack 4: names that are two here and one on another system, at pack and at unpack. */
import fs from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { readSource } from '../../src/model/source/read.ts';
import { sumsOfFolder, verifyFolder } from '../../src/model/verify-folder.ts';
import { makeArtifact } from '../_support/artifact-maker.ts';
import { runCli } from '../_support/cli.ts';
import { rawTar } from '../_support/raw-tar.ts';
import { expectAccepted, expectRefused, thrownBy } from '../_support/refusal.ts';
import { makeScratch } from '../_support/scratch.ts';
import { makeFolder } from '../_support/source.ts';

const scratch = makeScratch();
afterAll(() => scratch[Symbol.dispose]());

let count = 0;
const fresh = () => scratch.at(`place-${count++}`);

/** Each pair is one file on some system: by case, by composed letters, or by full case folding. */
const collisions: readonly (readonly [string, string])[] = [
  ['Model.bin', 'model.bin'],
  ['Straße.bin', 'STRASSE.bin'],
  ['stra\u1e9ee.bin', 'strasse.bin'],
  ['stra\u1e9ee.bin', 'straße.bin'],
  ['caf\u00e9.bin', 'cafe\u0301.bin'],
  ['\u0130.bin', 'i\u0307.bin'],
  ['\u212a.bin', 'k.bin'],
  ['\u017f.bin', 'S.bin'],
  ['\ufb01le.bin', 'FILE.bin'],
  ['\u03c2.bin', '\u03a3.bin'],
  ['\u0345.bin', '\u03b9.bin'],
  ['\u00c5.bin', '\u212b.bin'],
  ['\u1e69.bin', 's\u0307\u0323.bin'],
  ['\u01f0.bin', 'J\u030c.bin'],
  ['\u1f80.bin', '\u1f00\u03b9.bin'],
  ['\u13a0.bin', '\uab70.bin'],
  ['\u{10400}.bin', '\u{10428}.bin'],
  ['Folder/a.bin', 'folder/A.bin'],
];

/** A name that must be a file for one and a folder for the other. */
const conflicts: readonly (readonly [string, string])[] = [
  ['a', 'a/b'],
  ['a/b/c', 'a/b'],
  ['A', 'a/b'],
  ['a/B/c', 'A/b'],
];

/** Two files on every system. */
const differing: readonly (readonly [string, string])[] = [
  ['\u0131.bin', 'i.bin'],
  ['\u00e5.bin', 'a.bin'],
  ['\u03b1.bin', 'a.bin'],
  ['a/b', 'a.b'],
  ['Folder/a', 'folder/b'],
];

describe.each([...collisions, ...conflicts])('%j and %j', (a, b) => {
  test('are refused by verify() and unpack() in two raw layers', async () => {
    const made = makeArtifact().file(a, 'one').file(b, 'two').sums().write(fresh());
    await expectRefused(made, { rule: 'path-collision', code: 'ARCHIVE_UNSAFE' });
  });

  test('are refused by verify() and unpack() in one tar', async () => {
    const archive = rawTar({ name: a, content: 'one' }, { name: b, content: 'two' });
    const made = makeArtifact()
      .tar(archive, { files: { [a]: 'one', [b]: 'two' } })
      .sums()
      .write(fresh());
    await expectRefused(made, { rule: 'path-collision', code: 'ARCHIVE_UNSAFE' });
  });

  test('are refused by verify() and unpack() in a raw layer and a tar', async () => {
    const archive = rawTar({ name: b, content: 'two' });
    const made = makeArtifact()
      .file(a, 'one')
      .tar(archive, { files: { [b]: 'two' } })
      .sums()
      .write(fresh());
    await expectRefused(made, { rule: 'path-collision', code: 'ARCHIVE_UNSAFE' });
  });
});

test.each(collisions)('readSource() refuses to pack both %j and %j, and names them', (a, b) => {
  const folder = makeFolder(fresh(), { [`weights/${a}`]: 'one' });
  makeFolder(folder, { [`weights/${b}`]: 'two' });
  const error = thrownBy(() => readSource(folder));
  expect(error.code).toBe('PATH_INVALID');
  expect(error.message).toMatch(/could keep only one of them/);
  for (const name of [a, b]) expect(error.message).toContain(JSON.stringify(`weights/${name}`));
});

test.each(differing)('readSource(), verify() and unpack() keep %j and %j apart', async (a, b) => {
  const files = { [`weights/${a}`]: 'one', [`weights/${b}`]: 'two' };
  expect(readSource(makeFolder(fresh(), files)).files).toHaveLength(3);
  await expectAccepted(makeArtifact().file(a, 'one').file(b, 'two').sums().write(fresh()));
});

test('readSource() warns of names that Windows cannot store, and packs them', () => {
  const names = ['CON', 'aux.txt', 'LPT¹', 'a:b', 'dot.', 'space ', 'what?', 'a|b'];
  const files = Object.fromEntries(names.map((name) => [`weights/${name}`, name]));
  const { findings } = readSource(makeFolder(fresh(), files));
  expect(findings.map(({ rule, level }) => `${rule} ${level}`)).toEqual(names.map(() => 'windows-name warning'));
  expect(findings.map(({ path }) => path?.slice('weights/'.length)).sort()).toEqual([...names].sort());
});

test.each([
  ['a newline', 'a\nb'],
  ['a carriage return', 'a\rb'],
  ['a backslash', 'a\\b'],
  ['an escape sequence', 'a\u001b[31mb'],
  ['a delete sign', 'a\u007fb'],
  ['a C1 control sign', 'a\u009bb'],
  ['the sign for broken text', 'a\ufffdb'],
])('readSource() refuses to pack a name with %s', (_, name) => {
  const error = thrownBy(() => readSource(makeFolder(fresh(), { 'weights/good': 'good', [`weights/${name}`]: 'x' })));
  expect(error.code).toBe('PATH_INVALID');
  expect(error.message).toContain(JSON.stringify(`weights/${name}`));
});

/** A path whose last part has a byte that no UTF-8 has. */
function notUtf8(folder: string, name: string): Buffer {
  return Buffer.concat([Buffer.from(`${folder}/${name}`), Buffer.from([0xff, 0x62])]);
}

const makers: readonly (readonly [string, (place: Buffer) => void])[] = [
  ['file', (place) => fs.writeFileSync(place, 'x')],
  ['folder', (place) => fs.mkdirSync(place)],
  ['link', (place) => fs.symlinkSync('good', place)],
];

describe.each(makers)('a %s whose name is not UTF-8', (_, make) => {
  test('is refused by readSource() when a component names it', () => {
    const folder = makeFolder(fresh(), { 'weights/good': 'good' });
    make(notUtf8(`${folder}/weights`, 'a'));
    const error = thrownBy(() => readSource(folder));
    expect(error.code).toBe('PATH_INVALID');
    expect(error.message).toMatch(/"weights\/a\ufffdb": it(?:s name)? is not valid UTF-8/);
  });

  test('is listed by readSource() when no component names it', () => {
    const folder = makeFolder(fresh(), { 'weights/good': 'good', 'notes/beside': 'beside' });
    make(notUtf8(`${folder}/notes`, 'a'));
    expect(readSource(folder).unlisted).toEqual(['notes/a\ufffdb', 'notes/beside']);
  });

  test('is a finding of verifyFolder(), as no list can name it', async () => {
    const folder = scratch.at(`folder-${count++}`);
    fs.mkdirSync(folder);
    fs.writeFileSync(`${folder}/SHA256SUMS`, '');
    make(notUtf8(folder, 'a'));
    const { verdict, findings } = await verifyFolder(folder, sumsOfFolder(folder));
    expect(verdict).toBe('fail');
    expect(findings).toContainEqual(expect.objectContaining({ rule: 'file-kind', path: 'a\ufffdb' }));
  });
});

test('the command line refuses colliding names at pack with exit 2 and at verify with exit 1', async () => {
  const store = scratch.at('store');
  const folder = makeFolder(fresh(), { 'weights/Model.bin': 'one', 'weights/model.bin': 'two' });
  const packed = await runCli(['pack', folder], { store });
  expect(packed.status).toBe(2);
  expect(packed.stderr).toContain('weights/Model.bin');
  const made = makeArtifact().file('Model.bin', 'one').file('model.bin', 'two').sums().write(fresh());
  const verified = await runCli(['verify', `oci:${made.folder}`], { store });
  expect(verified.status).toBe(1);
  expect(verified.stdout).toMatch(/^fail[\s\S]*\[path-collision\]/);
});
