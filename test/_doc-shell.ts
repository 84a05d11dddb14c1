/** Runs the commands of a document as a reader would, in one shell, and holds what they print to what is written. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import type { Block } from './_documents.ts';

export interface Step {
  readonly command: string;
  /** What it prints; undefined where the document does not say. */
  readonly expected: string | undefined;
  /** In the document, from 1. */
  readonly line: number;
  /** Whether the shell stops at the first command that fails. */
  readonly isScript: boolean;
}

export interface Outcome extends Step {
  /** Undefined for a step that was not reached, or at which the shell stopped. */
  readonly status: number | undefined;
  readonly output: string;
}

/** `sh` blocks are scripts; in `console` blocks commands stand behind `$ `, go on behind `> `, and output follows. */
export function stepsOf({ language, text, line }: Block): readonly Step[] {
  if (language === 'sh') return [{ command: text, expected: undefined, line: line + 1, isScript: true }];
  if (language !== 'console') return [];
  const steps: { command: string; output: string[]; line: number }[] = [];
  for (const [index, shown] of text.split('\n').entries()) {
    const last = steps.at(-1);
    if (shown.startsWith('$ ')) steps.push({ command: shown.slice(2), output: [], line: line + 1 + index });
    else if (last === undefined) throw new Error(`line ${line + 1}: a console block begins with a command`);
    else if (shown.startsWith('> ') && last.output.length === 0) last.command += `\n${shown.slice(2)}`;
    else last.output.push(shown);
  }
  return steps.map(({ command, output, line }) => ({ command, expected: output.join('\n'), line, isScript: false }));
}

/** Runs the steps one after the other in one bash, which keeps folder and variables. */
export async function runSteps(
  steps: readonly Step[],
  folder: string,
  environment: Record<string, string>,
): Promise<readonly Outcome[]> {
  const logs = fs.mkdtempSync(`${folder}-logs-`);
  const script = steps.map(({ command, isScript }, index) => {
    const log = path.join(logs, String(index));
    const body = `{\n${command}\n} >'${log}' 2>&1 </dev/null`;
    const kept = `waybill_status=$?; echo $waybill_status >'${log}.status'; (exit $waybill_status)`;
    return isScript ? `set -e\n${body}\n${kept}\nset +e` : `${body}\n${kept}`;
  });
  await once(spawn('bash', ['-c', script.join('\n')], { cwd: folder, env: environment, stdio: 'ignore' }), 'exit');
  const read = (file: string) => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined);
  const outcomes = steps.map((step, index): Outcome => {
    const log = path.join(logs, String(index));
    const status = read(`${log}.status`);
    return { ...step, status: status === undefined ? undefined : Number(status), output: read(log) ?? '' };
  });
  fs.rmSync(logs, { recursive: true });
  return outcomes;
}

/** Whether the output is what the document shows; `…` stands for a part of a line, alone for any lines. */
export function isAsShown(expected: string, output: string): boolean {
  const pattern = expected
    .trimEnd()
    .split('\n')
    .map((line) => (line.trim() === '…' ? '[^]*?' : line.trimEnd().split('…').map(literal).join('.*?')))
    .join('\n');
  const plain = output
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trimEnd();
  return new RegExp(`^${pattern}$`).test(plain);
}

const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
