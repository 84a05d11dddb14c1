/** docs/reference/dialects.md: the forms of artifacts that Waybill reads, and the quirks of their programs. */
import type { Dialect } from '../../src/model/dialect-parts/dialect.ts';
import { type Quirk, quirks } from '../../src/model/dialect-parts/quirks.ts';
import { dialects } from '../../src/model/dialects/index.ts';
import { code, generatedFrom, page, table } from './markdown.ts';

export function dialectsPage(): string {
  return page(
    generatedFrom('src/model/dialects and src/model/dialect-parts/quirks.ts'),
    '# Dialects',
    'Waybill writes one form, ModelPack with a raw layer for each file, and reads those below. `inspect`, `verify`, `unpack`, `diff`, `copy`, `push` and `pull` work on all of them, and `inspect` says which one a package is written in. A package is known by its structure; the first line that fits decides. All rules hold for all: every blob is held to its digest, every stated diffId to its content, every name to the [rules for names](../guides/read-other-tools-packages.md#what-holds-for-all).',
    table(
      ['id', 'is', 'written by', 'known by'],
      dialects.map(({ id, title, writers, knownBy, source }: Dialect) => [
        code(id),
        `[${title}](${source})`,
        writers,
        knownBy,
      ]),
    ),
    '## Names of files',
    'Where an artifact states no names, files get one by a rule that depends on the artifact alone. A name that is taken is given a number: `LICENSE-2`.',
    table(
      ['id', 'where names come from'],
      dialects.map(({ id, names }: Dialect) => [code(id), names]),
    ),
    '## Quirks',
    'What a program does or did otherwise than it should, and that harms nobody: a warning with a name of its own. Known by how the artifact looks, never by what it says of the program that wrote it. No quirk lets a byte pass that is not what its digest says.',
    table(
      ['rule', 'known by', 'written by', 'until'],
      Object.values(quirks).map(({ rule, seen, writers, until }: Quirk) => [code(rule), seen, writers, until]),
    ),
    "What is not read, and named when it is met: Ollama's form with a blob for each tensor (the file they were cut from is in none of them), container images, Helm charts.",
  );
}
