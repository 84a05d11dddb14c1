import { describe, expect, test } from 'vitest';
import { type Digest, digestOf } from '../../oci/digest.ts';
import { IN_TOTO_PAYLOAD } from '../dsse/envelope.ts';
import { compareResources } from './compare.ts';
import { readModelSignature } from './read.ts';
import { modelStatement } from './write.ts';

const files = (...names: readonly string[]) => new Map(names.map((name) => [name, digestOf(name)]));

describe('compareResources()', () => {
  const { payload } = modelStatement('m', files('a', 'b'));
  const envelope = { payloadType: IN_TOTO_PAYLOAD, payload, signature: Buffer.alloc(0), keyid: '' };
  const signature = readModelSignature({ envelope });
  const found = (
    map: ReadonlyMap<string, Digest>,
    covered?: ReadonlyMap<string, Digest>,
    ignoredPaths: string[] = [],
  ) =>
    compareResources({ ...signature, ignoredPaths }, map, covered).map(
      ({ rule, level, path }) => `${level} ${rule} ${path}`,
    );

  test('names each changed, missing and extra file', () => {
    expect(found(files('a', 'b'))).toEqual([]);
    expect(found(new Map([...files('c'), ['b', digestOf('other')]]))).toEqual([
      'error file-missing a',
      'error file-changed b',
      'error file-extra c',
    ]);
  });

  test('takes what git keeps, and another signature, for extra files unless something signed covers them', () => {
    const more = files('a', 'b', '.gitignore', '.github/x', 'model.sig');
    expect(found(more)).toEqual([
      'error file-extra .gitignore',
      'error file-extra .github/x',
      'error file-extra model.sig',
    ]);
    expect(found(more, files('.gitignore', '.github/x', 'model.sig'))).toEqual([]);
    expect(found(more, new Map([['.gitignore', digestOf('before')], ...files('.github/y', 'model.sig')]))).toEqual([
      'error file-changed .gitignore',
      'error file-missing .github/y',
      'error file-extra .github/x',
    ]);
  });

  test('lets what is covered vouch only for what every signature leaves out', () => {
    expect(found(files('a', 'b', 'c'), files('c'))).toEqual(['error file-extra c']);
    expect(found(files('a', 'b'), files('missing'))).toEqual([]);
  });

  test('warns of files below a path that the signer left out, and of that path alone', () => {
    const more = files('a', 'b', 'cache', 'cache/x', 'cached', '.git/config');
    expect(found(more, undefined, ['cache', '.git'])).toEqual([
      'warning file-unsigned cache',
      'warning file-unsigned cache/x',
      'error file-extra cached',
      'error file-extra .git/config',
    ]);
  });
});
