import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HUB_EXAMPLE } from '../../../scripts/generate/hub-file-page.ts';
import { parseListenAddress } from './listen.ts';
import { resolveSettings } from './settings.ts';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'waybill-settings-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const write = (text: string) => {
  const file = path.join(folder, 'hub.yaml');
  fs.writeFileSync(file, text);
  return file;
};

test('without a file there are defaults, and the command line goes before both', () => {
  const { settings } = resolveSettings(undefined, {}, '/default');
  expect(settings).toMatchObject({
    folder: '/default',
    listen: { host: '127.0.0.1', port: 5000, isLoopback: true },
    immutableTags: [],
    lookAlikes: 'refuse',
    graceMilliseconds: 86_400_000,
    collectMilliseconds: 3_600_000,
    maxBlobSize: 2 ** 40,
  });
  const file = write('hub: 1\nlisten: 127.0.0.1:7000\ndata: content\n');
  expect(resolveSettings(file, {}, '/default').settings).toMatchObject({
    folder: path.join(folder, 'content'),
    listen: { port: 7000 },
  });
  expect(resolveSettings(file, { listen: '0', data: '/elsewhere' }, '/default').settings).toMatchObject({
    folder: '/elsewhere',
    listen: { host: '127.0.0.1', port: 0 },
  });
});

test('the example of the reference page says what it shows', () => {
  // Its certificate is on no machine; a real one is served in test/real/hub-users.test.ts.
  const text = fs.readFileSync(HUB_EXAMPLE, 'utf8').replace(/^tls:\n(?: .*\n)+/m, '');
  expect(resolveSettings(write(text), {}, '/default')).toMatchObject({
    settings: {
      folder: '/srv/waybill',
      listen: { host: '0.0.0.0', port: 5000, isLoopback: false },
      url: 'https://hub.example',
      anonymous: 'nothing',
      immutableTags: ['**:v*', 'acme/production/*:*'],
      graceMilliseconds: 48 * 3_600_000,
      maxBlobSize: 200 * 2 ** 30,
    },
    findings: [],
  });
});

test('names that look alike are allowed by a key of their own', () => {
  expect(resolveSettings(write('hub: 1\nnames: { lookAlikes: allow }\n'), {}, '/default').settings.lookAlikes).toBe(
    'allow',
  );
  const wrong = () => resolveSettings(write('hub: 1\nnames: { lookAlikes: warn }\n'), {}, '/default');
  expect(wrong).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
});

test('a certificate that cannot be used is refused in words, with its file', () => {
  const file = write('hub: 1\ntls: { certificate: tls.crt, key: tls.key }\n');
  expect(() => resolveSettings(file, {}, '/default')).toThrow(/Cannot read .*tls\.crt: it does not exist/);
  for (const name of ['tls.crt', 'tls.key']) fs.writeFileSync(path.join(folder, name), 'no PEM');
  expect(() => resolveSettings(file, {}, '/default')).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining('tls.crt') }),
  );
});

test('every problem has its line, its column and the nearest key', () => {
  const file = write('hub: 1\nlissten: 1\naccess:\n  anonymous: all\ntags:\n  immutable: ["v*"]\n');
  const problems = (() => {
    try {
      resolveSettings(file, {}, '/default');
    } catch (error) {
      return (error as { code: string; problems: { line: number; message: string }[] }) ?? {};
    }
    throw new Error('it was accepted');
  })();
  expect(problems.code).toBe('CONFIG_INVALID');
  expect(problems.problems.map(({ line, message }) => `${line} ${message}`).sort()).toEqual([
    expect.stringMatching(/^2 unknown key "lissten"; did you mean listen\?/),
    expect.stringMatching(/^4 access.anonymous: expected nothing, pull, everything, found "all"/),
    expect.stringMatching(/^6 tags.immutable.0: expected REPOSITORIES:TAGS/),
  ]);
});

test('addresses of this machine are told from others', () => {
  for (const text of ['5000', ':5000', 'localhost:1', '127.0.0.1:1', '127.9.9.9:1', '[::1]:1', '[0:0:0:0:0:0:0:1]:1'])
    expect(parseListenAddress(text).isLoopback, text).toBe(true);
  for (const text of [
    '0.0.0.0:1',
    '[::]:1',
    '10.0.0.1:1',
    '[::2]:1',
    '[1::1]:1',
    '[::11]:1',
    'example.com:1',
    '1.2.3.127:1',
  ])
    expect(parseListenAddress(text).isLoopback, text).toBe(false);
  for (const text of ['', 'x', '127.0.0.1', '1:2:3', '127.0.0.1:70000', '127.0.0.1:-1'])
    expect(() => parseListenAddress(text), text).toThrow(/it is no HOST:PORT/);
});
