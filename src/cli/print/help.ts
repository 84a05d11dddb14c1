/** Help from the descriptions of verbs. */
import { type Command, globalOptions, type Option } from '../command.ts';
import { formatTable } from './table.ts';

const WIDTH = 92;

export function formatOverview(commands: readonly Command[]): string {
  return [
    'waybill: package machine-learning models so that every byte is accounted for',
    '',
    'Usage: waybill VERB [arguments] [options]',
    '',
    formatTable(
      [{}, {}],
      commands.map(({ name, summary }) => [name, summary]),
      '  ',
    ),
    '',
    'waybill help VERB shows options and examples. Exit status: 0 yes or done, 1 no, 2 could not tell.',
  ].join('\n');
}

export function formatCommandHelp(command: Command): string {
  const lines = [`${command.summary}.`, '', `Usage: ${usageOf(command)}`, ''];
  for (const paragraph of command.description) lines.push(...wrap(paragraph), '');
  if (command.arguments.length > 0) {
    lines.push(
      'Arguments:',
      formatTable(
        [{}, {}],
        command.arguments.map(({ name, description }) => [name, description]),
        '  ',
      ),
      '',
    );
  }
  const options = Object.entries({
    ...command.options,
    ...Object.fromEntries(Object.entries(globalOptions).filter(([name]) => !(name in command.options))),
  });
  lines.push(
    'Options:',
    formatTable(
      [{}, {}],
      options.map(([name, option]) => [formatOption(name, option), option.description]),
      '  ',
    ),
    '',
  );
  lines.push('Examples:', ...command.examples.flatMap(({ command, comment }) => [`  # ${comment}`, `  ${command}`]));
  return lines.join('\n');
}

export function usageOf({ name, arguments: words, options }: Pick<Command, 'name' | 'arguments' | 'options'>): string {
  const shown = words.map(({ name, isOptional }) => (isOptional ? `[${name}]` : name));
  return ['waybill', name, ...shown, ...(Object.keys(options).length > 0 ? ['[options]'] : [])].join(' ');
}

export function formatOption(name: string, { value, isValueOptional, isRepeatable }: Option): string {
  if (value === undefined) return `--${name}`;
  return isValueOptional ? `--${name} [${value}]` : `--${name} ${value}${isRepeatable ? ' …' : ''}`;
}

function wrap(text: string): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + word.length + 1 > WIDTH) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}
