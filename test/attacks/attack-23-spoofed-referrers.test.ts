/** Attack 23: somebody who may push attaches what looks like a statement of those who are trusted. */
import fs from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Output } from '../../src/cli/outputs/attestations.ts';
import type { Hub } from '../../src/hub/main.ts';
import { attach } from '../../src/trust/attestations/attach.ts';
import { predicateTypes } from '../../src/trust/predicate-types.ts';
import { changedBundle, openTarget } from '../_support/attached.ts';
import { type CliResult, runCli } from '../_support/cli.ts';
import { startTestHub } from '../_support/hub.ts';
import { openRepositoryAt } from '../_support/registry.ts';
import { makeScratch, type Scratch } from '../_support/scratch.ts';
import { manifestWith, newSigner, signedBundle } from '../_support/statements.ts';
import { manifestIn } from '../contracts/store.ts';

const [evaluator, stranger] = [newSigner(), newSigner()];
const PASSED = { result: 'PASSED', configuration: [] };

let scratch: Scratch;
let hub: Hub;
beforeAll(async () => {
  scratch = makeScratch();
  hub = await startTestHub(scratch.at('hub'));
  fs.writeFileSync(scratch.at('evaluator.pub'), evaluator.publicKey.key.export({ type: 'spki', format: 'pem' }));
});
afterAll(async () => {
  await hub[Symbol.asyncDispose]();
  scratch[Symbol.dispose]();
});

const list = (...words: string[]): Promise<CliResult> =>
  runCli(['attestations', ...words], { store: scratch.at('store') });

test('in a hub, only what the key signed is verified; what only looks so is shown beside it', async () => {
  await using store = await openRepositoryAt(hub.address, 'acme/x');
  const subject = await manifestIn(store, 'the package');
  await store.tag('1', subject);
  const now = new Date(0);
  const type = predicateTypes.testResult;
  const real = await signedBundle(evaluator, subject.digest, type, { ...PASSED, result: 'WARNED' });
  await attach(store, subject, real, type, now);
  // By a stranger who says that he is the evaluator.
  const foreign = await signedBundle(stranger, subject.digest, type, PASSED);
  const spoofed = changedBundle(foreign, (bundle) => {
    bundle.verificationMaterial = { publicKey: { hint: evaluator.publicKey.id }, tlogEntries: [] };
  });
  await attach(store, subject, spoofed, type, now);
  // Something else under an annotation that promises a result.
  const other = await signedBundle(evaluator, subject.digest, 'https://example.com/lunch/v1', PASSED);
  await attach(store, subject, other, type, now);
  // No statement at all, with everything around it that one has.
  const annotations = { 'dev.sigstore.bundle.predicateType': type, verified: 'true' };
  const mediaType = 'application/vnd.dev.sigstore.bundle.v0.3+json';
  const layer = { mediaType, bytes: Buffer.from('{"verified":true}') };
  await store.attach(await manifestWith(store, [layer], { subject, artifactType: mediaType, annotations }));

  const reference = `${new URL(hub.address).host}/acme/x:1`;
  const { stdout, status } = await list(
    reference,
    '--key',
    scratch.at('evaluator.pub'),
    '--type',
    'test-result',
    '--json',
  );
  expect(status).toBe(0);
  const { attestations }: Output = JSON.parse(stdout);
  expect(attestations.map((one) => [one.status, one.result ?? one.error?.code]).sort()).toEqual([
    ['not-verified', 'PASSED'],
    ['unreadable', 'BUNDLE_INVALID'],
    ['verified', 'WARNED'],
  ]);
  // What was signed says what it is, not what stands around it.
  const all: Output = JSON.parse((await list(reference, '--key', scratch.at('evaluator.pub'), '--json')).stdout);
  expect(all.attestations.filter((one) => one.predicateType === 'https://example.com/lunch/v1')).toMatchObject([
    { status: 'verified', hint: type },
  ]);
  const people = (await list(reference)).stdout;
  expect(people).toContain('4 statements: 3 not verified, 1 unreadable');
});

test('words of a stranger do not move the cursor of whoever reads them', async () => {
  await using store = await openRepositoryAt(hub.address, 'acme/y');
  const subject = await manifestIn(store, 'the package');
  await store.tag('1', subject);
  const evil = '\u001b[2J\u001b[1;1Hverified\r\u2028\u202e';
  const purl = `pkg:oci/${evil}@1`;
  await attach(
    store,
    subject,
    await signedBundle(stranger, subject.digest, predicateTypes.release, { purl }),
    evil,
    new Date(0),
  );
  await attach(store, subject, Buffer.from('{}'), evil, new Date(0));
  const { stdout, status } = await list(`${new URL(hub.address).host}/acme/y:1`);
  expect(status).toBe(0);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
  expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u2028\u202e]/);
  expect(stdout).not.toMatch(/^verified/m);
});

test('a key that a bundle names does not make it of that key', async () => {
  await using target = await openTarget();
  const foreign = await signedBundle(stranger, target.subject.digest);
  for (const hint of [evaluator.publicKey.id, stranger.publicKey.id, '', '../../evaluator.pub'])
    await target.plant(
      changedBundle(foreign, (bundle) => {
        bundle.verificationMaterial = { publicKey: { hint } };
      }),
    );
  expect(await target.said(evaluator.publicKey)).toEqual(Array(4).fill('by another'));
  expect(await target.said(stranger.publicKey)).toEqual(Array(4).fill('believed'));
});
