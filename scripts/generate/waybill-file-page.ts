/** docs/reference/waybill-file.md: every key of waybill.yaml, and one complete example. */
import fs from 'node:fs';
import { SCHEMA_BASE, waybillFileSchema } from '../../src/model/waybill-file/schema.ts';
import { keyTables } from './key-tables.ts';
import { fence, generatedFrom, page } from './markdown.ts';

const EXAMPLE = new URL('./waybill-example.yaml', import.meta.url);

export function waybillFilePage(): string {
  return page(
    generatedFrom('src/model/waybill-file/'),
    '# waybill.yaml',
    `The file that says what a package is. It stands in the root of the model folder, travels with the package, and is all that \`waybill pack\` needs. \`waybill init\` writes a first one. Its JSON Schema is [waybill-1.schema.json](../../schemas/waybill-1.schema.json) (\`${SCHEMA_BASE}waybill-1.schema.json\`); the first line of the example lets editors complete and check it.`,
    'A key that is not below is an error, with its line, its column and the nearest known key; keys that begin with `x-` are yours and kept. Every file that a section names must exist.',
    '## Example',
    fence('yaml', fs.readFileSync(EXAMPLE, 'utf8').trimEnd()),
    '## Keys',
    'What stands in `interface.outputs[].semantic` is what stands in `interface.inputs[].semantic`.',
    ...keyTables(waybillFileSchema(), ['interface.outputs[].semantic']),
  );
}
