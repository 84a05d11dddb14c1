/**
 * Runs the project's scripts on any machine with Node 20 or newer and npm: installs what the lock
 * file says if that has not happened yet, then goes on under the Node 24 that comes with it.
 * Plain JavaScript without dependencies, because nothing else is there before it has run.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const bin = path.join(root, 'node_modules', '.bin');
const stamp = path.join(root, 'node_modules', '.waybill-installed');

/** Each script is a list of commands that must all succeed. */
const scripts = {
  test: [['vitest', 'run']],
  'test:real': [['vitest', 'run', '--config', 'vitest.real.config.ts']],
  coverage: [['vitest', 'run', '--config', 'vitest.trust.config.ts', '--coverage']],
  check: [['biome', 'check'], ['tsc', '-p', '.'], ['knip'], ['node', 'scripts/build.ts'], ['publint']],
  fix: [
    ['biome', 'check', '--write'],
    ['node', 'scripts/generate.ts'],
  ],
  build: [['node', 'scripts/build.ts']],
  dev: [['node', 'src/cli/main.ts']],
  demo: [['node', 'examples/digits/demo.ts']],
  bench: [['node', 'scripts/bench/bench.ts']],
  soak: [['node', 'scripts/soak/soak.ts']],
  generate: [['node', 'scripts/generate.ts']],
};

const [name = '', ...rest] = process.argv.slice(2);
const commands = scripts[name];
if (commands === undefined) {
  console.error(`there is no script ${name}; there are ${Object.keys(scripts).join(', ')}`);
  process.exit(2);
}
install();
for (const [index, command] of commands.entries()) {
  const isLast = index === commands.length - 1;
  const status = run([...command, ...(isLast ? rest : [])]);
  if (status !== 0) process.exit(status);
}

/** `npm ci`, once for each state of the lock file. */
function install() {
  const lock = createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  if (!existsSync(path.join(bin, 'node'))) {
    console.error('First run: installing what package-lock.json lists into node_modules (npm ci)');
    const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root, stdio: ['ignore', 2, 2] });
    if (status !== 0) process.exit(status ?? 1);
  }
  if (existsSync(path.join(root, 'node_modules'))) writeFileSync(stamp, lock);
}

function run([command, ...words]) {
  const env = { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH ?? ''}` };
  const { status, signal, error } = spawnSync(path.join(bin, command), words, { cwd: root, stdio: 'inherit', env });
  if (error) console.error(`cannot run ${command}: ${error.message}`);
  return status ?? (signal ? 130 : 1);
}
