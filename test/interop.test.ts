/** Artifacts that other programs wrote, restored exactly: path, size, bytes and mode of each file. */
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { unpack } from '../src/model/unpack/unpack.ts';
import { verify } from '../src/model/verify.ts';
import { openLayout } from '../src/oci/layout/layout.ts';
import { makeScratch } from './_support/scratch.ts';
import { treeOf } from './_support/tree.ts';
import { withVectors } from './real/_vectors.ts';

const scratch = makeScratch();
afterAll(() => scratch[Symbol.dispose]());

withVectors('interop', (folder) => {
  const names = fs.readdirSync(folder).filter((name) => fs.existsSync(path.join(folder, name, 'expect.json')));

  test('there are artifacts of kit, modctl and oras', () => {
    for (const tool of ['kit', 'modctl', 'oras']) expect(names.some((name) => name.startsWith(tool))).toBe(true);
  });

  test.each(names)('%s', async (name) => {
    const expected = JSON.parse(fs.readFileSync(path.join(folder, name, 'expect.json'), 'utf8'));
    await using layout = await openLayout(path.join(folder, name, 'layout'), 'read');
    const target = await layout.resolve('latest');
    if (target === undefined) throw new Error(`${name} has no latest`);
    expect((await verify(layout, target)).verdict).toBe('pass');
    await unpack(layout, target, scratch.at(name));
    const files: { path: string; size: number; sha256: string; mode: string | null }[] = expected.files;
    const mode = (text: string | null) => (text ?? '0o644').slice(2);
    const tree = Object.entries(treeOf(scratch.at(name))).filter(([, kind]) => kind !== 'folder');
    expect(Object.fromEntries(tree)).toEqual(
      Object.fromEntries(files.map((file) => [file.path, `${mode(file.mode)} ${file.sha256}`])),
    );
    for (const file of files) expect(fs.statSync(scratch.at(name, file.path)).size).toBe(file.size);
  });
});
