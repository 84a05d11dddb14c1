/** Runs programs as an ordinary user; ours from a copy that this one may read. */
import fs from 'node:fs';
import path from 'node:path';
import { node, type Outcome, repository, run } from './_run.ts';

/** "nobody" everywhere: the overflow user of the kernel. */
const NOBODY = 65_534;

export const isRoot: boolean = process.getuid?.() === 0;

/**
 * Runs a program as a user who is nobody in particular: as ourselves, unless we are root.
 * @param folder a temporary folder for what that user owns
 */
export function runUnprivileged(folder: string, command: string, words: readonly string[]): Outcome {
  const home = path.join(folder, 'home-of-nobody');
  fs.mkdirSync(home, { recursive: true });
  fs.chmodSync(folder, 0o755);
  const env = { HOME: home, XDG_CACHE_HOME: undefined, XDG_DATA_HOME: undefined, XDG_RUNTIME_DIR: undefined };
  if (!isRoot) return run(command, words, { cwd: home, env });
  fs.chownSync(home, NOBODY, NOBODY);
  const user = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
  return run('setpriv', [...user, command, ...words], { cwd: home, env });
}

/** Runs a verb of ours in that way. */
export function waybillUnprivileged(folder: string, words: readonly string[]): Outcome {
  const program = path.join(folder, 'program');
  if (!fs.existsSync(program)) copyProgram(program);
  return runUnprivileged(folder, path.join(program, 'node'), [path.join(program, 'src/cli/main.ts'), ...words]);
}

/** Sources, dependencies and node itself: the repository may lie where only its owner can go. */
function copyProgram(program: string): void {
  const { dependencies } = JSON.parse(fs.readFileSync(path.join(repository, 'package.json'), 'utf8'));
  const names = ['package.json', 'src', ...Object.keys(dependencies).map((name) => `node_modules/${name}`)];
  for (const name of names) fs.cpSync(path.join(repository, name), path.join(program, name), { recursive: true });
  fs.copyFileSync(fs.realpathSync(node), path.join(program, 'node'));
  run('chmod', ['-R', 'a+rX', program]);
}
