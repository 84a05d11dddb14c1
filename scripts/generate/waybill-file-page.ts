/** docs/reference/waybill-file.md: every key of waybill.yaml, and one complete example. */
import fs from 'node:fs';
import { deprecations } from '../../src/model/waybill-file/deprecations.ts';
import { SCHEMA_BASE, waybillFileSchema } from '../../src/model/waybill-file/schema.ts';
import { FILE_MAJOR, FILE_VERSION, keysSince } from '../../src/model/waybill-file/versions.ts';
import { keyTables } from './key-tables.ts';
import { code, fence, generatedFrom, page, table } from './markdown.ts';

const EXAMPLE = new URL('./waybill-example.yaml', import.meta.url);

export function waybillFilePage(): string {
  return page(
    generatedFrom('src/model/waybill-file/'),
    '# waybill.yaml',
    `The file that says what a package is. It stands in the root of the model folder, travels with the package, and is all that \`waybill pack\` needs. \`waybill init\` writes a first one. Its JSON Schema is [waybill-1.schema.json](../../schemas/waybill-1.schema.json) (\`${SCHEMA_BASE}waybill-1.schema.json\`); the first line of the example lets editors complete and check it.`,
    'A key that is not below is an error, with its line, its column and the nearest known key; keys that begin with `x-` are yours and kept. Every file that a section names must exist.',
    '## Example',
    fence('yaml', fs.readFileSync(EXAMPLE, 'utf8').trimEnd()),
    '## Versions',
    `This Waybill writes version ${FILE_VERSION} and reads all of version ${FILE_MAJOR}. A file of a later minor version is read with a warning that names what is not understood; one of a later major version is refused. What a file says is read for as long as its major version is; \`waybill upgrade\` brings it to the present one.`,
    table(
      ['version', 'brought'],
      [['1', 'the first'], ...keysSince.map(({ version, keys }) => [String(version), keys.map(code).join(', ')])],
    ),
    '### Deprecated',
    'Still read, and told by `waybill pack`, `waybill inspect` and `waybill upgrade`, which takes it away.',
    table(
      ['key', 'since', 'gone in', 'instead'],
      deprecations.map(({ key, of = '', since, until, instead }) => [
        `${code(key)} ${of}`.trim(),
        String(since),
        String(until),
        instead,
      ]),
    ),
    '## Keys',
    'What stands in `interface.outputs[].semantic` is what stands in `interface.inputs[].semantic`.',
    ...keyTables(waybillFileSchema(), ['interface.outputs[].semantic']),
  );
}
