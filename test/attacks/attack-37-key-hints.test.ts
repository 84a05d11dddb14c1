/** Attack 37: the name of a key in a bundle selects at most a key that is trusted already; it is never a reason to trust. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Attestation } from '../../src/trust/attestations/attestation.ts';
import { parseBundle, writeBundle } from '../../src/trust/bundle/bundle.ts';
import { IN_TOTO_PAYLOAD } from '../../src/trust/dsse/envelope.ts';
import type { Signer } from '../../src/trust/keys/signer.ts';
import { predicateTypes } from '../../src/trust/predicate-types.ts';
import { failureOf } from '../_support/refusal.ts';
import { ask, attestationOf, outcomeOf, policyFor, published, summary } from '../_support/trust-cases.ts';
import { newKey } from '../_support/trust-files.ts';

const publisher = newKey();
const second = newKey();
const gate = newKey();
const evil = newKey();
const VSA = predicateTypes.verificationSummary;

const policy = policyFor({ publisher, 'publisher-2027': second, gate }, [
  { role: 'gate', predicateType: VSA, result: 'PASSED' },
]);

/** The same statement and signature, under another name of a key. */
async function renamed({ bundle }: Attestation, hint: string | undefined): Promise<Attestation> {
  const { envelope } = bundle ?? parseBundle(Buffer.alloc(0));
  return attestationOf(writeBundle({ kind: 'key', hint }, IN_TOTO_PAYLOAD, envelope.payload, envelope.signature));
}

const idOf = ({ signer }: { readonly signer: Signer }) => signer.publicKey.id;

let files: Attestation;
let statement: Attestation;
let passed: Attestation;
beforeAll(async () => {
  const [first, then] = await published(publisher.signer);
  passed = await summary(gate.signer);
  if (first === undefined || then === undefined) throw new Error('nothing was published');
  files = first;
  statement = then;
});

test('the honest package passes, also where no name or an unknown one is given', async () => {
  expect(outcomeOf(ask(policy, [files, statement, passed]))).toBe('pass');
  for (const hint of [undefined, 'cosign writes base64 here', idOf(evil)])
    expect(outcomeOf(ask(policy, [files, await renamed(statement, hint), await renamed(passed, hint)]))).toBe('pass');
});

describe('a name of another key of the policy', () => {
  test('of the same role: the signature is not of it', async () => {
    const verdict = ask(policy, [files, await renamed(statement, idOf(second)), passed]);
    expect(outcomeOf(verdict)).toBe('bad-signature');
    expect(verdict.findings[0]?.message).toContain(
      'it names the key publisher-2027, and its signature is not one of it',
    );
  });

  test('of the role that is asked for: the role is that of who signed', async () => {
    const byPublisher = await summary(publisher.signer);
    expect(outcomeOf(ask(policy, [files, statement, byPublisher]))).toBe('wrong-role');
    expect(outcomeOf(ask(policy, [files, statement, await renamed(byPublisher, idOf(gate))]))).toBe('bad-signature');
    expect(outcomeOf(ask(policy, [files, statement, await renamed(byPublisher, undefined)]))).toBe('wrong-role');
  });
});

describe('a stranger', () => {
  test('gains nothing by any name', async () => {
    const [, byEvil] = await published(evil.signer);
    if (byEvil === undefined) throw new Error('nothing was published');
    for (const [hint, reason] of [
      [idOf(publisher), 'bad-signature'],
      [idOf(gate), 'bad-signature'],
      [idOf(evil), 'unknown-key'],
      [undefined, 'unknown-key'],
      ['', 'unknown-key'],
      ['__proto__', 'unknown-key'],
    ] as const)
      expect([hint, outcomeOf(ask(policy, [files, await renamed(byEvil, hint), passed]))]).toEqual([hint, reason]);
  });

  test('gains nothing by sending his whole key along, as model_signing 1.0.0 did', async () => {
    const [, byEvil] = await published(evil.signer);
    const sent = JSON.parse(String(byEvil?.bundle?.bytes));
    const key = evil.signer.publicKey.key;
    sent.verificationMaterial.publicKey = {
      hint: idOf(publisher),
      rawBytes: key.export({ type: 'spki', format: 'der' }).toString('base64'),
      keyDetails: 'PKIX_ECDSA_P256_SHA_256',
    };
    const bundle = await attestationOf(Buffer.from(JSON.stringify(sent)));
    expect(outcomeOf(ask(policy, [files, bundle, passed]))).toBe('bad-signature');
  });

  test('cannot name a key in two ways', async () => {
    const sent = JSON.parse(String(statement.bundle?.bytes));
    sent.verificationMaterial.certificate = { rawBytes: 'AAAA' };
    expect(await failureOf(attestationOf(Buffer.from(JSON.stringify(sent))))).toMatchObject({ code: 'BUNDLE_INVALID' });
  });
});

test('a key that left the policy, or is over, speaks for nobody under any name', async () => {
  const [, bySecond] = await published(second.signer);
  if (bySecond === undefined) throw new Error('nothing was published');
  const without = policyFor({ publisher, gate }, [{ role: 'gate', predicateType: VSA, result: 'PASSED' }]);
  for (const [hint, reason] of [
    [idOf(second), 'unknown-key'],
    [idOf(publisher), 'bad-signature'],
    [undefined, 'unknown-key'],
  ] as const)
    expect(outcomeOf(ask(without, [files, await renamed(bySecond, hint), passed]))).toBe(reason);
});
