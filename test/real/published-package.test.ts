/** The npm package as people get it: packed, installed from the file, and used. */
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { tinyFiles, writeFiles } from './_packages.ts';
import { node, type Outcome, repository, run, temporaryFolder } from './_run.ts';
import { checkSums, pathsOf } from './_trees.ts';

const place = temporaryFolder();
const inPlace = (name: string) => path.join(place, name);
const prefix = inPlace('prefix');
const installed = path.join(prefix, 'lib', 'node_modules', 'waybill');
const onNode24 = { PATH: `${path.dirname(node)}${path.delimiter}${process.env['PATH']}` };

beforeAll(() => {
  run('node', ['scripts/run.mjs', 'build'], { cwd: repository });
  run('npm', ['pack', '--ignore-scripts', '--pack-destination', place], { cwd: repository });
  const [file = ''] = fs.readdirSync(place).filter((name) => /^waybill-.*\.tgz$/.test(name));
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline'];
  run('npm', ['install', '-g', '--prefix', prefix, ...quiet, inPlace(file)], { cwd: place, env: onNode24 });
});

/** The installed command, as a user calls it, by a user who has nothing yet. */
function waybill(...words: readonly string[]): Outcome {
  const env = { ...onNode24, HOME: inPlace('home'), XDG_CACHE_HOME: undefined, XDG_DATA_HOME: undefined };
  return run(path.join(prefix, 'bin', 'waybill'), words, { cwd: place, env: { ...env, WAYBILL_STORE: undefined } });
}

/** Every package of the installed tree with its package.json. */
function packages(): readonly { folder: string; manifest: Readonly<Record<string, unknown>> }[] {
  return pathsOf(installed)
    .filter((name) => path.basename(name) === 'package.json')
    .map((name) => ({
      folder: path.dirname(name),
      manifest: JSON.parse(fs.readFileSync(path.join(installed, name), 'utf8')),
    }));
}

test('waybill help and --version answer', () => {
  const { version } = JSON.parse(fs.readFileSync(path.join(repository, 'package.json'), 'utf8'));
  expect(waybill('--version').stdout).toBe(`${version}\n`);
  const { stdout } = waybill('help');
  for (const verb of ['init', 'pack', 'verify', 'unpack', 'copy']) expect(stdout).toContain(verb);
});

test('waybill init, pack, verify and unpack do their work', () => {
  const source = inPlace('model');
  writeFiles(source, tinyFiles);
  waybill('init', source);
  const packed = JSON.parse(waybill('pack', source, '--tag', 'acme/tiny:1', '--json').stdout);
  expect(JSON.parse(waybill('verify', 'acme/tiny:1', '--json').stdout)).toMatchObject({
    verdict: 'pass',
    digest: packed.digest,
  });
  waybill('unpack', 'acme/tiny:1', inPlace('restored'));
  checkSums(inPlace('restored'));
  expect(pathsOf(inPlace('restored'))).toEqual(expect.arrayContaining(Object.keys(tinyFiles)));
  expect(pathsOf(inPlace('home'))).not.toEqual([]);
});

test('waybill init --template brings the template', () => {
  const folder = inPlace('from-template');
  waybill('init', folder, '--template');
  expect(JSON.parse(waybill('pack', folder, '--tag', 'acme/template:1', '--json').stdout).unlisted).toEqual([]);
});

test('no package of the installed tree runs a script when it is installed', () => {
  const all = packages();
  expect(all.map(({ folder }) => folder)).toEqual(expect.arrayContaining(['.', 'node_modules/zod']));
  const withScripts = all.filter(({ folder, manifest }) => {
    const scripts = Object.keys((manifest['scripts'] ?? {}) as Record<string, string>);
    const runs = ['preinstall', 'install', 'postinstall'].some((name) => scripts.includes(name));
    return runs || manifest['gypfile'] === true || fs.existsSync(path.join(installed, folder, 'binding.gyp'));
  });
  expect(withScripts.map(({ folder }) => folder)).toEqual([]);
});

test('its dependencies are exactly those of package.json, in those versions', () => {
  const { dependencies } = JSON.parse(fs.readFileSync(path.join(repository, 'package.json'), 'utf8'));
  const names = fs.readdirSync(path.join(installed, 'node_modules')).filter((name) => !name.startsWith('.'));
  const found = names.map((name) => {
    const file = path.join(installed, 'node_modules', name, 'package.json');
    return [name, JSON.parse(fs.readFileSync(file, 'utf8')).version];
  });
  expect(Object.fromEntries(found)).toEqual(dependencies);
});

const LICENCES = 'dist/joined/LICENSES.txt';
/** The joined command line is CommonJS, all else are modules with their types. */
const PROGRAMS = /^dist\/(?:joined\/[^/]+\.cjs|(?!joined\/).+\.(?:js|d\.ts))$/;

test('the licences of all packages that are joined into the command line travel with it', () => {
  const text = fs.readFileSync(path.join(installed, LICENCES), 'utf8');
  for (const name of Object.keys(JSON.parse(fs.readFileSync('package.json', 'utf8')).dependencies))
    expect(text).toMatch(new RegExp(`^${name} \\d`, 'm'));
});

test('it holds what is published and nothing of the development', () => {
  const own = pathsOf(installed).filter((name) => !name.startsWith('node_modules'));
  const allowed =
    /^(?:dist|schemas|templates|docs\/reference)\/|^(?:README|LICENSE|NOTICE|CHANGELOG|GLOSSARY|SECURITY)[^/]*$|^package\.json$/;
  expect(own.filter((name) => !allowed.test(name))).toEqual([]);
  expect(own.filter((name) => /\.test\.|(?:^|\/)(?:test|coverage|\.ci)\/|\.tsbuildinfo$/.test(name))).toEqual([]);
  expect(own.filter((name) => name.startsWith('dist/') && !PROGRAMS.test(name))).toEqual([LICENCES]);
  expect(own).toEqual(expect.arrayContaining(['package.json', 'LICENSE', 'dist/cli/main.js', 'dist/index.d.ts']));
});
