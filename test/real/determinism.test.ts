/** The digest does not depend on who packs, and how: locale, time zone, path, umask, user. */
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { PackedJson } from './_cli.ts';
import { freshCli, GOLDEN, packedDigest, writeGolden } from './_golden.ts';
import { node, repository, run, temporaryFolder } from './_run.ts';
import { isRoot, waybillUnprivileged } from './_users.ts';

const place = temporaryFolder();
const source = path.join(place, 'source');

beforeAll(() => writeGolden(source));

test.each([
  { LC_ALL: 'C', LANG: 'C', TZ: 'UTC' },
  { LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8', TZ: 'Europe/Istanbul' },
  { LC_ALL: 'de_DE.ISO-8859-1', LANG: 'de_DE', TZ: 'Pacific/Kiritimati' },
  { LC_ALL: 'ja_JP.eucJP', LANG: '', TZ: 'America/St_Johns' },
  { LC_ALL: undefined, LANG: 'lt_LT.UTF-8', TZ: ':/nowhere' },
])('with LC_ALL=$LC_ALL LANG=$LANG TZ=$TZ', (env) => {
  expect(packedDigest(place, source, { env })).toBe(GOLDEN);
});

test.each<[string, string, string | undefined]>([
  ['an absolute path', source, undefined],
  ['an absolute path with a slash', `${source}/`, undefined],
  ['a relative path', './source', place],
  ['a path with dots', '../source/../source', path.join(place, 'elsewhere')],
  ['the current folder', '.', source],
])('by %s', (_, folder, cwd) => {
  fs.mkdirSync(path.join(place, 'elsewhere'), { recursive: true });
  expect(packedDigest(place, folder, cwd === undefined ? {} : { cwd })).toBe(GOLDEN);
});

test('through a link to the folder', () => {
  fs.symlinkSync(source, path.join(place, 'link'));
  expect(packedDigest(place, path.join(place, 'link'))).toBe(GOLDEN);
});

test('for the second time, without the cache, and by hard links', () => {
  const cli = freshCli(place);
  for (const words of [[], [], ['--no-cache'], ['--link']])
    expect(cli.json<PackedJson>('pack', source, ...words).digest).toBe(GOLDEN);
  expect(packedDigest(place, source, {}, '--link')).toBe(GOLDEN);
});

test.each(['000', '022', '077'])('under the umask %s', (umask) => {
  const store = path.join(place, `umask-${umask}`);
  const command = `umask ${umask}; exec "$0" "$@"`;
  const words = [path.join(repository, 'src/cli/main.ts'), 'pack', source, '--store', store, '--json'];
  const { stdout } = run('sh', ['-c', command, node, ...words], { env: { HOME: store, XDG_CACHE_HOME: undefined } });
  expect(JSON.parse(stdout).digest).toBe(GOLDEN);
});

test('on one processor', () => {
  const store = path.join(place, 'one-processor');
  const processor = /Cpus_allowed_list:\s*(\d+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  const words = [node, path.join(repository, 'src/cli/main.ts'), 'pack', source, '--store', store, '--json'];
  const { stdout } = run('taskset', ['-c', processor, ...words], { env: { HOME: store, XDG_CACHE_HOME: undefined } });
  expect(JSON.parse(stdout).digest).toBe(GOLDEN);
});

test('as another user', () => {
  if (!isRoot) {
    const { stdout } = run('id', ['-un']);
    console.warn(`only root can become another user: packed as ${stdout.trim()} alone`);
    expect(packedDigest(place, source)).toBe(GOLDEN);
    return;
  }
  const folder = path.join(place, 'another-user');
  writeGolden(path.join(folder, 'source'));
  fs.chmodSync(place, 0o755);
  const words = ['pack', path.join(folder, 'source'), '--json'];
  expect(JSON.parse(waybillUnprivileged(folder, words).stdout).digest).toBe(GOLDEN);
  run('chown', ['-R', 'nobody', path.join(folder, 'source')]);
  expect(packedDigest(place, path.join(folder, 'source'))).toBe(GOLDEN);
});
