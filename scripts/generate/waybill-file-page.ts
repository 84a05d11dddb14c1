/** docs/reference/waybill-file.md: every key of waybill.yaml, and one complete example. */
import fs from 'node:fs';
import { SCHEMA_BASE, waybillFileSchema } from '../../src/model/waybill-file/schema.ts';
import { code, fence, generatedFrom, page, table } from './markdown.ts';
import { type Key, keysOf } from './schema-keys.ts';

const EXAMPLE = new URL('./waybill-example.yaml', import.meta.url);

export function waybillFilePage(): string {
  const keys = keysOf(waybillFileSchema());
  const top = keys.filter(({ path }) => !/[.[]/.test(path));
  const sections = top
    .map(({ path, description }) => ({ path, description, inside: keys.filter((key) => isInside(key, path)) }))
    .filter(({ inside }) => inside.length > 0);
  return page(
    generatedFrom('src/model/waybill-file/'),
    '# waybill.yaml',
    `The file that says what a package is. It stands in the root of the model folder, travels with the package, and is all that \`waybill pack\` needs. \`waybill init\` writes a first one. Its JSON Schema is [waybill-1.schema.json](../../schemas/waybill-1.schema.json) (\`${SCHEMA_BASE}waybill-1.schema.json\`); the first line of the example lets editors complete and check it.`,
    'A key that is not below is an error, with its line, its column and the nearest known key; keys that begin with `x-` are yours and kept. Every file that a section names must exist.',
    '## Example',
    fence('yaml', fs.readFileSync(EXAMPLE, 'utf8').trimEnd()),
    '## Keys',
    keyTable(top),
    ...sections.flatMap(({ path, description, inside }) => [`### ${path}`, description, keyTable(inside)]),
  );
}

const isInside = ({ path }: Key, section: string) => path.startsWith(`${section}.`) || path.startsWith(`${section}[`);

function keyTable(keys: readonly Key[]): string {
  return table(
    ['key', 'type', '', 'meaning'],
    keys.map(({ path, type, isRequired, description }) => [
      code(path),
      type,
      isRequired ? 'required' : '',
      description,
    ]),
  );
}
