/** What would be published: the right files, few dependencies, no install scripts. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { version } from '../src/cli/version.ts';

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly hasInstallScript?: boolean }>>;
}

const read = (file: string) => JSON.parse(readFileSync(file, 'utf8'));

test('the version on the command line is that of package.json', () => {
  expect(version).toBe(read('package.json').version);
});

test('no package of the runtime tree has an install script', () => {
  const { packages } = read('package-lock.json') as Lock;
  const runtime = Object.entries(packages).filter(([name, { dev }]) => name !== '' && !dev);
  expect(runtime.map(([name]) => name).sort()).toEqual([
    'node_modules/kysely',
    'node_modules/picomatch',
    'node_modules/smol-toml',
    'node_modules/yaml',
    'node_modules/zod',
  ]);
  expect(runtime.filter(([, { hasInstallScript }]) => hasInstallScript)).toEqual([]);
});

test('the lock file names no registry', () => {
  expect(readFileSync('package-lock.json', 'utf8')).not.toContain('"resolved"');
});

test('each runtime dependency has its reason in docs/adr', () => {
  const reasons = readFileSync('docs/adr/0002-runtime-dependencies.md', 'utf8');
  for (const name of Object.keys(read('package.json').dependencies)) expect(reasons).toContain(name);
});

test('npm pack ships the build, the schemas and the templates, and no sources or tests', () => {
  const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [{ files }] = JSON.parse(output) as [{ files: { path: string }[] }];
  const paths = files.map(({ path }) => path);
  for (const path of [
    'LICENSE',
    'README.md',
    'package.json',
    'schemas/waybill-1.schema.json',
    'templates/standard/waybill.yaml',
  ]) {
    expect(paths).toContain(path);
  }
  expect(paths.filter((path) => /(^src\/|\.test\.|^test\/|^scripts\/|^examples\/|tsconfig)/.test(path))).toEqual([]);
});
