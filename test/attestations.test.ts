/** `waybill attest` and `waybill attestations` together: where statements go, how they travel, what counts. */
import fs from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Output as Attested } from '../src/cli/outputs/attest.ts';
import type { AttestationOutput, Output } from '../src/cli/outputs/attestations.ts';
import { startRegistry } from './_registry/server.ts';
import { type CliResult, runCli } from './_support/cli.ts';
import { makeScratch, type Scratch } from './_support/scratch.ts';
import { newKey, trustYaml } from './_support/trust-files.ts';

const TYPE = 'https://in-toto.io/attestation/test-result/v0.1';
const REF = 'acme/tiny:1.0.0';

let scratch: Scratch;
const keys = { publisher: newKey(), evaluator: newKey() };
const waybill = (words: readonly string[], store = 'store'): Promise<CliResult> =>
  runCli(words, { store: scratch.at(store) });

async function json<T>(words: readonly string[], store?: string): Promise<T> {
  const { status, stdout, stderr } = await waybill([...words, '--json'], store);
  expect(status, stderr + stdout).toBe(0);
  return JSON.parse(stdout);
}

const attest = (reference: string, key: keyof typeof keys = 'evaluator', ...more: string[]) =>
  json<Attested>([
    ...['attest', reference, '--type', 'test-result', '--predicate', scratch.at('result.json')],
    ...['--key', scratch.at(`${key}.key`), ...more],
  ]);
const list = async (reference: string, words: readonly string[] = [], store?: string) =>
  (await json<Output>(['attestations', reference, ...words], store)).attestations;
const inWords = (attestations: readonly AttestationOutput[]) =>
  attestations.map(({ status, key = 'nobody' }) => `${status} ${key.replace(`${scratch.folder}/`, '')}`).sort();

beforeAll(async () => {
  scratch = makeScratch();
  for (const [name, { signer, pem }] of Object.entries(keys)) {
    fs.writeFileSync(scratch.at(`${name}.pub`), pem);
    expect(signer.publicKey.algorithm.id).toBe('ecdsa-p256');
  }
  const { generateKeyPairSync } = await import('node:crypto');
  for (const name of Object.keys(keys)) {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    fs.writeFileSync(scratch.at(`${name}.key`), pair.privateKey.export({ type: 'pkcs8', format: 'pem' }), {
      mode: 0o600,
    });
    fs.writeFileSync(scratch.at(`${name}.pub`), pair.publicKey.export({ type: 'spki', format: 'pem' }));
  }
  fs.writeFileSync(scratch.at('result.json'), '{"result":"PASSED","configuration":[]}');
  fs.mkdirSync(scratch.at('model'));
  fs.writeFileSync(scratch.at('model', 'README.md'), '# tiny\n');
  fs.writeFileSync(
    scratch.at('model', 'waybill.yaml'),
    'waybill: 1\nname: acme/tiny\nversion: 1.0.0\ncomponents: { docs: [README.md] }\n',
  );
  expect((await waybill(['pack', scratch.at('model')])).status).toBe(0);
});
afterAll(() => scratch[Symbol.dispose]());

/** A policy over the public halves as they lie on the disk. */
function policy(require: readonly object[]): string {
  const list = ['publisher', 'evaluator'].map((role) => ({ id: role, role, file: `${role}.pub` }));
  fs.writeFileSync(
    scratch.at('trust.yaml'),
    JSON.stringify({ trust: 1, keys: list, repositories: [{ match: 'acme/*', anyName: true, require }] }),
  );
  return scratch.at('trust.yaml');
}

test('a statement goes along from the local store to a registry, an archive, a layout and back; prune keeps it', async () => {
  await using registry = await startRegistry();
  registry.faults.hasNoReferrers = true;
  const made = await attest(REF);
  expect(made).toMatchObject({ result: 'attached', where: 'store', predicateType: TYPE });
  expect(await attest(REF)).toMatchObject({ result: 'present', referrer: made.referrer });
  const key = ['--key', scratch.at('evaluator.pub')];
  expect((await waybill(['prune'])).status).toBe(0);
  const far = `${registry.host}/acme/tiny:1.0.0`;
  for (const words of [
    ['push', REF, far],
    ['copy', REF, `oci:${scratch.at('layout')}:1`],
    ['copy', REF, `oci-archive:${scratch.at('tiny.tar')}:1`],
  ])
    expect((await waybill(words)).status).toBe(0);
  const places = [REF, far, `oci:${scratch.at('layout')}:1`, `oci-archive:${scratch.at('tiny.tar')}:1`];
  for (const place of places)
    expect([place, inWords(await list(place, key))]).toEqual([place, ['verified evaluator.pub']]);
  expect((await waybill(['pull', far], 'other')).status).toBe(0);
  expect(inWords(await list(far, key, 'other'))).toEqual(['verified evaluator.pub']);
});

test('attest goes where the package lies: a layout, a registry; an archive it refuses', async () => {
  await using registry = await startRegistry();
  const layout = `oci:${scratch.at('own')}:1`;
  const far = `${registry.host}/acme/tiny:2`;
  expect((await waybill(['copy', REF, layout, '--no-referrers'])).status).toBe(0);
  expect((await waybill(['push', REF, far, '--no-referrers'])).status).toBe(0);
  expect(await attest(layout)).toMatchObject({ result: 'attached', where: 'store' });
  expect(await attest(far)).toMatchObject({ result: 'attached', where: 'registry' });
  for (const place of [layout, far]) expect(await list(place)).toHaveLength(1);
  const archive = `oci-archive:${scratch.at('no.tar')}:1`;
  expect((await waybill(['copy', REF, archive])).status).toBe(0);
  const refused = await waybill([
    ...['attest', archive, '--type', 'test-result', '--predicate', scratch.at('result.json')],
    ...['--key', scratch.at('evaluator.key')],
  ]);
  expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining('an archive is written as a whole')]);
  expect(fs.existsSync(scratch.at('absent'))).toBe(false);
  const nowhere = await waybill([
    'attest',
    `oci:${scratch.at('absent')}:1`,
    '--type',
    'x:y',
    '--predicate',
    'r',
    '--key',
    'k',
  ]);
  expect(nowhere.status).toBe(2);
  expect(fs.existsSync(scratch.at('absent'))).toBe(false);
});

test('attestations --trust says what counts, by whom, and why the rest does not', async () => {
  const place = `oci:${scratch.at('trusted')}:1`;
  expect((await waybill(['copy', REF, place, '--no-referrers'])).status).toBe(0);
  await attest(place);
  await attest(place, 'publisher');
  const file = policy([{ role: 'evaluator', predicateType: TYPE, result: 'PASSED' }]);
  const words = ['--trust', file, '--repository', 'acme/tiny'];
  const found = await list(place, words);
  expect(inWords(found)).toEqual(['not-verified nobody', 'verified evaluator']);
  expect(found.map(({ why }) => why ?? '')).toContainEqual(expect.stringContaining('whose role is publisher'));
  expect(inWords(await list(place, ['--trust', file, '--repository', 'acme/other', '--type', 'vsa']))).toEqual([]);
  const saved = await list(place, [...words, '--save', scratch.at('bundles')]);
  expect(saved.filter((one) => one.saved !== undefined)).toHaveLength(1);
  expect(scratch.list('bundles')).toHaveLength(1);
  for (const wrong of [
    ['--trust', file],
    [...words, '--key', scratch.at('evaluator.pub')],
  ])
    expect((await waybill(['attestations', place, ...wrong])).status).toBe(2);
});

test('attest enters into a log first, and attaches nothing where that fails', async () => {
  const place = `oci:${scratch.at('logged')}:1`;
  expect((await waybill(['copy', REF, place, '--no-referrers'])).status).toBe(0);
  const log = ['--log', scratch.at('log'), '--log-key', scratch.at('log.key')];
  expect((await waybill(['keygen', scratch.at('log'), '--role', 'log', '--unencrypted'])).status).toBe(0);
  const words = ['attest', place, '--type', 'test-result', '--predicate', scratch.at('result.json')];
  const early = await waybill([...words, '--key', scratch.at('evaluator.key'), ...log]);
  expect(early.status).not.toBe(0);
  expect(await list(place)).toEqual([]);
  const made = await waybill([
    'log',
    'init',
    scratch.at('log'),
    '--origin',
    'log.example/x',
    '--key',
    scratch.at('log.key'),
  ]);
  expect(made.status, made.stderr).toBe(0);
  expect(await attest(place, 'evaluator', ...log)).toMatchObject({ result: 'attached', logged: true });
  const { proofs, attestations } = await json<Output>(['attestations', place]);
  expect(proofs).toMatchObject([{ bundle: attestations[0]?.bundle }]);
  // Told again, the log has it already.
  await attest(place, 'evaluator', ...log);
  expect((await json<Output>(['attestations', place])).proofs).toHaveLength(1);
});

test('what is attached by an older key is not hidden by a newer policy', async () => {
  const text = trustYaml({ publisher: keys.publisher });
  fs.writeFileSync(scratch.at('strict.yaml'), text);
  const found = await list(REF, ['--trust', scratch.at('strict.yaml')]);
  expect(found.length).toBeGreaterThan(0);
  expect(new Set(found.map(({ status }) => status))).toEqual(new Set(['not-verified']));
});
