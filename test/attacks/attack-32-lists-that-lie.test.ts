/** Attack 32: files that no list covers, and lists that say other than what is there. */
import fs from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { unpack } from '../../src/model/unpack/unpack.ts';
import { sumsOfArtifact, sumsOfFolder, verifyFolder } from '../../src/model/verify-folder.ts';
import { makeArtifact, sha256 } from '../_support/artifact-maker.ts';
import { runCli } from '../_support/cli.ts';
import { rawTar } from '../_support/raw-tar.ts';
import { expectAccepted, expectRefused, failureOf } from '../_support/refusal.ts';
import { makeScratch } from '../_support/scratch.ts';
import { openAttack } from '../_support/stores.ts';

const scratch = makeScratch();
afterAll(() => scratch[Symbol.dispose]());

let count = 0;
const fresh = () => scratch.at(`layout-${count++}`);
const hex = (content: string) => sha256(content).slice(7);
const a = `${hex('a')}  a.bin\n`;
const b = `${hex('b')}  b.bin\n`;
const both = () => makeArtifact().file('a.bin', 'a').file('b.bin', 'b');

test('verify() and unpack() accept the list that these attacks change', async () => {
  await expectAccepted(
    both()
      .sums(a + b)
      .write(fresh()),
  );
});

describe('verify() and unpack() refuse a SHA256SUMS that', () => {
  const lies: readonly (readonly [string, string, string, string])[] = [
    ['states another digest', `${a}${hex('x')}  b.bin\n`, 'file-changed', 'b.bin'],
    ['leaves a file out', a, 'file-extra', 'b.bin'],
    ['lists a file that is not there', `${a}${b}${hex('c')}  c.bin\n`, 'file-missing', 'c.bin'],
    ['is empty', '', 'file-extra', 'a.bin'],
    ['spells a name in another case', a + `${hex('b')}  B.bin\n`.replace('B', 'c'), 'file-extra', 'b.bin'],
  ];
  test.each(lies)('%s', async (_, text, rule, path) => {
    await expectRefused(both().sums(text).write(fresh()), { rule, path, code: 'DIGEST_INVALID' });
  });

  const unreadable: readonly (readonly [string, string])[] = [
    ['lists itself', `${hex('')}  SHA256SUMS\n${a}${b}`],
    ['lists a file twice', a + a + b],
    ['is not in order', b + a],
    ['has upper-case digits', a + b.replace(/^\w+/, (digits) => digits.toUpperCase())],
    ['marks a file as binary', a + b.replace('  ', ' *')],
    ['has one space', a + b.replace('  ', ' ')],
    ['has three spaces', a + b.replace('  ', '   ')],
    ['has a tab', a + b.replace('  ', '\t\t')],
    ['has 63 digits', a + b.slice(1)],
    ['ends its lines as Windows does', (a + b).replaceAll('\n', '\r\n')],
    ['does not end', (a + b).trimEnd()],
    ['has an empty line', `${a}\n${b}`],
    ['has an empty line at its end', `${a}${b}\n`],
    ['begins with a byte order mark', `\ufeff${a}${b}`],
    ['has a comment', `# files\n${a}${b}`],
    ['escapes a name', `${a}\\${b}`],
    ['lists a name with a part ..', `${a}${hex('b')}  x/../b.bin\n`],
    ['lists an absolute name', `${hex('')}  /etc/passwd\n${a}${b}`],
    ['lists a name with NUL', `${a}${hex('b')}  b.bin\0\n`],
    ['is binary', `${a}\u0001\u0002\u0003`],
  ];
  test.each(unreadable)('%s', async (_, text) => {
    await expectRefused(both().sums(text).write(fresh()), {
      rule: 'sums',
      path: 'SHA256SUMS',
      code: 'MANIFEST_INVALID',
    });
  });

  test('is not UTF-8', async () => {
    const made = makeArtifact()
      .file('a\ufffd', 'a')
      .file('SHA256SUMS', Buffer.concat([Buffer.from(`${hex('a')}  a`), Buffer.from([0xff, 0x0a])]), {
        component: 'doc',
      })
      .write(fresh());
    await expectRefused(made, { rule: 'path', code: 'ARCHIVE_UNSAFE' });
    const named = makeArtifact()
      .file('a.bin', 'a')
      .file('SHA256SUMS', Buffer.concat([Buffer.from(`${hex('a')}  a`), Buffer.from([0xff, 0x0a])]), {
        component: 'doc',
      })
      .write(fresh());
    await expectRefused(named, { rule: 'sums', message: /not valid UTF-8/, code: 'MANIFEST_INVALID' });
  });

  test('lies of a file in a tar', async () => {
    const archive = rawTar({ name: 'in/tar.py', content: 'evil()' });
    const made = makeArtifact()
      .tar(archive, { files: { 'in/tar.py': 'print()' } })
      .sums()
      .write(fresh());
    await expectRefused(made, { rule: 'file-changed', path: 'in/tar.py', code: 'DIGEST_INVALID' });
  });

  test('leaves out a file in a tar', async () => {
    const archive = rawTar({ name: 'listed', content: 'x' }, { name: '.git/hooks/post-checkout', content: 'evil' });
    const made = makeArtifact()
      .tar(archive, { files: { listed: 'x' } })
      .sums()
      .write(fresh());
    await expectRefused(made, { rule: 'file-extra', path: '.git/hooks/post-checkout', code: 'DIGEST_INVALID' });
  });
});

test('unpack() of some components holds what it restores to SHA256SUMS too', async () => {
  const made = makeArtifact()
    .file('a.bin', 'a')
    .file('run.py', 'evil()', { component: 'code' })
    .sums(`${a}${hex('print()')}  run.py\n`)
    .write(fresh());
  await using attack = await openAttack('oci', made);
  const place = scratch.at('part');
  fs.mkdirSync(place);
  const error = await failureOf(unpack(attack.store, attack.target, `${place}/model`, { only: ['code'] }));
  expect(error.code).toBe('DIGEST_INVALID');
  expect(fs.readdirSync(place)).toEqual([]);
  await unpack(attack.store, attack.target, `${place}/model`, { only: ['weights'] });
  expect(fs.readdirSync(`${place}/model`)).toEqual(['a.bin']);
});

describe('verify() and unpack() refuse a manifest whose set digest', () => {
  const digests = [sha256('other'), 'sha256:../x', '', sha256(a + b).toUpperCase()];
  test.each(digests)('is %j and not that of SHA256SUMS', async (stated) => {
    const made = both().sums(undefined, { stated }).write(fresh());
    await expectRefused(made, { rule: 'set-digest', path: 'SHA256SUMS', code: 'MANIFEST_INVALID' });
  });

  test('is stated where there is no SHA256SUMS', async () => {
    const made = both()
      .manifest((manifest) => ({ ...manifest, annotations: { 'dev.waybill.set-digest': sha256(a + b) } }))
      .write(fresh());
    await expectRefused(made, { rule: 'set-digest', code: 'MANIFEST_INVALID' });
  });

  test('is that of a SHA256SUMS in a tar', async () => {
    const made = makeArtifact()
      .tar(rawTar({ name: 'a.bin', content: 'a' }, { name: 'SHA256SUMS', content: a }))
      .manifest((manifest) => ({ ...manifest, annotations: { 'dev.waybill.set-digest': sha256(a) } }))
      .write(fresh());
    await expectRefused(made, { rule: 'set-digest', code: 'MANIFEST_INVALID' });
  });
});

describe('verifyFolder() finds', () => {
  async function folderWith(change: (folder: string) => void): Promise<readonly string[]> {
    const made = both().sums().write(fresh());
    await using attack = await openAttack('oci', made);
    const folder = scratch.at(`folder-${count++}`);
    await unpack(attack.store, attack.target, folder);
    change(folder);
    const results = [
      await verifyFolder(folder, sumsOfFolder(folder)),
      await verifyFolder(folder, await sumsOfArtifact(attack.store, attack.target)),
    ];
    for (const { verdict } of results) expect(verdict).toBe('fail');
    return results.flatMap(({ findings }) => findings.map(({ rule, path }) => `${rule} ${path}`));
  }

  test.each(['.git/config', '.github/x', '.gitignore', '.hidden', 'sub/empty', 'a.bin.bak'])(
    'an added %s',
    async (name) => {
      const found = await folderWith((folder) => {
        fs.mkdirSync(`${folder}/${name}`.replace(/[^/]+$/, ''), { recursive: true });
        fs.writeFileSync(`${folder}/${name}`, '');
      });
      expect(found).toEqual([`file-extra ${name}`, `file-extra ${name}`]);
    },
  );

  test('a file that has become a link to the same bytes', async () => {
    const found = await folderWith((folder) => {
      fs.renameSync(`${folder}/a.bin`, scratch.at(`kept-${count}`));
      fs.symlinkSync(scratch.at(`kept-${count}`), `${folder}/a.bin`);
    });
    expect(found).toEqual(['file-kind a.bin', 'file-kind a.bin']);
  });

  test('a folder that has become a link', async () => {
    const found = await folderWith((folder) => fs.symlinkSync(folder, `${folder}/again`));
    expect(found).toEqual(['file-kind again', 'file-kind again']);
  });

  test('a list that was changed with its file, when it is held to the package', async () => {
    const made = both().sums().write(fresh());
    await using attack = await openAttack('oci', made);
    const folder = scratch.at('relisted');
    await unpack(attack.store, attack.target, folder);
    fs.writeFileSync(`${folder}/b.bin`, 'evil');
    fs.writeFileSync(`${folder}/SHA256SUMS`, `${a}${hex('evil')}  b.bin\n`);
    expect((await verifyFolder(folder, sumsOfFolder(folder))).verdict).toBe('pass');
    const { findings } = await verifyFolder(folder, await sumsOfArtifact(attack.store, attack.target));
    expect(findings.map(({ rule, path }) => `${rule} ${path}`)).toEqual([
      'file-changed SHA256SUMS',
      'file-changed b.bin',
    ]);
  });

  test('a list that is not there, when it is held to the package', async () => {
    const made = both().sums().write(fresh());
    await using attack = await openAttack('oci', made);
    const folder = scratch.at('unlisted');
    await unpack(attack.store, attack.target, folder);
    fs.rmSync(`${folder}/SHA256SUMS`);
    const { findings } = await verifyFolder(folder, await sumsOfArtifact(attack.store, attack.target));
    expect(findings.map(({ rule, path }) => `${rule} ${path}`)).toEqual(['file-missing SHA256SUMS']);
  });
});

test('the command line says no to a list that lies, with exit 1', async () => {
  const made = both()
    .sums(`${a}${hex('x')}  b.bin\n`)
    .write(fresh());
  const options = { store: scratch.at('store') };
  const verified = await runCli(['verify', `oci:${made.folder}`, '--json'], options);
  expect(verified.status).toBe(1);
  expect(JSON.parse(verified.stdout).verdict).toBe('fail');
  const unpacked = await runCli(['unpack', `oci:${made.folder}`, scratch.at('cli', 'model'), '--json'], options);
  expect(unpacked.status).toBe(1);
  expect(JSON.parse(unpacked.stdout).error.code).toBe('DIGEST_INVALID');
  expect(scratch.list('cli')).toEqual([]);
});
