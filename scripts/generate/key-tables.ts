/** The keys of a YAML file as tables: those at the top, then each section with what is in it. */
import { code, table } from './markdown.ts';
import { type Key, keysOf } from './schema-keys.ts';
import type { JsonSchema } from './schemas.ts';

/** @param alike keys whose inside was shown under another key before */
export function keyTables(schema: JsonSchema, alike: readonly string[] = []): readonly string[] {
  const keys = keysOf(schema).filter(({ path }) => !alike.some((key) => path.startsWith(`${key}.`)));
  const top = keys.filter(({ path }) => !/[.[]/.test(path));
  const sections = top
    .map(({ path, description }) => ({ path, description, inside: keys.filter((key) => isInside(key, path)) }))
    .filter(({ inside }) => inside.length > 0);
  return [
    keyTable(top),
    ...sections.flatMap(({ path, description, inside }) => [`### ${path}`, description, keyTable(inside)]),
  ];
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
