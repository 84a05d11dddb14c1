import { unknownVerb } from '../arguments.ts';
import { type Command, defineCommand } from '../command.ts';
import type { Output } from '../outputs/help.ts';
import { formatCommandHelp, formatOverview } from '../print/help.ts';

export const help: Command<{ text: string }> = defineCommand<Output>({
  name: 'help',
  summary: 'Show all verbs, or one with its options and examples',
  description: ['The same text as waybill VERB --help.'],
  arguments: [{ name: 'VERB', description: 'the verb to explain', isOptional: true }],
  options: {},
  examples: [
    { command: 'waybill help', comment: 'all verbs' },
    { command: 'waybill help pack', comment: 'one of them' },
  ],
  output: async () => (await import('../outputs/help.ts')).output,
  async run(context, input) {
    const [verb] = input.positionals;
    const all = await context.allCommands();
    if (verb === undefined) return { text: formatOverview(all) };
    const command = all.find(({ name }) => name === verb);
    if (command === undefined)
      throw unknownVerb(
        verb,
        all.map(({ name }) => name),
      );
    return { text: formatCommandHelp(command) };
  },
  print: ({ text }) => text,
});
