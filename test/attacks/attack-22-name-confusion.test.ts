/** Attack 22: names that look like others. One lower-case ASCII grammar, and no registry that nobody named. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Hub } from '../../src/hub/main.ts';
import { isRepositoryName, parseReference } from '../../src/oci/reference.ts';
import { runCli } from '../_support/cli.ts';
import { startTestHub } from '../_support/hub.ts';
import { thrownBy } from '../_support/refusal.ts';
import { makeScratch } from '../_support/scratch.ts';

const scratch = makeScratch();
let hub: Hub;
beforeAll(async () => {
  hub = await startTestHub(scratch.at('hub'));
});
afterAll(async () => {
  await hub[Symbol.asyncDispose]();
  scratch[Symbol.dispose]();
});

const lookalikes: readonly (readonly [string, string])[] = [
  ['upper case', 'Acme/digits'],
  ['a Cyrillic letter', 'аcme/digits'],
  ['a full-width letter', 'ａcme/digits'],
  ['a dotless i', 'acme/dıgits'],
  ['a combining mark', 'acme/digits\u0301'],
  ['a zero-width space', 'acme/dig\u200bits'],
  ['a soft hyphen', 'acme/dig\u00adits'],
  ['a direction mark', 'acme/\u202estigid'],
  ['a Unicode hyphen', 'acme/my\u2010digits'],
  ['a division slash', 'acme\u2215digits'],
  ['two dots', 'acme/..'],
  ['a dot at the end', 'acme/digits.'],
  ['a dot at the beginning', 'acme/.digits'],
  ['two dots in a row', 'acme/di..gits'],
  ['a dash at the end', 'acme/digits-'],
  ['three underscores', 'acme/di___gits'],
  ['an empty part', 'acme//digits'],
  ['a slash at the end', 'acme/digits/'],
  ['a slash at the beginning', '/acme/digits'],
  ['a space', 'acme/digits '],
  ['a percent sign', 'acme/%64igits'],
  ['a backslash', 'acme\\digits'],
  ['a NUL', 'acme/digits\0'],
  ['a line feed', 'acme/digits\n'],
  ['a question mark', 'acme/digits?x'],
];

describe.each(lookalikes)('a name with %s', (_, name) => {
  test('is none', () => {
    expect(isRepositoryName(name)).toBe(false);
    expect(thrownBy(() => parseReference(`${name}:1`)).code).toBe('NAME_INVALID');
    expect(thrownBy(() => parseReference(`registry.example/${name}:1`)).code).toBe('NAME_INVALID');
  });

  test('is no repository of the hub', async () => {
    const target = encodeURI(name).replaceAll('?', '%3F');
    const begun = await fetch(`${hub.address}/v2/${target}/blobs/uploads/`, { method: 'POST' });
    expect([400, 404]).toContain(begun.status);
    expect(scratch.list('hub', 'uploads')).toEqual([]);
  });
});

test.each([
  ['a Cyrillic host', 'rеgistry.example/acme/digits:1'],
  ['a host with a user in it', 'registry.example@evil.example/acme/digits:1'],
  ['a host with two ports', 'registry.example:5000:5001/acme/digits:1'],
  ['a host with a space', 'registry .example/acme/digits:1'],
  ['a host that ends in a dash', 'registry.example-/acme/digits:1'],
  ['a scheme', 'https://registry.example/acme/digits:1'],
  ['two digests', `acme/digits@sha256:${'a'.repeat(64)}@sha256:${'b'.repeat(64)}`],
  ['a tag with a slash', 'acme/digits:1/2'],
  ['a tag of look-alikes', 'acme/digits:１'],
])('a reference with %s is refused', (_, reference) => {
  expect(thrownBy(() => parseReference(reference)).code).toBe('NAME_INVALID');
});

test('a name without a host is local: no registry is guessed', async () => {
  expect(parseReference('acme/digits:1').host).toBeUndefined();
  expect(parseReference('library/digits:1').host).toBeUndefined();
  const { status, stderr } = await runCli(['pull', 'acme/digits:1'], { store: scratch.at('store') });
  expect([status, /docker\.io/.test(stderr)]).toEqual([2, false]);
});

test('a first part is a host by its form alone, and keeps its port', () => {
  const hostOf = (reference: string) => parseReference(reference).host;
  expect(hostOf('localhost/acme/x:1')).toBe('localhost');
  expect(hostOf('localhost:5000/acme/x:1')).toBe('localhost:5000');
  expect(hostOf('acme.example/x:1')).toBe('acme.example');
  expect(hostOf('local-host/acme/x:1')).toBeUndefined();
  // A tag without a slash behind it, not a port.
  expect([hostOf('acme:5000'), parseReference('acme:5000').tag]).toEqual([undefined, '5000']);
});
