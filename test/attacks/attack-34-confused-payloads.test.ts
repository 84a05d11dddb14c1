/** Attack 34, statements: bytes that were signed as one thing are read as another. */
import { expect, test } from 'vitest';
import { preAuthEncoding } from '../../src/trust/dsse/envelope.ts';
import { signStatement } from '../../src/trust/sign-statement.ts';
import { writeStatement } from '../../src/trust/statement/statement.ts';
import { type BundleJson, changedBundle, openTarget, type Target } from '../_support/attached.ts';
import { manifestWith, newSigner, signedBundle, simpleSigningPayload } from '../_support/statements.ts';

const signer = newSigner();
const IN_TOTO = 'application/vnd.in-toto+json';

const statementFor = ({ subject }: Target) =>
  writeStatement({ name: 'acme/digits', digest: subject.digest }, 'https://example.com/said/v1', {});

/** A bundle around a signature over bytes of the attacker's choice. */
async function signedOver(target: Target, message: (payload: Buffer) => Uint8Array): Promise<Buffer> {
  const sig = Buffer.from(await signer.sign(message(statementFor(target)))).toString('base64');
  return changedBundle(await signedBundle(signer, target.subject.digest), ({ dsseEnvelope }) => {
    dsseEnvelope.payload = statementFor(target).toString('base64');
    dsseEnvelope.signatures = [{ sig, keyid: '' }];
  });
}

test('so that a refusal cannot be for another reason: the right encoding is believed', async () => {
  await using target = await openTarget();
  await target.plant(await signedOver(target, (payload) => preAuthEncoding(IN_TOTO, payload)));
  expect(await target.said(signer.publicKey)).toEqual(['believed']);
});

test.each<[string, (payload: Buffer) => Uint8Array]>([
  ['the payload alone', (payload) => payload],
  ['the payload in base64', (payload) => Buffer.from(payload.toString('base64'))],
  ['another type', (payload) => preAuthEncoding('application/json', payload)],
  [
    "model_signing 0.2's encoding",
    (payload) => Buffer.from(`DSSEV1 ${IN_TOTO.length} ${IN_TOTO} ${payload.length} b'${payload}'`),
  ],
  [
    'DSSEV1 in capitals',
    (payload) => Buffer.concat([Buffer.from(`DSSEV1 ${IN_TOTO.length} ${IN_TOTO} ${payload.length} `), payload]),
  ],
  ['lengths that are left out', (payload) => Buffer.concat([Buffer.from(`DSSEv1 ${IN_TOTO} `), payload])],
])('a signature over %s is none', async (_, message) => {
  await using target = await openTarget();
  await target.plant(await signedOver(target, message));
  expect(await target.said(signer.publicKey)).toEqual(['by another']);
});

test.each<[string, (bundle: BundleJson) => void, string]>([
  [
    'another type',
    ({ dsseEnvelope }) => {
      dsseEnvelope.payloadType = 'application/json';
    },
    'STATEMENT_INVALID',
  ],
  [
    'a type in capitals',
    ({ dsseEnvelope }) => {
      dsseEnvelope.payloadType = IN_TOTO.toUpperCase();
    },
    'STATEMENT_INVALID',
  ],
  [
    'a type with a parameter',
    ({ dsseEnvelope }) => {
      dsseEnvelope.payloadType = `${IN_TOTO}; v=1`;
    },
    'STATEMENT_INVALID',
  ],
  ['no type', ({ dsseEnvelope }) => void Reflect.deleteProperty(dsseEnvelope, 'payloadType'), 'BUNDLE_INVALID'],
])('a bundle that got %s after it was signed', async (_, change, expected) => {
  await using target = await openTarget();
  await target.plant(changedBundle(await signedBundle(signer, target.subject.digest), change));
  expect(await target.said(signer.publicKey)).toEqual([expected]);
});

test('what was signed as something else does not become a statement by its type', async () => {
  await using target = await openTarget();
  const note = await signStatement(signer, statementFor(target), 'text/plain');
  await target.plant(note);
  await target.plant(
    changedBundle(note, ({ dsseEnvelope }) => {
      dsseEnvelope.payloadType = IN_TOTO;
    }),
  );
  expect(await target.said(signer.publicKey)).toEqual(['STATEMENT_INVALID', 'by another']);
});

test("a statement's signature is not one in cosign's old form, nor the other way round", async () => {
  await using target = await openTarget();
  const { store, subject } = target;
  const encoded = preAuthEncoding(IN_TOTO, statementFor(target));
  const old = Buffer.from(JSON.stringify(simpleSigningPayload(subject.digest)));
  const sign = async (bytes: Uint8Array) => Buffer.from(await signer.sign(bytes)).toString('base64');
  const mediaType = 'application/vnd.dev.cosign.simplesigning.v1+json';
  const annotations = { 'dev.cosignproject.cosign/signature': await sign(encoded) };
  const tag = `${subject.digest.replace(':', '-')}.sig`;
  await store.tag(tag, await manifestWith(store, [{ mediaType, bytes: encoded, annotations }]));
  await target.plant(await signedOver(target, () => old));
  expect(await target.said(signer.publicKey)).toEqual(['by another', 'STATEMENT_INVALID']);
});
