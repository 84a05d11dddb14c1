import { WaybillError } from '../../base/errors.ts';
import { defineCommand } from '../command.ts';
import { completionFor, shells } from '../completion.ts';
import type { Output } from '../outputs/completion.ts';

export const completion = defineCommand<Output>({
  name: 'completion',
  summary: 'Print the completion script of a shell',
  description: ['Completes verbs, options, their values, files and the names in the local store.'],
  arguments: [{ name: 'SHELL', description: 'bash, zsh or fish' }],
  options: {},
  examples: [
    {
      command: 'source <(waybill completion bash)',
      comment: 'bash, for this session; put the line into ~/.bashrc to keep it',
    },
    { command: 'waybill completion fish > ~/.config/fish/completions/waybill.fish', comment: 'fish' },
  ],
  output: async () => (await import('../outputs/completion.ts')).output,
  async run(context, input) {
    const shell = shells.find((name) => name === input.positionals[0]);
    if (shell === undefined)
      throw new WaybillError(
        'USAGE',
        `Cannot print completion for ${JSON.stringify(input.positionals[0])}: the shells are ${shells.join(', ')}`,
      );
    return { shell, script: completionFor(shell, await context.allCommands()) };
  },
  print: ({ script }) => script,
});
