/** What is allowed, and often thought not to be. */
import { type CaseLayer, sha256 } from './artifact.ts';
import { archive, type ConformanceCase, case_, FILEPATH, files, raw, typeOf, usual, withConfig } from './case.ts';
import { gzip, tar, zstd } from './pack.ts';

const everything = {
  createdAt: '2026-01-01T00:00:00Z',
  authors: ['A <a@example.com>'],
  family: 'tiny',
  name: 'tiny',
  docURL: 'https://example.com/docs',
  sourceURL: 'https://example.com/src',
  datasetsURL: ['https://example.com/data'],
  version: '1.0',
  revision: 'abc',
  vendor: 'Example',
  licenses: ['Apache-2.0', 'MIT OR (Apache-2.0 WITH LLVM-exception)'],
  title: 'Tiny',
  description: 'A model',
};

export const allowedCases: readonly ConformanceCase[] = [
  case_('ok-raw', 'The plainest artifact: a raw layer for each file.', usual()),
  withConfig('ok-all-members', 'Every member of the configuration.', (config) => ({
    ...config,
    descriptor: everything,
    config: {
      architecture: 'transformer',
      format: 'safetensors',
      paramSize: '6.7b',
      precision: 'bfloat16,float8_e4m3',
      quantization: 'awq',
      capabilities: {
        inputTypes: ['text'],
        outputTypes: ['text', 'other'],
        knowledgeCutoff: '2026-01-01T00:00:00Z',
        reasoning: true,
        toolUsage: false,
        reward: false,
        languages: ['en'],
      },
    },
  })),
  withConfig('ok-least', 'descriptor and config may be empty.', (config) => ({
    ...config,
    descriptor: {},
    config: {},
  })),
  case_('ok-tar', 'A tar; its diffId is the digest of the layer.', [archive('tar', files)]),
  case_('ok-tar-gzip', 'A tar with gzip; its diffId is the digest of the tar.', [
    archive('tar+gzip', gzip(files), { diffId: sha256(files) }),
  ]),
  case_('ok-tar-zstd', 'A tar with zstd; its diffId is the digest of the tar.', [
    archive('tar+zstd', zstd(files), { diffId: sha256(files) }),
  ]),
  case_(
    'ok-every-type',
    'All 20 layer types.',
    ['weight', 'weight.config', 'doc', 'code', 'dataset'].flatMap((kind) => {
      const one = tar({ name: `${kind}.txt`, content: kind });
      const [two, three] = ['gzip', 'zstd'].map((how) => tar({ name: `${kind}.${how}.txt`, content: kind }));
      if (two === undefined || three === undefined) throw new RangeError('there are two kinds of compression');
      const of = (form: string, content: Uint8Array, plain: Uint8Array): CaseLayer => ({
        mediaType: typeOf(kind, form),
        content,
        diffId: sha256(plain),
        annotations: { [FILEPATH]: '.' },
      });
      return [
        raw(`${kind}.raw`, kind, {}, kind),
        of('tar', one, one),
        of('tar+gzip', gzip(two), two),
        of('tar+zstd', zstd(three), three),
      ];
    }),
  ),
  case_('ok-twins', 'Two files with the same bytes are two layers with one digest; both are files.', [
    raw('a/LICENSE', 'x'),
    raw('b/LICENSE', 'x'),
  ]),
  case_('ok-empty-file', 'A file without bytes is a layer of size 0.', [raw('empty.txt', '')]),
  case_(
    'ok-dots',
    'Dots that are no part `..`: these names lead nowhere.',
    ['a..b', '...', '..a', 'a..', 'x/...'].map((path) => raw(path, path)),
  ),
  case_(
    'ok-names',
    'Blanks, brackets and letters beyond ASCII in names.',
    ['with blank.txt', 'model[1].bin', 'größe.txt'].map((path) => raw(path, path)),
  ),
  case_('ok-unknown-annotation', 'Annotations that the specification does not know are ignored.', [
    raw('a', 'a', { annotations: { [FILEPATH]: 'a', 'com.example.own': '1' } }),
  ]),
  case_('ok-no-metadata', 'The file metadata is optional.', [raw('a', 'a', { annotations: { [FILEPATH]: 'a' } })]),
  case_('ok-tar-with-folders', 'A tar may name its folders, with a slash behind them or without.', [
    archive(
      'tar',
      tar(
        { name: './', type: '5' },
        { name: 'src', type: '5' },
        { name: 'src/sub/', type: '5' },
        { name: 'src/sub/a', content: 'a' },
      ),
    ),
  ]),
];
