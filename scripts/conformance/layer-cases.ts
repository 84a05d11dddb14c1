/** What breaks the rules of layers: their types, names, metadata and content. */
import { sha256 } from './artifact.ts';
import {
  archive,
  archived,
  type ConformanceCase,
  case_,
  FILEPATH,
  files,
  METADATA,
  metadataOf,
  named,
  raw,
  typeOf,
} from './case.ts';
import { gzip, tar, zstd } from './pack.ts';

export const layerCases: readonly ConformanceCase[] = [
  case_(
    'layer-type-unknown',
    'A layer type that nobody defines: there is no compressed raw.',
    [raw('a', 'a', { mediaType: typeOf('weight', 'raw+gzip') })],
    ['modelpack-layer-type'],
  ),
  case_(
    'layer-type-image',
    'A layer typed as that of an image.',
    [raw('a', 'a', { mediaType: 'application/vnd.oci.image.layer.v1.tar' })],
    ['modelpack-layer-type'],
  ),
  case_(
    'layer-type-extra',
    'A weight type of Docker Model Runner.',
    [raw('model.gguf', 'a', { mediaType: 'application/vnd.cncf.model.weight.v1.gguf' })],
    ['modelpack-layer-type-extra'],
  ),
  case_(
    'filepath-missing',
    'A raw layer without a path.',
    [raw('a', 'a', { annotations: {} })],
    ['modelpack-filepath-missing'],
  ),
  named('filepath-parent', '../evil'),
  named('filepath-parent-inside', 'a/../../evil'),
  named('filepath-absolute', '/etc/passwd'),
  named('filepath-backslash', 'a\\..\\evil'),
  named('filepath-drive', 'C:/evil'),
  named('filepath-nul', 'a\u0000b'),
  named('filepath-empty', ''),
  case_('filepath-twice', 'Two layers with one path.', [raw('a', '1'), raw('a', '2')], ['modelpack-filepath-twice']),
  case_(
    'filepath-twice-in-tar',
    'A raw layer and a tar with one path.',
    [raw('src/run.py', '1'), archive('tar', files)],
    ['modelpack-filepath-twice'],
  ),
  case_(
    'filepath-folder',
    'A file that is the folder of another.',
    [raw('a', '1'), raw('a/b', '2')],
    ['modelpack-filepath-twice'],
  ),
  case_(
    'filepath-case',
    'Two paths that differ in case.',
    [raw('README.md', '1'), raw('readme.md', '2')],
    ['modelpack-filepath-case'],
  ),
  case_(
    'metadata-not-json',
    'File metadata that is not JSON.',
    [raw('a', 'a', { annotations: { [FILEPATH]: 'a', [METADATA]: '{' } })],
    ['modelpack-file-metadata'],
  ),
  case_(
    'metadata-types',
    'A mode that is text.',
    [raw('a', 'a', { annotations: { [FILEPATH]: 'a', [METADATA]: metadataOf('a', 1, { mode: '0644' }) } })],
    ['modelpack-file-metadata'],
  ),
  case_(
    'metadata-size',
    'File metadata with another size.',
    [raw('a', 'a', { annotations: { [FILEPATH]: 'a', [METADATA]: metadataOf('a', 2) } })],
    ['modelpack-file-metadata-size'],
  ),
  case_(
    'metadata-name',
    'File metadata with the whole path for a name (AIKit).',
    [raw('x/a', 'a', { annotations: { [FILEPATH]: 'x/a', [METADATA]: metadataOf('x/a', 1) } })],
    ['modelpack-file-metadata-name'],
  ),

  case_(
    'content-changed',
    'A layer whose bytes are others of the same length.',
    [raw('a', 'right', { damaged: Buffer.from('wrong') })],
    ['modelpack-content'],
  ),
  case_(
    'content-short',
    'A layer that is cut short.',
    [raw('a', 'right', { damaged: Buffer.from('righ') })],
    ['modelpack-content'],
  ),
  case_(
    'content-missing',
    'A layer that is not there.',
    [raw('a', 'right', { isMissing: true })],
    ['modelpack-content'],
  ),
  case_(
    'content-size',
    'A descriptor with another size than the blob.',
    [raw('a', 'right', { descriptor: { size: 6 }, annotations: { [FILEPATH]: 'a' } })],
    ['modelpack-content'],
  ),
  case_(
    'content-changed-gzip',
    'A compressed layer whose bytes are others.',
    [archive('tar+gzip', gzip(files), { diffId: sha256(files), damaged: gzip(tar({ name: 'x' })) })],
    ['modelpack-content'],
  ),

  archived('archive-parent', 'A tar with an entry that leads out.', { name: '../evil', content: 'x' }),
  archived('archive-absolute', 'A tar with an absolute entry.', { name: '/evil', content: 'x' }),
  archived('archive-link', 'A tar with a symbolic link that leads out.', { name: 'a', type: '2', link: '../../evil' }),
  archived('archive-device', 'A tar with a device.', { name: 'a', type: '3' }),
  case_(
    'archive-cut',
    'A tar that ends in the middle of a file.',
    [archive('tar', files.subarray(0, 700))],
    ['modelpack-archive'],
  ),
  case_(
    'archive-not-gzip',
    'A layer typed as gzip that is a plain tar.',
    [archive('tar+gzip', files)],
    ['modelpack-archive'],
  ),
  case_(
    'archive-behind-gzip',
    'Bytes behind the end of the compressed stream: readers see different contents.',
    [archive('tar+zstd', Buffer.concat([zstd(files), Buffer.from('more')]), { diffId: sha256(files) })],
    ['modelpack-archive'],
  ),
];
