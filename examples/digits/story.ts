/** Tells the demo: titles, shell commands with what they printed, and checks that are counted. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { styleText } from 'node:util';

export interface Ran {
  readonly status: number;
  /** What it printed, errors included. */
  readonly output: string;
}

export interface Story {
  title(text: string): void;
  say(text: string): void;
  /**
   * Runs a shell command and shows it as it is typed, then what it prints.
   * @param shown the lines that are shown; where there are others, the last one ends in an ellipsis
   */
  shell(command: string, shown?: RegExp): Ran;
  /** Runs one whose output is not worth showing. */
  quiet(command: string): Ran;
  /** Starts a server and shows its line when it is ready; disposing ends it. */
  serve(command: string): Promise<{ readonly address: string } & AsyncDisposable>;
  /** Runs a command and kills it, unasked (SIGKILL), as soon as that may be. @returns whether it was still running */
  killed(command: string, mayBe: () => boolean): Promise<boolean>;
  /** Counts each claim. Those that hold share a line, one that does not gets its own. */
  check(claims: Readonly<Record<string, boolean>>): void;
  /** The last line. @returns whether everything passed */
  end(): boolean;
}

export interface Stage {
  /** Where commands run. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

type Style = Parameters<typeof styleText>[0];

export function makeStory({ folder, environment }: Stage): Story {
  const totals = { passed: 0, failed: 0, steps: 0 };
  const quiet = (command: string): Ran => {
    const { status, stdout, stderr, error } = spawnSync('sh', ['-c', command], {
      cwd: folder,
      env: environment,
      encoding: 'utf8',
    });
    if (error !== undefined) throw error;
    return { status: status ?? 2, output: `${stdout}${stderr}`.trimEnd() };
  };
  return {
    quiet,
    title: (text) => {
      totals.steps += 1;
      console.log(`\n${paint('bold', `${totals.steps}. ${text}`)}`);
    },
    say: (text) => console.log(indent(text)),
    shell: (command, shown = /^/) => {
      console.log(paint('cyan', `  $ ${command.replaceAll('\n', '\n    ')}`));
      const ran = quiet(command);
      const status = ran.status === 0 ? '' : paint('dim', ` (exit status ${ran.status})`);
      if (ran.output + status !== '') console.log(`${indent(linesOf(ran.output, shown))}${status}`);
      return ran;
    },
    serve: async (command) => {
      console.log(paint('cyan', `  $ ${command} &`));
      const child = spawn('sh', ['-c', `exec ${command}`], {
        cwd: folder,
        env: environment,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const ended = once(child, 'exit');
      const [line] = await Promise.race([once(child.stdout, 'data'), ended.then(() => [''])]);
      console.log(indent(String(line).trimEnd()));
      return {
        address: JSON.parse(String(line)).address,
        async [Symbol.asyncDispose]() {
          child.kill('SIGTERM');
          await ended;
        },
      };
    },
    killed: async (command, mayBe) => {
      const child = spawn('sh', ['-c', `exec ${command}`], { cwd: folder, env: environment, stdio: 'ignore' });
      const ended = once(child, 'exit');
      while (child.exitCode === null && !mayBe()) await sleep(2);
      child.kill('SIGKILL');
      const [, signal] = await ended;
      console.log(`${paint('cyan', `  $ ${command}`)}${paint('dim', signal === null ? '' : ` (killed by ${signal})`)}`);
      return signal === 'SIGKILL';
    },
    check: (claims) => {
      const holding = Object.keys(claims).filter((claim) => claims[claim] === true);
      const broken = Object.keys(claims).filter((claim) => claims[claim] !== true);
      totals.passed += holding.length;
      totals.failed += broken.length;
      if (holding.length > 0) console.log(paint('green', `  ok: ${holding.join(' · ')}`));
      for (const claim of broken) console.log(paint('red', `  NOT SO: ${claim}`));
    },
    end: () => {
      console.log(`${totals.passed} passed, ${totals.failed} failed`);
      return totals.failed === 0;
    },
  };
}

/** Colours appear on a terminal only, and not where NO_COLOR is set. */
function paint(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

/** Output in which no line is as expected is shown as a whole: something is wrong. */
function linesOf(output: string, shown: RegExp): string {
  const lines = output.split('\n');
  const kept = lines.filter((line) => shown.test(line));
  if (kept.length === 0) return output;
  return `${kept.join('\n')}${kept.length < lines.length ? ' …' : ''}`;
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}
