/** The keys of a JSON Schema as lines for a table: path, type in words, whether it must be there. */

export interface Key {
  /** Members joined by dots; `[]` behind a list, `*` for a key of any name. */
  readonly path: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly description: string;
}

interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: boolean | Schema;
  readonly propertyNames?: Schema;
  readonly anyOf?: readonly Schema[];
  /** Sections that one key tells apart, as `meaning` does. */
  readonly oneOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
}

/** Every key below an object, its own keys first, those of a nested object behind it. */
export function keysOf(schema: object, prefix = ''): readonly Key[] {
  const { properties = {}, required = [] }: Schema = schema;
  return Object.entries(properties).flatMap(([name, value]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const own = {
      path,
      type: typeOf(value),
      isRequired: required.includes(name),
      description: value.description ?? value.items?.description ?? '',
    };
    return [own, ...keysInside(value, path)];
  });
}

function keysInside(value: Schema, path: string): readonly Key[] {
  if (value.type === 'array') return value.items === undefined ? [] : keysInside(value.items, `${path}[]`);
  if (value.type === undefined && value.oneOf !== undefined) return keysOfChoices(value.oneOf, path);
  if (value.type !== 'object') return [];
  return keysOf(value, path);
}

/** First the key that tells the sections apart, with a line for each of its values; then what each of them has. */
function keysOfChoices(choices: readonly Schema[], path: string): readonly Key[] {
  return choices.flatMap((choice) => {
    const keys = keysOf(choice, path);
    const telling = keys.find(({ type }) => type.startsWith('`"'));
    return keys.map((key) =>
      key === telling ? key : { ...key, description: `With ${telling?.type.replaceAll('"', '')}: ${key.description}` },
    );
  });
}

function typeOf(value: Schema): string {
  if (value.const !== undefined) return quoted(value.const);
  if (value.enum !== undefined) return value.enum.map(quoted).join(', ');
  if (value.anyOf !== undefined && value.type === undefined) return value.anyOf.map(typeOf).join(' or ');
  if (value.oneOf !== undefined && value.type === undefined) return 'object';
  if (value.type === 'array') return value.items === undefined ? 'list' : `list of ${plural(typeOf(value.items))}`;
  if (value.type === 'object' && value.properties === undefined) {
    const { additionalProperties: inside } = value;
    const isTyped = typeof inside === 'object' && Object.keys(inside).length > 0;
    return isTyped ? `object of ${plural(typeOf(inside))} by name` : 'object';
  }
  if (value.format === 'date') return 'date';
  return value.type === undefined ? 'any value' : [value.type].flat().join(' or ');
}

const quoted = (value: unknown) => `\`${JSON.stringify(value)}\``;

function plural(type: string): string {
  return /^[a-z]+$/.test(type) ? `${type}s` : type;
}
