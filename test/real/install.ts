/**
 * Brings the programs of other people that the tests run: builds the Go ones from their modules,
 * installs missing ones of the system from Debian's packages. Nothing is skipped: what cannot be
 * had fails, with what to do about it.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { cacheFolder, commandOf, folderOf, type GoTool, type GoToolName, goTools, systemTools } from './_tools.ts';

const GO_REMEDY = 'the Go module proxy (go env GOPROXY) must be reachable; Go 1.26 or newer is needed (go version)';

/** vitest calls this once, before any test file. */
export function setup(): void {
  const start = performance.now();
  installSystemTools();
  for (const name of Object.keys(goTools) as GoToolName[]) buildGoTool(name);
  say(`ready after ${seconds(start)}`);
}

function installSystemTools(): void {
  const missing = Object.entries(systemTools).filter(([program]) => !runs(program));
  if (missing.length === 0) return;
  const names = missing.map(([program]) => program).join(', ');
  const packages = [...new Set(missing.map(([, debianPackage]) => debianPackage))];
  const byHand = `apt-get update && apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  const remedy = `install ${names} from your system's packages; on Debian, as root: ${byHand}`;
  if (!runs('apt-get')) throw new Error(`${names} cannot be found and there is no apt-get: ${remedy}`);
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && !runs('sudo', '-n', 'true'))
    throw new Error(
      `${names} cannot be found, this user is not root and sudo needs a password or is absent: ${remedy}`,
    );
  const prefix = isRoot ? [] : ['sudo', '-n'];
  const start = performance.now();
  say(`installing ${packages.join(', ')} from Debian's packages`);
  const apt = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q', '-y'];
  must([...apt, 'update'], remedy);
  must([...apt, 'install', '--no-install-recommends', ...packages], remedy);
  const absent = missing.filter(([program]) => !runs(program));
  if (absent.length > 0) throw new Error(`${names} cannot be found after installing ${packages.join(', ')}: ${remedy}`);
  say(`installed ${packages.join(', ')} in ${seconds(start)}`);
}

/**
 * Builds one tool in a module that requires it and nothing else. `go install` would also ask the
 * module proxy for a list of all versions, which not every proxy answers.
 */
function buildGoTool(name: GoToolName): void {
  if (fs.existsSync(commandOf(name))) return;
  const { module, program, version, own }: GoTool = goTools[name];
  if (!runs('go', 'version'))
    throw new Error(`go cannot be found, ${name} is built with it: install Go 1.26 or newer (https://go.dev/dl/)`);
  const start = performance.now();
  say(`building ${name} ${version} from ${module}`);
  fs.mkdirSync(cacheFolder, { recursive: true });
  const place = fs.mkdtempSync(path.join(cacheFolder, '.building-'));
  try {
    fs.writeFileSync(
      path.join(place, 'go.mod'),
      `module waybill.dev/test\n\ngo 1.26\n\nrequire ${module} ${version}\n`,
    );
    if (own !== undefined) fs.copyFileSync(path.join(import.meta.dirname, own, 'main.go'), path.join(place, 'main.go'));
    const flags = ['-mod=mod', '-trimpath', '-ldflags=-s -w'];
    must(
      ['go', 'build', ...flags, '-o', path.join(place, 'out', name), own === undefined ? `${module}${program}` : '.'],
      GO_REMEDY,
      {
        cwd: place,
        env: { ...process.env, CGO_ENABLED: '0', GOWORK: 'off' },
      },
    );
    moveInto(path.join(place, 'out'), folderOf(name));
  } finally {
    fs.rmSync(place, { recursive: true, force: true });
  }
  say(`built ${name} ${version} in ${seconds(start)}`);
}

/** Appears as a whole; another run that was faster has built the same. */
function moveInto(built: string, folder: string): void {
  try {
    fs.renameSync(built, folder);
  } catch (error) {
    if (!fs.existsSync(folder)) throw error;
  }
}

function runs(command: string, ...words: readonly string[]): boolean {
  return spawnSync(command, words.length === 0 ? ['--version'] : words, { stdio: 'ignore' }).status === 0;
}

function must(
  [command = '', ...words]: readonly string[],
  remedy: string,
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): void {
  const { status, error, stdout, stderr } = spawnSync(command, words, { ...options, encoding: 'utf8' });
  if (status === 0) return;
  const said = error?.message ?? `${stdout.slice(-2000)}\n${stderr.slice(-4000)}`;
  throw new Error(`${command} ${words.join(' ')} failed: ${said.trim()}\nRemedy: ${remedy}`);
}

function say(text: string): void {
  console.error(`test:real: ${text}`);
}

function seconds(start: number): string {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}
