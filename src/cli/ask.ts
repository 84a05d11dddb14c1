/** Questions to the person at the terminal. */
import { createInterface } from 'node:readline/promises';
import { collect } from '../base/bytes.ts';
import { WaybillError } from '../base/errors.ts';
import type { Input } from './command.ts';

/** Passwords and tokens have some kilobytes at most. */
const MAX_SECRET_SIZE = 64 * 1024;

export const LOGIN_HINT = 'Add --username NAME and --password-stdin';

/** @throws WaybillError USAGE where nobody can answer */
export async function askLine(question: string): Promise<string> {
  needTerminal(question, LOGIN_HINT);
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await lines.question(question)).trim();
  } finally {
    lines.close();
  }
}

/** The same without showing what is typed. */
async function askSecret(question: string, hint: string): Promise<string> {
  needTerminal(question, hint);
  process.stderr.write(question);
  process.stdin.setRawMode(true);
  try {
    let text = '';
    for await (const chunk of process.stdin) {
      for (const sign of String(chunk)) {
        if (sign === '\r' || sign === '\n') return text;
        if (sign === '\u0003') throw new WaybillError('USAGE', 'Cannot go on: no password was given');
        text = sign === '\u007f' || sign === '\b' ? text.slice(0, -1) : text + sign;
      }
    }
    return text;
  } finally {
    process.stdin.setRawMode(false);
    process.stderr.write('\n');
  }
}

/** A password: with --password-stdin the first line of standard input, else asked for. */
export async function readSecret(
  input: Input,
  { question, hint }: { readonly question: string; readonly hint: string },
): Promise<string> {
  return input.has('password-stdin') ? (await readAll()).replace(/\r?\n$/, '') : await askSecret(question, hint);
}

/** All of standard input. */
async function readAll(): Promise<string> {
  return (await collect(process.stdin, MAX_SECRET_SIZE, 'standard input')).toString('utf8');
}

function needTerminal(question: string, hint: string): void {
  if (process.stdin.isTTY) return;
  throw new WaybillError(
    'USAGE',
    `Cannot ask for ${question.replace(/:\s*$/, '').toLowerCase()}: there is no terminal`,
    { hint },
  );
}
