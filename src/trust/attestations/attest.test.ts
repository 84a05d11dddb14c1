import { expect, test } from 'vitest';
import { certificate } from '../../../test/_registry/certificate.ts';
import { failureOf } from '../../../test/_support/refusal.ts';
import { envelopeLayer, manifestWith, newSigner } from '../../../test/_support/statements.ts';
import { manifestIn } from '../../../test/contracts/store.ts';
import { WaybillError } from '../../base/errors.ts';
import { memory } from '../../oci/stores/memory.ts';
import { writeStatement } from '../statement/statement.ts';
import { attest } from './attest.ts';
import { readAttestations } from './read.ts';

const NOW = Date.UTC(2026, 10, 23, 15);
const TYPE = 'https://example.com/said/v1';

test('attest() says the same once for each key, and anew what differs', async () => {
  await using store = await memory.open('', { access: 'write' });
  const subject = await manifestIn(store, 'the package');
  const said = (what: string) => writeStatement({ name: 'acme/digits', digest: subject.digest }, TYPE, { what });
  const [signer, another] = [newSigner(), newSigner()];
  const once = await attest(store, subject, { signer, statement: said('one'), now: NOW });
  const again = await attest(store, subject, { signer, statement: said('one'), now: NOW + 60_000 });
  expect([once.isNew, again.isNew]).toEqual([true, false]);
  expect(again).toMatchObject({ referrer: { digest: once.referrer.digest }, bundle: once.bundle });
  for (const [by, what] of [
    [another, 'one'],
    [signer, 'two'],
  ] as const)
    expect((await attest(store, subject, { signer: by, statement: said(what), now: NOW })).isNew).toBe(true);
  expect(await readAttestations(store, subject)).toHaveLength(3);
});

test('attest() tells a log before it attaches, also of what was attached without it', async () => {
  await using store = await memory.open('', { access: 'write' });
  const subject = await manifestIn(store, 'the package');
  const statement = writeStatement({ name: 'acme/digits', digest: subject.digest }, TYPE, {});
  const signer = newSigner();
  const refused = attest(store, subject, {
    signer,
    statement,
    now: NOW,
    enter: async () => {
      throw new WaybillError('TRUST_UNDECIDED', 'Cannot write the log: the disk is full');
    },
  });
  expect((await failureOf(refused)).code).toBe('TRUST_UNDECIDED');
  expect(await store.referrers(subject)).toEqual([]);
  const once = await attest(store, subject, { signer, statement, now: NOW });
  const attached: string[] = [];
  const again = await attest(store, subject, {
    signer,
    statement,
    now: NOW,
    enter: async ({ digest, predicateType }) => [
      {
        attach: async () => {
          attached.push(digest, predicateType);
          return subject;
        },
      },
    ],
  });
  expect(again).toMatchObject({ isNew: false, bundle: once.bundle });
  expect(attached).toEqual([once.bundle, TYPE]);
});

test('attest() with certificates is said anew, once', async () => {
  await using store = await memory.open('', { access: 'write' });
  const subject = await manifestIn(store, 'the package');
  const statement = writeStatement({ name: 'acme/digits', digest: subject.digest }, TYPE, {});
  const signer = newSigner();
  const named = { ...signer, certificates: [Buffer.from(certificate)] };
  const other = { ...signer, certificates: [Buffer.from('another')] };
  const results = [];
  for (const by of [signer, named, named, other, signer])
    results.push((await attest(store, subject, { signer: by, statement, now: NOW })).isNew);
  expect(results).toEqual([true, true, false, true, false]);
});

test("attest() does not take what cosign's old tags hold, or what cannot be read, for the same", async () => {
  await using store = await memory.open('', { access: 'write' });
  const subject = await manifestIn(store, 'the package');
  const statement = writeStatement({ name: 'acme/digits', digest: subject.digest }, TYPE, {});
  const signer = newSigner();
  const old = await manifestWith(store, [await envelopeLayer(signer, statement)]);
  await store.tag(`${subject.digest.replace(':', '-')}.att`, old);
  await store.attach(
    await manifestWith(store, [], { subject, artifactType: 'application/vnd.dev.sigstore.bundle.v0.3+json' }),
  );
  expect((await attest(store, subject, { signer, statement, now: NOW })).isNew).toBe(true);
});

test('attest() refuses what is no statement before it signs', async () => {
  await using store = await memory.open('', { access: 'write' });
  const subject = await manifestIn(store, 'the package');
  const wrong = attest(store, subject, { signer: newSigner(), statement: Buffer.from('{}'), now: NOW });
  expect((await failureOf(wrong)).code).toBe('STATEMENT_INVALID');
  expect(await store.referrers(subject)).toEqual([]);
});
