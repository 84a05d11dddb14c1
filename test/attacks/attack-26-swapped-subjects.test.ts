/** Attack 26: what was signed for one package is attached to another. */
import { expect, test } from 'vitest';
import { digestOf } from '../../src/oci/digest.ts';
import { attach } from '../../src/trust/attestations/attach.ts';
import { signStatement } from '../../src/trust/sign-statement.ts';
import { changedBundle, openTarget } from '../_support/attached.ts';
import {
  manifestWith,
  newSigner,
  signedBundle,
  simpleSigningLayer,
  simpleSigningPayload,
} from '../_support/statements.ts';
import { manifestIn } from '../contracts/store.ts';

const signer = newSigner();
const TYPE = 'https://example.com/said/v1';

test('a bundle of another package, under a manifest about this one', async () => {
  await using target = await openTarget();
  await attach(target.store, target.subject, await signedBundle(signer, digestOf('another')), TYPE, new Date(0));
  expect(await target.said(signer.publicKey)).toEqual(['elsewhere']);
});

test('a bundle of this package, under a manifest about another: what is signed counts', async () => {
  await using target = await openTarget();
  const another = await manifestIn(target.store, 'another');
  const referrer = await attach(target.store, another, await signedBundle(signer, another.digest), TYPE, new Date(0));
  // A list that names it for this package too.
  const store = new Proxy(target.store, {
    get: (own, name) => {
      if (name === 'referrers') return async () => [referrer];
      const value: unknown = Reflect.get(own, name, own);
      return typeof value === 'function' ? value.bind(own) : value;
    },
  });
  const { readAttestations } = await import('../../src/trust/attestations/read.ts');
  const { speaksOf } = await import('../../src/trust/attestations/signed-by.ts');
  const [found] = await readAttestations(store, target.subject);
  expect(found?.problem).toBeUndefined();
  expect(found && speaksOf(found, target.subject.digest)).toBe(false);
});

/** A statement whose subject is written by hand. */
const about = (subject: unknown) =>
  signStatement(
    signer,
    Buffer.from(
      JSON.stringify({ _type: 'https://in-toto.io/Statement/v1', subject, predicateType: TYPE, predicate: {} }),
    ),
  );

test.each<[string, (hex: string) => unknown, string]>([
  [
    'this digest among others',
    (hex) => [{ digest: { sha256: 'a'.repeat(64) } }, { digest: { sha256: hex } }],
    'believed',
  ],
  ['this digest under another algorithm', (hex) => [{ digest: { sha512: hex } }], 'elsewhere'],
  ['this digest as a git commit', (hex) => [{ digest: { gitCommit: hex } }], 'elsewhere'],
  [
    'this digest as its name alone',
    (hex) => [{ name: `sha256:${hex}`, digest: { sha256: 'a'.repeat(64) } }],
    'elsewhere',
  ],
  ['this digest with its algorithm in it', (hex) => [{ digest: { sha256: `sha256:${hex}` } }], 'STATEMENT_INVALID'],
  ['this digest in capitals', (hex) => [{ digest: { sha256: hex.toUpperCase() } }], 'STATEMENT_INVALID'],
  ['this digest with a blank behind it', (hex) => [{ digest: { sha256: `${hex} ` } }], 'STATEMENT_INVALID'],
  ['the beginning of this digest', (hex) => [{ digest: { sha256: hex.slice(0, 63) } }], 'STATEMENT_INVALID'],
  ['no digest', () => [{ name: 'acme/digits' }], 'STATEMENT_INVALID'],
  ['no subject', () => [], 'STATEMENT_INVALID'],
  ['a subject that is no list', (hex) => ({ digest: { sha256: hex } }), 'STATEMENT_INVALID'],
])('%s is %s', async (_, subject, expected) => {
  await using target = await openTarget();
  const hex = target.subject.digest.slice('sha256:'.length);
  await target.plant(await about(subject(hex)));
  expect(await target.said(signer.publicKey)).toEqual([expected]);
});

test('a subject that was changed after signing is signed by nobody', async () => {
  await using target = await openTarget();
  const another = digestOf('another').slice('sha256:'.length);
  const hex = target.subject.digest.slice('sha256:'.length);
  await target.plant(
    changedBundle(await signedBundle(signer, digestOf('another')), ({ dsseEnvelope }) => {
      const payload = Buffer.from(dsseEnvelope.payload, 'base64').toString().replace(another, hex);
      dsseEnvelope.payload = Buffer.from(payload).toString('base64');
    }),
  );
  expect(await target.said(signer.publicKey)).toEqual(['by another']);
});

test("a signature in cosign's old form for another package, under this package's tag", async () => {
  await using target = await openTarget();
  const { store, subject } = target;
  const layers = [
    await simpleSigningLayer(signer, simpleSigningPayload(digestOf('another'))),
    await simpleSigningLayer(signer, simpleSigningPayload(subject.digest)),
  ];
  await store.tag(`${subject.digest.replace(':', '-')}.sig`, await manifestWith(store, layers));
  expect(await target.said(signer.publicKey)).toEqual(['elsewhere', 'believed']);
});
