/** docs/reference/commands.md: every verb, from the description by which it is parsed. */
import { type Command, globalOptions, type Option } from '../../src/cli/command.ts';
import { formatOption, usageOf } from '../../src/cli/print/help.ts';
import type { StoreKind } from '../../src/oci/store-kind.ts';
import { stores } from '../../src/oci/stores/index.ts';
import { variables } from './environment.ts';
import { code, fence, generatedFrom, page, table } from './markdown.ts';
import { keysOf } from './schema-keys.ts';
import { outputSchema } from './schemas.ts';

export async function commandsPage(commands: readonly Command[]): Promise<string> {
  return page(
    generatedFrom('src/cli/commands/'),
    '# Commands',
    fence('text', 'waybill VERB [arguments] [options]'),
    table(
      ['verb', 'does'],
      commands.map(({ name, summary }) => [`[${name}](#waybill-${name})`, summary]),
    ),
    'The result is on stdout, everything else on stderr. `waybill --version` prints the version.',
    '## Exit status',
    table(
      ['status', 'means'],
      [
        ['0', 'yes, or done'],
        ['1', 'no: a verdict of fail, a difference, content that is not what it claims to be'],
        ['2', 'could not tell: the command line, a file, the disk, the store, a bug'],
      ],
    ),
    'Which failures are a 1 and which a 2 stands beside each [error code](errors.md). A process that a signal stopped ends by that signal, as shells expect.',
    '## Options of every verb',
    optionTable(globalOptions),
    '## How packages are named',
    referenceTable(),
    'A package of the local store may be named without its tag if it has only one. What stands behind `:` is always a tag, what stands behind `@` always a digest. See [ADR 0008](../adr/0008-references.md).',
    '## Environment',
    table(
      ['variable', 'meaning'],
      variables.map(({ name, meaning }) => [code(name), meaning]),
    ),
    ...(await Promise.all(commands.map(sectionOf))).flat(),
  );
}

function referenceTable(): string {
  const places = stores
    .flatMap(({ scheme, description }: StoreKind) => (scheme === undefined ? [] : [{ scheme, description }]))
    .map(({ scheme, description }) => [`${code(`${scheme}:PATH`)}, ${code(`${scheme}:PATH:TAG`)}`, description]);
  return table(
    ['form', 'means'],
    [
      ['`acme/digits:1.2.0`, `acme/digits@sha256:…`', 'a package in the local store'],
      [
        '`registry.example/acme/digits:1.2.0`, `localhost:5000/acme/digits`',
        'a package in a registry: the first part has a dot or a port, or is `localhost`. What was pulled is found in the local store under the same name',
      ],
      ...places,
      ['`./folder`, `/folder`', 'a folder, for verbs that accept one; it begins with `.` or `/`'],
    ],
  );
}

async function sectionOf(command: Command): Promise<string[]> {
  const { name, summary, description, options, examples } = command;
  return [
    `## waybill ${name}`,
    `${summary}.`,
    fence('text', usageOf(command)),
    ...description,
    command.arguments.length === 0
      ? ''
      : table(
          ['argument', 'is'],
          command.arguments.map((argument) => [
            code(argument.isOptional ? `[${argument.name}]` : argument.name),
            argument.description,
          ]),
        ),
    Object.keys(options).length === 0 ? '' : optionTable(options),
    exitOf(command),
    'Examples:',
    ...examples.map((example) => fence('sh', `# ${example.comment}\n${example.command}`)),
    ...(await outputOf(command)),
  ];
}

function exitOf({ name, exitOf }: Command): string {
  if (exitOf === undefined) return 'Exit status: 0 when it is done, else that of the [error](errors.md).';
  const no = name === 'diff' ? '1 when files differ' : '1 when the verdict is `fail`';
  return `Exit status: 0 for yes, ${no}, else that of the [error](errors.md).`;
}

function optionTable(options: Readonly<Record<string, Option>>): string {
  return table(
    ['option', 'effect'],
    Object.entries(options).map(([name, option]) => [code(formatOption(name, option)), option.description]),
  );
}

async function outputOf(command: Command): Promise<string[]> {
  const rows = keysOf(await outputSchema(command)).map(({ path, type, isRequired, description }) => [
    code(path),
    type,
    isRequired ? '' : 'may be absent',
    description,
  ]);
  const schema = `[${command.name}.schema.json](../../schemas/output/${command.name}.schema.json)`;
  return [`JSON (\`--json\`), as ${schema} describes it:`, table(['key', 'type', '', 'meaning'], rows)];
}
