/** The official conformance program of the OCI distribution specification against our hub. */
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { useHub } from './_hub.ts';
import { attempt, temporaryFolder } from './_run.ts';
import { commandOf } from './_tools.ts';

const place = temporaryFolder();
const hub = useHub(place);

test.each(['1.1', 'dev'])('the conformance program of version %s finds no failure and skips nothing', (version) => {
  const results = path.join(place, `results-${version}`);
  const { status, stdout } = attempt(commandOf('conformance'), [], {
    env: {
      OCI_REGISTRY: hub.host,
      OCI_TLS: 'disabled',
      OCI_REPO1: 'conformance/repo1',
      OCI_REPO2: 'conformance/repo2',
      OCI_VERSION: version,
      OCI_RESULTS_DIR: results,
      OCI_CONFIGURATION: '/dev/null',
    },
  });
  expect(stdout.split('\n').filter((line) => line.includes('FAIL') && !/FAIL\.*:\s+0$/.test(line.trim()))).toEqual([]);
  expect(status).toBe(0);
  const [summary = ''] = /<testsuites[^>]*>/.exec(fs.readFileSync(path.join(results, 'junit.xml'), 'utf8')) ?? [];
  expect(Number(/tests="(\d+)"/.exec(summary)?.[1])).toBeGreaterThan(800);
  expect(summary).not.toMatch(/failures="[1-9]|skipped="[1-9]|errors="[1-9]/);
});
