import { expect, test } from 'vitest';
import { failureOf } from '../../../test/_support/refusal.ts';
import { signerNamed } from '../../../test/_support/signers.ts';
import { digestOf } from '../../oci/digest.ts';
import { parseBundle } from '../../trust/bundle/bundle.ts';
import { readModelSignature } from '../../trust/oms/read.ts';
import { modelStatement } from '../../trust/oms/write.ts';
import { signBundle, signedBy, signsAlready } from './model-signer.ts';

const alice = signerNamed('alice');
const bob = signerNamed('bob');
const MIB = 1024 * 1024;

test('signBundle() signs lists of as many files as packages have, and nothing that could not be read again', async () => {
  const digest = digestOf('x');
  const files = new Map(Array.from({ length: 50_000 }, (_, index) => [`data/items/item-${index}.bin`, digest]));
  const bundle = parseBundle(await signBundle(alice, modelStatement('m', files).payload));
  expect(readModelSignature(bundle).resources).toHaveLength(50_000);
  const tooLong = await failureOf(signBundle(alice, Buffer.alloc(48 * MIB)));
  expect(tooLong.code).toBe('LIMIT_EXCEEDED');
});

test('signedBy() and signsAlready() tell whose a signature is, and over what', async () => {
  const payload = Buffer.from('{}');
  const bundle = parseBundle(await signBundle(alice, payload));
  expect([signedBy(bundle, alice.publicKey), signedBy(bundle, bob.publicKey)]).toEqual([true, false]);
  expect(signsAlready(bundle, alice, payload)).toBe(true);
  expect(signsAlready(bundle, alice, Buffer.from('[]'))).toBe(false);
  expect(signsAlready(bundle, bob, payload)).toBe(false);
});
