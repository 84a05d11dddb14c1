import fs from 'node:fs';
import path from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Image, imageIn, indexIn, uploadTo } from '../../../test/_support/hub-content.ts';
import { openTestStorage } from '../../../test/_support/hub-storage.ts';
import { makeScratch, type Scratch } from '../../../test/_support/scratch.ts';
import { treeOf } from '../../../test/_support/tree.ts';
import { silent } from '../../base/progress.ts';
import { type Digest, digestOf, encodedOf } from '../../oci/digest.ts';
import { type Checked, fsck } from './fsck.ts';
import { Registry } from './registry.ts';
import { reindex } from './reindex.ts';

const NAME = 'acme/x';

let scratch: Scratch;
let folder: string;
let storage: Awaited<ReturnType<typeof openTestStorage>>;
let registry: Registry;
let image: Image;
let referrer: Image;
let index: Digest;
let lonely: Digest;
beforeEach(async () => {
  scratch = makeScratch();
  folder = scratch.at('hub');
  storage = await openTestStorage(folder);
  registry = new Registry(storage);
  image = await imageIn(registry, NAME, Buffer.from('weights'), { tags: ['1.0', 'latest'] });
  referrer = await imageIn(registry, NAME, Buffer.from('signature'), { subject: image });
  index = await indexIn(registry, NAME, [image], 'all');
  lonely = await uploadTo(registry, 'acme/y', Buffer.from('not yet named'));
});
afterEach(async () => {
  await storage[Symbol.asyncDispose]();
  scratch[Symbol.dispose]();
});

const check = (): Promise<Checked> => fsck({ folder, database: storage.database, progress: silent });
const blob = (digest: Digest) => storage.blobs.pathOf(digest);
const record = (digest: Digest) => path.join(folder, 'repositories', NAME, '_manifests', 'sha256', encodedOf(digest));
const tag = (name: string) => path.join(folder, 'repositories', NAME, '_tags', name);
const told = ({ findings }: Checked) =>
  findings.map(({ rule, level, path: place = '' }) => `${level} ${rule} ${place}`.trim());

/** Rows are changed behind the hub's back. */
const change = (...statements: readonly string[]) =>
  storage.database.write(async (writer) => {
    for (const statement of statements) await sql.raw(statement).execute(writer);
  });

test('fsck() passes a hub that agrees with itself, reads every byte, and changes nothing', async () => {
  // SQLite counts its readers in a file beside the database.
  const tree = () => ({ ...treeOf(folder), 'hub.sqlite-shm': '' });
  const before = tree();
  const checked = await check();
  expect(checked).toMatchObject({ verdict: 'pass', findings: [], manifests: 3, tags: 3, blobs: 7 });
  const sizes = [image.manifest, referrer.manifest, index, image.config, image.layer, referrer.layer, lonely];
  expect(checked.bytes).toBe(sizes.reduce((sum, digest) => sum + fs.statSync(blob(digest)).size, 0));
  expect(tree()).toEqual(before);
});

test.each([
  ['a flipped bit', (file: string) => fs.writeFileSync(file, 'weighTs')],
  ['another length', (file: string) => fs.appendFileSync(file, '!')],
  ['nothing in it', (file: string) => fs.truncateSync(file)],
])('fsck() finds a layer with %s', async (_, damage) => {
  damage(blob(image.layer));
  const checked = await check();
  expect(checked.verdict).toBe('fail');
  expect(told(checked)).toContain(`error hub-blob-digest ${image.layer}`);
});

test('fsck() finds content of another length than its row and its manifest say', async () => {
  fs.appendFileSync(blob(image.layer), '!');
  expect(told(await check()).filter((text) => text.includes('hub-blob-size'))).toHaveLength(2);
});

test('fsck() warns of an index that was pushed before what it names, and says another size of it', async () => {
  const later = Buffer.from('comes later');
  const entry = { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: digestOf(later), size: 1 };
  const type = 'application/vnd.oci.image.index.v1+json';
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: type, manifests: [entry] }));
  await registry.repository(NAME).putManifest(bytes, type, { digest: undefined, tags: [] });
  expect(told(await check())).toEqual([]);
  await uploadTo(registry, NAME, later);
  expect(told(await check())).toEqual([`warning hub-blob-size ${digestOf(later)}`]);
});

test('fsck() finds a layer that is gone, and what was pushed and is gone', async () => {
  fs.rmSync(blob(image.layer));
  fs.rmSync(blob(lonely));
  expect(told(await check())).toEqual([`error hub-blob-missing ${image.layer}`, `error hub-blob-missing ${lonely}`]);
});

test('fsck() finds a link, a folder or a pipe in the place of a blob', async () => {
  const copy = scratch.at('copy');
  fs.renameSync(blob(image.layer), copy);
  fs.symlinkSync(copy, blob(image.layer));
  const linked = await check();
  expect(told(linked)).toContain(`error hub-blob-missing ${image.layer}`);
  expect(linked.findings.some(({ rule }) => rule === 'hub-stray')).toBe(true);
  fs.rmSync(blob(image.layer));
  fs.mkdirSync(blob(image.layer));
  expect(told(await check())).toContain(`error hub-blob-missing ${image.layer}`);
});

test('fsck() finds a manifest whose bytes are gone, damaged or no manifest', async () => {
  const place = `error hub-manifest ${NAME}@${image.manifest}`;
  const bytes = fs.readFileSync(blob(image.manifest));
  fs.rmSync(blob(image.manifest));
  expect(told(await check())).toContain(place);
  fs.writeFileSync(blob(image.manifest), Buffer.from(bytes).fill(' ', 0, 1));
  expect(told(await check())).toEqual(expect.arrayContaining([place, `error hub-blob-digest ${image.manifest}`]));
  fs.writeFileSync(blob(image.manifest), bytes);
  fs.mkdirSync(path.dirname(record(digestOf('weights'))), { recursive: true });
  fs.writeFileSync(record(digestOf('weights')), 'application/vnd.oci.image.manifest.v1+json');
  expect(told(await check())).toContain(`error hub-manifest ${NAME}@${image.layer}`);
});

test('fsck() finds a record of another media type', async () => {
  fs.writeFileSync(record(image.manifest), 'application/vnd.oci.image.index.v1+json');
  expect(told(await check())).toEqual([`error hub-manifest ${NAME}@${image.manifest}`]);
});

test('fsck() finds manifests that only one of files and database knows; reindex() mends it', async () => {
  fs.rmSync(record(referrer.manifest));
  await change(`DELETE FROM manifest WHERE digest = '${index}'`);
  const checked = await check();
  expect(told(checked)).toEqual([`error hub-index ${NAME}@${index}`, `error hub-index ${NAME}@${referrer.manifest}`]);
  expect(checked.findings.every(({ message }) => message.includes('waybill hub reindex'))).toBe(true);
  await reindex(storage);
  expect((await check()).verdict).toBe('pass');
});

test.each([
  ['media type', "UPDATE manifest SET media_type = 'application/x' WHERE digest = ?"],
  ['size', 'UPDATE manifest SET size = size + 1 WHERE digest = ?'],
  ['artifact type', "UPDATE manifest SET artifact_type = 'application/x' WHERE digest = ?"],
  ['annotations', 'UPDATE manifest SET annotations = NULL WHERE digest = ?'],
  ['subject, so that a referrer is lost', 'UPDATE manifest SET subject = NULL WHERE digest = ?'],
  ['list of children, without them', 'DELETE FROM manifest_child WHERE manifest = ?'],
  [
    'list of children, with one more',
    `INSERT INTO manifest_child SELECT repository, manifest, '${digestOf('more')}', 0 FROM manifest_child WHERE manifest = ? LIMIT 1`,
  ],
])('fsck() finds a row with another %s; reindex() mends it', async (_, statement) => {
  await change(statement.replace('?', `'${referrer.manifest}'`));
  const checked = await check();
  expect(checked.verdict).toBe('fail');
  expect(new Set(told(checked))).toEqual(new Set([`error hub-index ${NAME}@${referrer.manifest}`]));
  await reindex(storage);
  expect((await check()).verdict).toBe('pass');
});

test('fsck() finds tags that files and database tell otherwise, and tags that lead nowhere', async () => {
  fs.rmSync(tag('latest'));
  fs.writeFileSync(tag('1.0'), referrer.manifest);
  await change(`DELETE FROM tag WHERE name = 'all'`);
  fs.writeFileSync(tag('lost'), digestOf('nowhere'));
  fs.writeFileSync(tag('junk'), 'no digest');
  const places = told(await check());
  for (const name of ['latest', '1.0', 'all', 'lost', 'junk'])
    expect(places).toContain(`error hub-index ${NAME}:${name}`);
  for (const name of ['lost', 'junk']) expect(places).toContain(`error hub-tag ${NAME}:${name}`);
});

test('fsck() finds a blob that the database has lost or knows by another size', async () => {
  await change(
    `DELETE FROM blob WHERE digest = '${image.layer}'`,
    `UPDATE blob SET size = 1 WHERE digest = '${lonely}'`,
  );
  expect(told(await check())).toEqual(
    expect.arrayContaining([`error hub-index ${image.layer}`, `error hub-blob-size ${lonely}`]),
  );
});

test('fsck() tells of files that are not the hub’s, and of what is under way or was left, and passes', async () => {
  const strays = [
    'blobs/notes.txt',
    `blobs/sha256/zz/${encodedOf(image.layer)}`,
    `blobs/md5/aa/${'a'.repeat(32)}`,
    'uploads/notes.txt',
    'repositories/README',
    `repositories/${NAME}/notes.txt`,
    `repositories/${NAME}/_tags/-wrong`,
    `repositories/${NAME}/_manifests/sha256/short`,
    'repositories/UPPER/_tags/1',
  ];
  for (const stray of strays) {
    fs.mkdirSync(path.join(folder, path.dirname(stray)), { recursive: true });
    fs.writeFileSync(path.join(folder, stray), 'mine');
  }
  fs.writeFileSync(`${path.dirname(tag('1.0'))}/.1.0.0123456789abcdef`, 'half');
  await registry.beginUpload(registry.repository(NAME));
  await registry.repository('acme/y').removeBlob(lonely);
  const pending = { owner: 'killed', repository: NAME, manifest: null, tags: '["1.0"]' };
  await storage.database.write((writer) => writer.insertInto('pending_change').values(pending).execute());
  const checked = await check();
  expect(checked.verdict).toBe('pass');
  const warnings = told(checked).filter((text) => text.startsWith('warning'));
  expect(warnings.sort()).toEqual(strays.map((stray) => `warning hub-stray ${stray}`).sort());
  expect(told(checked)).toEqual(
    expect.arrayContaining([
      'note hub-upload',
      'note hub-garbage',
      `note hub-not-ended ${NAME}`,
      `note hub-leftover repositories/${NAME}/_tags/.1.0.0123456789abcdef`,
    ]),
  );
});

test('fsck() says of a lost database what to do, and reindex() brings all of it back', async () => {
  await storage[Symbol.asyncDispose]();
  for (const name of fs.readdirSync(folder).filter((name) => name.startsWith('hub.sqlite')))
    fs.rmSync(path.join(folder, name));
  storage = await openTestStorage(folder);
  const checked = await check();
  expect(checked.verdict).toBe('fail');
  expect(new Set(checked.findings.map(({ rule }) => rule))).toEqual(new Set(['hub-index', 'hub-garbage']));
  await reindex(storage);
  expect((await check()).verdict).toBe('pass');
});

test('fsck() finds damage in the pages of the database', async () => {
  await storage.database.write((writer) =>
    writer
      .insertInto('tag')
      .values(Array.from({ length: 400 }, (_, at) => ({ repository: 999, name: `t${at}`, digest: image.manifest })))
      .execute(),
  );
  await storage[Symbol.asyncDispose]();
  const file = path.join(folder, 'hub.sqlite');
  const bytes = fs.readFileSync(file);
  // The last pages hold the tags and their indexes; the first, without which nothing opens, stay.
  fs.writeFileSync(file, Buffer.from(bytes).fill(0xff, bytes.length - 12_000));
  storage = await openTestStorage(folder);
  const checked = await check();
  expect(checked.verdict).toBe('fail');
  expect(checked.findings.some(({ rule }) => rule === 'hub-database')).toBe(true);
});
