/** Completion scripts; what zsh and fish make of theirs is in test/real/completion.test.ts. */
import { execFileSync } from 'node:child_process';
import { beforeAll, expect, test } from 'vitest';
import type { Command } from '../src/cli/command.ts';
import { commands } from '../src/cli/commands/index.ts';
import { completionFor } from '../src/cli/completion.ts';

let all: readonly Command[];
beforeAll(async () => {
  all = await Promise.all(Object.values(commands).map((load) => load()));
});

/** What bash offers for a line that ends at the cursor. */
function offered(...words: string[]): string[] {
  const script = `${completionFor('bash', all)}
waybill() { printf 'REFERENCE DIGEST\\nacme/digits:1.2.0 sha256:1\\n'; }
COMP_WORDS=("$@"); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _waybill
printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', script, 'bash', 'waybill', ...words], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line !== '');
}

test('bash completes verbs', () => {
  expect(offered('un')).toEqual(['unpack']);
  expect(offered('')).toEqual(Object.keys(commands));
});

test('bash completes options of the verb', () => {
  expect(offered('pack', '--st')).toEqual(['--store', '--strict']);
  expect(offered('help', 'in')).toContain('init');
});

test('bash completes names in the local store', () => {
  expect(offered('unpack', 'acme')).toContain('acme/digits:1.2.0');
});

test('every verb and every option stands in each script', () => {
  for (const shell of ['bash', 'zsh', 'fish'] as const) {
    const script = completionFor(shell, all);
    for (const { name, options } of all) {
      expect(script, shell).toContain(name);
      for (const option of Object.keys(options)) expect(script, `${shell}: ${name}`).toContain(option);
    }
  }
});
