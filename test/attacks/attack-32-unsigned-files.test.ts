/** Attack 32, for model signatures: files that no signature covers, where other verifiers do not look. */
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { verifySignedFolder } from '../../src/model/signing/verify-signed-folder.ts';
import { formatSums } from '../../src/model/sums.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { makeScratch } from '../_support/scratch.ts';
import { makeSigned, resign, verdictOn } from '../_support/signed-folders.ts';
import { signerNamed } from '../_support/signers.ts';

const scratch = makeScratch();
afterAll(() => scratch[Symbol.dispose]());
const alice = signerNamed('alice');
let count = 0;
const fresh = (files?: Readonly<Record<string, string>>) => makeSigned(scratch.at(`model-${count++}`), alice, files);

function add(folder: string, name: string, content = ''): void {
  fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  fs.writeFileSync(path.join(folder, name), content);
}

describe('verifySignedFolder() finds a file that is added', () => {
  const names = [
    '.git/hooks/post-checkout',
    '.github/workflows/run.yaml',
    '.gitignore',
    '.gitattributes',
    'weights/__init__.py',
    'empty',
    '.hidden',
    'model.sig.py',
    'sub/model.sig',
    'Model.sig',
  ];
  test.each(names)('as %s', async (name) => {
    const folder = await fresh();
    add(folder, name);
    expect(await verdictOn(folder, alice)).toEqual(['fail', `file-extra ${name}`]);
  });

  test('below a path whose name begins like one that the signer left out', async () => {
    const folder = await fresh();
    await resign(folder, alice, ({ predicate }) => {
      predicate.serialization['ignore_paths'] = ['cache', 'sub/'];
    });
    for (const name of ['cached/x', 'sub/x', 'CACHE/x']) add(folder, name);
    expect(await verdictOn(folder, alice)).toEqual([
      'fail',
      'file-extra CACHE/x',
      'file-extra cached/x',
      'file-extra sub/x',
    ]);
  });

  test('beside a signature that claims to leave everything out', async () => {
    for (const everything of ['.', '/', './', '*', '**', '..', 'README.md/..']) {
      const folder = await fresh();
      await resign(folder, alice, ({ predicate }) => {
        predicate.serialization['ignore_paths'] = [everything];
      });
      add(folder, 'evil.py');
      expect(await verdictOn(folder, alice)).toEqual(['fail', 'file-extra evil.py']);
    }
  });

  test('where the signer left something out as a warning that names it', async () => {
    const folder = await fresh();
    await resign(folder, alice, ({ predicate }) => {
      predicate.serialization['ignore_paths'] = ['cache', '.git', 'model.sig'];
    });
    add(folder, 'cache/evil.py');
    add(folder, '.git/config');
    const { findings } = await verifySignedFolder(folder, `${folder}/model.sig`, () => alice.publicKey);
    expect(findings.map(({ level, rule, path: at }) => `${level} ${rule} ${at ?? ''}`.trim())).toEqual([
      'error file-extra .git/config',
      'warning file-unsigned cache/evil.py',
      'warning path-ignored cache',
      'note modes-unsigned',
    ]);
  });
});

describe('a SHA256SUMS vouches for what signatures leave out', () => {
  const sums = (files: Readonly<Record<string, string>>) =>
    formatSums(Object.entries(files).map(([name, content]) => ({ path: name, digest: digestOf(content) })));

  test('only if it is signed itself', async () => {
    const folder = await fresh();
    add(folder, '.gitattributes', 'evil');
    add(folder, 'SHA256SUMS', sums({ '.gitattributes': 'evil' }));
    expect(await verdictOn(folder, alice)).toEqual(['fail', 'file-extra .gitattributes', 'file-extra SHA256SUMS']);
  });

  test('only for those, and for no other file', async () => {
    const folder = await fresh({ a: 'a', SHA256SUMS: sums({ a: 'a' }) });
    await resign(folder, alice, ({ predicate, subject }) => {
      // The list that is signed names an extra file.
      add(folder, 'SHA256SUMS', sums({ a: 'a', 'evil.py': 'evil' }));
      const entry = predicate.resources.find(({ name }) => name === 'SHA256SUMS');
      Object.assign(entry ?? {}, { digest: digestOf(sums({ a: 'a', 'evil.py': 'evil' })).slice(7) });
      subject[0] = { name: 'm', digest: { sha256: rootOfAll(predicate.resources) } };
    });
    add(folder, 'evil.py', 'evil');
    expect(await verdictOn(folder, alice)).toEqual(['fail', 'file-extra evil.py']);
  });

  test('only with the bytes that it lists', async () => {
    const files = { '.gitattributes': 'good', a: 'a' };
    const folder = await fresh({ ...files, SHA256SUMS: sums(files) });
    expect(await verdictOn(folder, alice)).toEqual(['pass']);
    add(folder, '.gitattributes', 'evil');
    add(folder, '.github/x');
    expect(await verdictOn(folder, alice)).toEqual(['fail', 'file-changed .gitattributes', 'file-extra .github/x']);
  });
});

function rootOfAll(resources: readonly Record<string, unknown>[]): string {
  return digestOf(Buffer.from(resources.map(({ digest }) => digest).join(''), 'hex')).slice(7);
}
