import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { algorithms } from './algorithms.ts';
import { publicKeyOf, readPublicKey, verifySignature } from './public-key.ts';
import { localSigner } from './signer.ts';

const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });
const pairs: Readonly<Record<string, { publicKey: KeyObject; privateKey: KeyObject }>> = {
  'ecdsa-p256': ec('P-256'),
  'ecdsa-p384': ec('P-384'),
  'ecdsa-p521': ec('P-521'),
  ed25519: generateKeyPairSync('ed25519'),
};
const pair = (id: string) => pairs[id] ?? ec('P-256');
const message = Buffer.from('to be signed');

test.each(algorithms.map(({ id }) => id))(
  'a key of %s signs and verifies, and is read from PEM and DER alike',
  async (id) => {
    const { publicKey, privateKey } = pair(id);
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const read = readPublicKey(`text before, as certtool writes it\n${pem}`, 'k');
    expect(read.id).toBe(createHash('sha256').update(pem).digest('hex'));
    expect(readPublicKey(publicKey.export({ type: 'spki', format: 'der' }), 'k').id).toBe(read.id);
    expect(publicKeyOf(privateKey, 'k').id).toBe(read.id);
    const signer = localSigner(privateKey, 'k');
    const signature = await signer.sign(message);
    expect(verifySignature(read, message, signature)).toBe(true);
    expect(verifySignature(read, Buffer.from('to be signee'), signature)).toBe(false);
    expect(
      verifySignature(
        publicKeyOf(pair(id === 'ed25519' ? 'ecdsa-p256' : 'ed25519').publicKey, 'k'),
        message,
        signature,
      ),
    ).toBe(false);
  },
);

test.each(algorithms.map(({ id }) => id))('verifySignature of %s takes junk for no signature', (id) => {
  const key = publicKeyOf(pair(id).publicKey, 'k');
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 160 }), (junk) => {
      expect(verifySignature(key, message, junk)).toBe(false);
    }),
  );
});

test('verifySignature knows one encoding of an ECDSA signature, and one hash for a curve', () => {
  const { publicKey, privateKey } = pair('ecdsa-p256');
  const key = publicKeyOf(publicKey, 'k');
  const good = sign('sha256', message, privateKey);
  expect(verifySignature(key, message, good)).toBe(true);
  const other = [
    sign('sha256', message, { key: privateKey, dsaEncoding: 'ieee-p1363' }),
    sign('sha384', message, privateKey),
    Buffer.concat([good, Buffer.of(0)]),
    Buffer.from('3006020100020100', 'hex'),
    Buffer.from('3006020101020100', 'hex'),
    // The same numbers with a length in two bytes where one is enough.
    Buffer.concat([Buffer.of(0x30, 0x81, good.length - 2), good.subarray(2)]),
  ];
  for (const signature of other) expect(verifySignature(key, message, signature)).toBe(false);
});

const refused: readonly (readonly [string, () => string | Uint8Array, RegExp])[] = [
  [
    'RSA',
    () => generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' }),
    /kind rsa; known are ECDSA P-256/,
  ],
  ['another curve', () => ec('secp256k1').publicKey.export({ type: 'spki', format: 'pem' }), /kind ec secp256k1/],
  [
    'a private key',
    () => pair('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }),
    /"PRIVATE KEY", not a public key/,
  ],
  [
    'a certificate',
    () => '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
    /"CERTIFICATE", not a public key/,
  ],
  ['another block', () => '-----BEGIN X-----\nAAAA\n-----END X-----', /"X", not a public key|not a public key/],
  [
    'two keys',
    () => [1, 2].map(() => pair('ed25519').publicKey.export({ type: 'spki', format: 'pem' })).join(''),
    /holds 2 PEM blocks/,
  ],
  ['text', () => 'hello', /not a public key in PEM or DER/],
  [
    'a broken block',
    () => '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----',
    /not a public key in PEM or DER/,
  ],
  ['a long file', () => 'x'.repeat(70_000), /70000 bytes, the limit is/],
];

test.each(refused)('readPublicKey refuses %s', (_, make, reason) => {
  expect(() => readPublicKey(make(), 'k')).toThrow(reason);
});

test('readPublicKey refuses a compressed point: the key would have two names', () => {
  const der = pair('ecdsa-p256').publicKey.export({ type: 'spki', format: 'der' });
  const [x, y] = [der.subarray(27, 59), der.subarray(59)];
  const head = Buffer.from('3039301306072a8648ce3d020106082a8648ce3d030107032200', 'hex');
  const compressed = Buffer.concat([head, Buffer.of(2 + ((y.at(-1) ?? 0) % 2)), x]);
  expect(() => readPublicKey(compressed, 'k')).toThrow('point is compressed');
});
