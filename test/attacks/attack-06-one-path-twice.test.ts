/** Attack 6: one path twice, so that what is scanned is not what is loaded. */
import { afterAll, expect, test } from 'vitest';
import { addToIndex, makeArtifact } from '../_support/artifact-maker.ts';
import { runCli } from '../_support/cli.ts';
import { paxEntry, rawTar } from '../_support/raw-tar.ts';
import { expectAccepted, expectRefused } from '../_support/refusal.ts';
import { makeScratch } from '../_support/scratch.ts';
import { archiveOf, openAttack } from '../_support/stores.ts';

const scratch = makeScratch();
afterAll(() => scratch[Symbol.dispose]());

const one = { name: 'run.py', content: 'print(1)' };
const two = { name: 'run.py', content: 'evil()' };

const attacks = {
  'in two raw layers': makeArtifact().file('run.py', 'print(1)').file('run.py', 'evil()'),
  'in two raw layers with the same bytes': makeArtifact().file('run.py', 'print(1)').file('run.py', 'print(1)'),
  'in two components': makeArtifact()
    .file('run.py', 'print(1)', { component: 'code' })
    .file('run.py', 'evil()', { component: 'doc' }),
  'in one tar': makeArtifact().tar(rawTar(one, two)),
  'in one tar with the same bytes': makeArtifact().tar(rawTar(one, one)),
  'in one tar, spelled with ./': makeArtifact().tar(rawTar(one, { ...two, name: './run.py' })),
  'in one tar, the second by a pax header': makeArtifact().tar(
    rawTar(one, paxEntry({ path: 'run.py' }), { ...two, name: 'other.py' }),
  ),
  'in one tar, the second by a prefix': makeArtifact().tar(
    rawTar({ ...one, name: 'src/run.py' }, { ...two, name: 'run.py', prefix: 'src' }),
  ),
  'in two tars': makeArtifact().tar(rawTar(one)).tar(rawTar(two), { component: 'doc' }),
  'raw and in a tar': makeArtifact().file('run.py', 'print(1)').tar(rawTar(two)),
  'in a tar and raw': makeArtifact().tar(rawTar(two)).file('run.py', 'print(1)'),
};

test.each(Object.entries(attacks))('verify() and unpack() refuse a path that stands %s', async (where, attack) => {
  const made = attack.write(scratch.at(where.replaceAll(/\W/g, '-')));
  await expectRefused(made, { rule: 'path-twice', code: 'ARCHIVE_UNSAFE' });
});

test('verify() and unpack() refuse a second SHA256SUMS, raw or in a tar', async () => {
  const raw = makeArtifact().file('a', 'a').sums().file('SHA256SUMS', '', { component: 'dataset' });
  await expectRefused(raw.write(scratch.at('sums-raw')), { rule: 'path-twice', code: 'ARCHIVE_UNSAFE' });
  const tar = makeArtifact()
    .file('a', 'a')
    .sums()
    .tar(rawTar({ name: 'SHA256SUMS', content: '' }));
  await expectRefused(tar.write(scratch.at('sums-tar')), { rule: 'path-twice', code: 'ARCHIVE_UNSAFE' });
});

test('verify() and unpack() refuse a file where the same tar has a folder', async () => {
  const archive = rawTar({ name: 'x/', type: '5' }, { name: 'x', content: 'x' });
  const made = makeArtifact().tar(archive).write(scratch.at('file-and-folder'));
  await expectRefused(made, { rule: 'layer-digest', message: /as a folder and as a file/, code: 'ARCHIVE_UNSAFE' });
});

test('verify() and unpack() accept two paths with the same bytes, and one folder named by two tars', async () => {
  const folder = { name: 'shared/', type: '5' };
  const made = makeArtifact()
    .file('a.bin', 'same')
    .file('b.bin', 'same')
    .tar(rawTar(folder, { name: 'shared/a', content: 'a' }), { files: { 'shared/a': 'a' } })
    .tar(rawTar(folder, folder, { name: 'shared/b', content: 'b' }), { component: 'doc', files: { 'shared/b': 'b' } })
    .sums()
    .write(scratch.at('honest'));
  const results = await expectAccepted(made);
  expect(results.map(({ fileCount }) => fileCount)).toEqual([5, 5, 5]);
});

test('two layers with one digest must both state its true size', async () => {
  for (const sizes of [
    [4, 5],
    [5, 4],
    [4, 3],
  ]) {
    const made = makeArtifact()
      .file('a.bin', 'same', { descriptor: { size: sizes[0] } })
      .file('b.bin', 'same', { descriptor: { size: sizes[1] } })
      .write(scratch.at(`sizes-${sizes.join('-')}`));
    await expectRefused(made, { rule: 'layer-digest', message: /should have [35] bytes/, code: 'SIZE_INVALID' });
  }
});

test('resolve() refuses a name that the index gives to two artifacts, in a layout and in an archive', async () => {
  const other = makeArtifact().file('evil.bin', 'evil').write(scratch.at('other'));
  const made = makeArtifact().file('good.bin', 'good').write(scratch.at('two-of-one-name'));
  const entry = { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: other.digest, size: other.size };
  addToIndex(made.folder, { ...entry, annotations: { 'org.opencontainers.image.ref.name': made.name } });
  for (const kind of ['oci', 'oci-archive'] as const) {
    await expect(openAttack(kind, made)).rejects.toMatchObject({ code: 'MANIFEST_INVALID' });
  }
  const { status, stderr } = await runCli(['verify', `oci-archive:${made.folder}.tar:${made.name}`], {
    store: scratch.at('store'),
  });
  expect(stderr).toContain('two artifacts of this name');
  expect(status).toBe(1);
});

test('the archive reader refuses an archive with two files of one name', async () => {
  const made = makeArtifact().file('a', 'a').write(scratch.at('archive'));
  for (const name of ['index.json', './index.json', 'oci-layout']) {
    const file = archiveOf(made.folder, { name, content: '{"schemaVersion":2,"manifests":[]}' });
    const { status, stderr } = await runCli(['verify', `oci-archive:${file}`], { store: scratch.at('store') });
    expect(stderr).toContain('twice');
    expect(status).toBe(1);
  }
});
