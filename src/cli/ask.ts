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

/**
 * Answers that are not shown while they are typed, one for each question.
 * @throws WaybillError USAGE where nobody can answer
 */
export async function askSecrets(questions: readonly string[], hint: string): Promise<readonly string[]> {
  needTerminal(questions[0] ?? '', hint);
  const answers: string[] = [];
  const ask = () => process.stderr.write(questions[answers.length] ?? '');
  process.stdin.setRawMode(true).setEncoding('utf8');
  try {
    ask();
    let text = '';
    // There may be another question later: standard input must not be closed after this one.
    for await (const chunk of process.stdin.iterator({ destroyOnReturn: false })) {
      for (const sign of String(chunk)) {
        if (sign === '\u0003') throw new WaybillError('USAGE', 'Cannot go on: it was interrupted');
        if (sign === '\r' || sign === '\n') {
          process.stderr.write('\n');
          answers.push(text);
          text = '';
          if (answers.length === questions.length) return answers;
          ask();
        } else text = sign === '\u007f' || sign === '\b' ? [...text].slice(0, -1).join('') : text + sign;
      }
    }
    throw new WaybillError('USAGE', 'Cannot go on: nothing was typed');
  } finally {
    process.stdin.setRawMode(false);
    process.stdin.pause();
  }
}

/** A password: with --password-stdin the first line of standard input, else asked for. */
export async function readSecret(
  input: Input,
  { question, hint }: { readonly question: string; readonly hint: string },
): Promise<string> {
  if (input.has('password-stdin')) return (await readAll()).replace(/\r?\n$/, '');
  const [answer = ''] = await askSecrets([question], hint);
  return answer;
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
