/** docs/reference/hub-file.md: every key of hub.yaml, and one complete example. */
import fs from 'node:fs';
import { hubFileSchema } from '../../src/hub/configuration/schema.ts';
import { keyTables } from './key-tables.ts';
import { fence, generatedFrom, page } from './markdown.ts';

export const HUB_EXAMPLE: URL = new URL('./hub-example.yaml', import.meta.url);

export function hubFilePage(): string {
  return page(
    generatedFrom('src/hub/configuration/'),
    '# hub.yaml',
    'The configuration of `waybill hub`, given with `--config`. Nothing in it is required but its version; what the command line says goes before it. Its JSON Schema is [hub-1.schema.json](../../schemas/hub-1.schema.json).',
    'A key that is not below is an error, with its line, its column and the nearest known key; keys that begin with `x-` are yours. The hub reads the file when it starts.',
    '## Example',
    fence('yaml', fs.readFileSync(HUB_EXAMPLE, 'utf8').trimEnd()),
    '## Keys',
    ...keyTables(hubFileSchema()),
  );
}
