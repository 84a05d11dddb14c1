/** docs/reference/formats.md: what `waybill inspect ./FILE` reads, and what it only names. */
import { formats } from '../../src/model/formats/index.ts';
import { opaqueFormats } from '../../src/model/model-file/opaque/opaque-formats.ts';
import { code, generatedFrom, page, table } from './markdown.ts';

export function formatsPage(): string {
  return page(
    generatedFrom('src/model/formats/ and src/model/model-file/opaque/'),
    '# Formats of model files',
    'What a file is, its content says; the name has a say only where the content could be several things. Where the two disagree, `waybill inspect` tells it as the finding [model-extension](findings.md).',
    '## Read',
    'Without running anything, and without reading weights. Each reader refuses a file that other readers could see otherwise, and what it accepts the reference reader of the format accepts too: tests hold it to that.',
    table(
      ['id', 'format', 'names', 'told'],
      formats.map(({ id, title, specification, extensions, tells }) => [
        code(id),
        `[${title}](${specification})`,
        extensions.map(code).join(' '),
        tells,
      ]),
    ),
    '## Named, not read',
    'Recognised and called by its name; nothing in it is looked at. Most of these are programs, or carry some.',
    table(
      ['id', 'format', 'names', 'not read, because'],
      opaqueFormats.map(({ id, title, extensions, why }) => [
        code(id),
        title,
        extensions
          .filter((extension) => extension !== '')
          .map(code)
          .join(' '),
        why,
      ]),
    ),
  );
}
