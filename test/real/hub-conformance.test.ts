/** The official conformance program of the OCI distribution specification against our hub. */
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { openCli } from './_cli.ts';
import { useHub } from './_hub.ts';
import { attempt, repository, temporaryFolder } from './_run.ts';
import { commandOf } from './_tools.ts';

const place = temporaryFolder();
const reports = path.join(repository, 'docs/conformance');
const PASSWORD = 'correct horse battery';

/** Runs the program, which must find no failure. @returns what it said of each test, in order of names */
function conform(host: string, version: string, user: Readonly<Record<string, string>> = {}): string {
  const results = fs.mkdtempSync(path.join(place, `results-${version}-`));
  const { status, stdout } = attempt(commandOf('conformance'), [], {
    env: {
      OCI_REGISTRY: host,
      OCI_TLS: 'disabled',
      OCI_REPO1: 'conformance/repo1',
      OCI_REPO2: 'conformance/repo2',
      OCI_VERSION: version,
      OCI_RESULTS_DIR: results,
      OCI_CONFIGURATION: '/dev/null',
      ...user,
    },
  });
  expect(stdout.split('\n').filter((line) => line.includes('FAIL') && !/FAIL\.*:\s+0$/.test(line.trim()))).toEqual([]);
  expect(status).toBe(0);
  const [summary = ''] = /<testsuites[^>]*>/.exec(fs.readFileSync(path.join(results, 'junit.xml'), 'utf8')) ?? [];
  expect(Number(/tests="(\d+)"/.exec(summary)?.[1])).toBeGreaterThan(800);
  expect(summary).not.toMatch(/failures="[1-9]|errors="[1-9]/);
  // Without the settings of this run; and the program runs some in an order that changes from time to time.
  const said = stdout.replace(/^Configuration:[\s\S]*?(?=^OCI Conformance Result)/m, '');
  return `${said.trim().split('\n').filter(Boolean).sort().join('\n')}\n`;
}

describe('a hub that is open on its machine', () => {
  const hub = useHub(place);
  test.each(['1.1', 'dev'])('passes version %s as docs/conformance says', (version) => {
    const said = conform(hub.host, version);
    const report = path.join(reports, `${version}.txt`);
    if (process.env['WRITE_REPORTS'] !== undefined) fs.writeFileSync(report, said);
    expect(said).not.toMatch(/: +Skip$/m);
    expect(said).toBe(fs.readFileSync(report, 'utf8'));
  });
});

describe('a hub of two processes', () => {
  const own = path.join(place, 'two');
  const configuration = path.join(own, 'hub.yaml');
  const hub = useHub(own, {
    words: ['--config', configuration],
    before: () => {
      fs.mkdirSync(own);
      fs.writeFileSync(configuration, 'hub: 1\nprocesses: 2\n');
    },
  });
  test('passes the same', () => {
    expect(conform(hub.host, 'dev')).toBe(fs.readFileSync(path.join(reports, 'dev.txt'), 'utf8'));
  });
});

describe('a hub with users', () => {
  const own = path.join(place, 'closed');
  const hub = useHub(own, {
    before: () => {
      fs.mkdirSync(own);
      const words = ['--role', 'admin', '--data', path.join(own, 'hub'), '--password-stdin'];
      openCli(own)
        .input(PASSWORD)
        .run('hub', 'user', 'add', 'ada', ...words);
    },
  });
  test('passes with a user name and a password', () => {
    const said = conform(hub.host, 'dev', { OCI_USERNAME: 'ada', OCI_PASSWORD: PASSWORD });
    // The program asks for a token for the one repository, and then mounts from the other: it must not.
    const skipped = said.split('\n').filter((line) => /: Skip$/.test(line));
    expect(skipped.length).toBeGreaterThan(0);
    for (const line of skipped) expect(line).toContain('mount');
  });
});
