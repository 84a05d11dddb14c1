/** Attack 36: what comes with a signature never chooses how it is verified, and one signature has one form. */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Attestation } from '../../src/trust/attestations/attestation.ts';
import { parseBundle, writeBundle } from '../../src/trust/bundle/bundle.ts';
import { INTEGER, readDer, readTuple, toIntegerHex } from '../../src/trust/der/read.ts';
import { derOf, sequenceOf, unsignedInteger } from '../../src/trust/der/write.ts';
import { IN_TOTO_PAYLOAD, preAuthEncoding } from '../../src/trust/dsse/envelope.ts';
import { publicKeyOf } from '../../src/trust/keys/public-key.ts';
import { localSigner, type Signer } from '../../src/trust/keys/signer.ts';
import type { Policy } from '../../src/trust/policy/policy.ts';
import { failureOf } from '../_support/refusal.ts';
import { ask, attestationOf, filesSigned, outcomeOf, policyFor, published } from '../_support/trust-cases.ts';
import { parseTrust, trustYaml } from '../_support/trust-files.ts';

const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = String(own.publicKey.export({ type: 'spki', format: 'pem' }));
const signer = localSigner(own.privateKey, 'publisher');

/** The order of the group of P-256. */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

let policy: Policy;
let honest: readonly Attestation[];
beforeAll(async () => {
  policy = policyFor({ publisher: { signer, pem } });
  honest = await published(signer);
});

const bytesOf = (number: bigint) => Buffer.from(number.toString(16).padStart(66, '0'), 'hex');
const derOfPair = (r: bigint, s: bigint) => sequenceOf(unsignedInteger(bytesOf(r)), unsignedInteger(bytesOf(s)));
const refuse = (found: string) => new Error(found) as never;

function pairOf(signature: Uint8Array): readonly [bigint, bigint] {
  const [r, s] = readTuple(readDer(signature, refuse), [INTEGER, INTEGER], { what: 'it', refuse });
  return [BigInt(`0x${toIntegerHex(r, refuse)}`), BigInt(`0x${toIntegerHex(s, refuse)}`)];
}

/** The package's statement as it was, under another signature. */
async function resigned(
  make: (message: Buffer, signature: Buffer) => Uint8Array,
  { place = 1, hint = signer.publicKey.id }: { readonly place?: number; readonly hint?: string } = {},
): Promise<string> {
  const { envelope } = honest[place]?.bundle ?? parseBundle(Buffer.alloc(0));
  const message = preAuthEncoding(envelope.payloadType, envelope.payload);
  const bundle = writeBundle(
    { kind: 'key', hint },
    IN_TOTO_PAYLOAD,
    envelope.payload,
    make(message, envelope.signature),
  );
  return outcomeOf(ask(policy, honest.with(place, await attestationOf(bundle))));
}

test('the honest package passes', () => {
  expect(outcomeOf(ask(policy, honest))).toBe('pass');
});

describe('a statement that a publisher on P-256 made does not count under', () => {
  test.each(['sha1', 'sha224', 'sha384', 'sha512', 'sha3-256'])('his own signature with %s', async (hash) => {
    expect(await resigned((message) => sign(hash, message, own.privateKey))).toBe('bad-signature');
  });

  const strange: readonly (readonly [string, KeyObject, string | null])[] = [
    ['Ed25519', generateKeyPairSync('ed25519').privateKey, null],
    ['RSA', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey, 'sha256'],
    ['P-384', generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey, 'sha256'],
    ['secp256k1', generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey, 'sha256'],
  ];
  test.each(strange)('a signature of %s under his name', async (_, key, hash) => {
    expect(await resigned((message) => sign(hash, message, key))).toBe('bad-signature');
  });

  const numbers: readonly (readonly [string, (r: bigint, s: bigint) => Uint8Array])[] = [
    ['zeros', () => derOfPair(0n, 0n)],
    ['r = 0', (_, s) => derOfPair(0n, s)],
    ['s = 0', (r) => derOfPair(r, 0n)],
    ['ones', () => derOfPair(1n, 1n)],
    ['the order of the group', () => derOfPair(ORDER, ORDER)],
    ['r and the order', (r, s) => derOfPair(r + ORDER, s)],
    ['s and the order', (r, s) => derOfPair(r, s + ORDER)],
    ['the numbers in the other order', (r, s) => derOfPair(s, r)],
    ['negative numbers', (r, s) => sequenceOf(...[r, s].map((one) => derOf(INTEGER, bytesOf(one ^ (1n << 263n)))))],
    [
      'numbers with zeros before them',
      (r, s) => sequenceOf(...[r, s].map((one) => derOf(INTEGER, Buffer.concat([Buffer.of(0), bytesOf(one)])))),
    ],
    ['the two numbers without DER (P1363)', (r, s) => Buffer.concat([r, s].map((one) => bytesOf(one).subarray(1)))],
    ['three numbers', (r, s) => sequenceOf(...[r, s, 1n].map((one) => unsignedInteger(bytesOf(one))))],
    ['a long form of the length', (r, s) => lengthened(derOfPair(r, s))],
    [
      'a length without end',
      (r, s) => Buffer.concat([Buffer.of(0x30, 0x80), derOfPair(r, s).subarray(2), Buffer.alloc(2)]),
    ],
    ['a byte behind it', (r, s) => Buffer.concat([derOfPair(r, s), Buffer.of(0)])],
    ['one byte', () => Buffer.of(0)],
    ['a long signature', () => Buffer.alloc(100_000, 0x30)],
  ];
  test.each(numbers)('%s', async (_, make) => {
    expect(await resigned((_message, signature) => make(...pairOf(signature)))).toBe('bad-signature');
  });
});

/**
 * Of a signature (r, s) anybody can make (r, n − s), which is as valid: of the same key over the same bytes. It forges
 * nothing, and nothing of ours takes the digest of a signature for the identity of what was signed, except where a
 * statement binds that bundle: there the other one is another bundle.
 */
test('the twin of a signature says what the signature said, and replaces no bundle that a statement binds', async () => {
  const twin = (_: Buffer, signature: Buffer) => {
    const [r, s] = pairOf(signature);
    return derOfPair(r, ORDER - s);
  };
  expect(await resigned(twin)).toBe('pass');
  expect(await resigned(twin, { place: 0 })).not.toBe('pass');
});

test('a policy takes no key of a kind that it could be confused about', async () => {
  const keys: readonly KeyObject[] = [
    generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey,
    generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey,
    generateKeyPairSync('ed448').publicKey,
    generateKeyPairSync('x25519').publicKey,
  ];
  for (const key of keys) {
    const text = trustYaml({ publisher: { signer, pem: String(key.export({ type: 'spki', format: 'pem' })) } });
    const failure = await failureOf(Promise.resolve().then(() => parseTrust(text)));
    expect(['KEY_INVALID', 'TRUST_FILE_INVALID']).toContain(failure.code);
  }
});

test('a signer that answers for another key signs nothing', async () => {
  const liar: Signer = { ...signer, publicKey: publicKeyOf(generateKeyPairSync('ed25519').publicKey, 'another') };
  expect(await failureOf(filesSigned(liar))).toMatchObject({ code: 'SIGNER_FAILED' });
});

function lengthened(der: Buffer): Buffer {
  return Buffer.concat([Buffer.of(0x30, 0x81, der.length - 2), der.subarray(2)]);
}
