import { createHash, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Bundle, parseBundle } from '../bundle/bundle.ts';
import { localSigner } from '../keys/signer.ts';
import { signStatement } from '../sign-statement.ts';
import { recoverKey } from './recover-key.ts';

const signerOf = (curve: string) => localSigner(generateKeyPairSync('ec', { namedCurve: curve }).privateKey, curve);
const signed = async (curve: string, text = 'x') => {
  const signer = signerOf(curve);
  return { signer, bundle: parseBundle(await signStatement(signer, Buffer.from(text), 'text/plain')) };
};
const withHint = (bundle: Bundle, hint: string | undefined): Bundle => ({ ...bundle, material: { kind: 'key', hint } });
const withSignature = (bundle: Bundle, signature: Buffer): Bundle => ({
  ...bundle,
  envelope: { ...bundle.envelope, signature },
});

describe.each(['P-256', 'P-384', 'P-521'])('recoverKey() of %s', (curve) => {
  test('finds the key that signed, by its name alone', async () => {
    for (let round = 0; round < 8; round++) {
      const { signer, bundle } = await signed(curve, `message ${round}`);
      expect(recoverKey(bundle)?.id).toBe(signer.publicKey.id);
    }
  });

  test('finds it by the name that cosign gives', async () => {
    const { signer, bundle } = await signed(curve);
    const der = signer.publicKey.key.export({ type: 'spki', format: 'der' });
    const hint = createHash('sha256').update(der).digest('base64');
    expect(recoverKey(withHint(bundle, hint))?.id).toBe(signer.publicKey.id);
  });

  test('finds none where the name is that of another key, or of none', async () => {
    const { bundle } = await signed(curve);
    expect(recoverKey(withHint(bundle, signerOf(curve).publicKey.id))).toBeUndefined();
    expect(recoverKey(withHint(bundle, undefined))).toBeUndefined();
  });
});

test('recoverKey() finds none for certificates and for Ed25519', async () => {
  const { bundle } = await signed('P-256');
  expect(recoverKey({ ...bundle, material: { kind: 'certificates', form: 'certificate', chain: [] } })).toBeUndefined();
  const ed25519 = localSigner(generateKeyPairSync('ed25519').privateKey, 'ed25519');
  expect(recoverKey(parseBundle(await signStatement(ed25519, Buffer.from('x'), 'text/plain')))).toBeUndefined();
});

test('recoverKey() finds none for a signature whose key would be no point', async () => {
  const { bundle } = await signed('P-256');
  const { envelope } = bundle;
  const message = Buffer.concat([Buffer.from('DSSEv1 10 text/plain 1 '), envelope.payload]);
  const e = BigInt(`0x${createHash('sha256').update(message).digest('hex')}`);
  const integer = (value: bigint) => {
    const bytes = Buffer.from(`00${value.toString(16).padStart(64, '0')}`, 'hex');
    return Buffer.concat([Buffer.of(2, bytes.length), bytes]);
  };
  const sequence = (...parts: Buffer[]) => Buffer.concat([Buffer.of(0x30, Buffer.concat(parts).length), ...parts]);
  // R is the generator, so that s·R is the digest times the generator, and their difference nothing.
  const n = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const g = 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n;
  expect(recoverKey(withSignature(bundle, sequence(integer(g), integer(e % n))))).toBeUndefined();
  // The other way round the two are one point, which is doubled.
  expect(recoverKey(withSignature(bundle, sequence(integer(g), integer(n - (e % n)))))).toBeUndefined();
  // No point has this x.
  expect(recoverKey(withSignature(bundle, sequence(integer(1n), integer(1n))))).toBeUndefined();
  // Of no curve.
  const huge = Buffer.concat([Buffer.of(2, 70), Buffer.alloc(70, 0x7f)]);
  const long = Buffer.concat([Buffer.of(0x30, 0x81, 144), huge, huge]);
  expect(recoverKey(withSignature(bundle, long))).toBeUndefined();
});

test('recoverKey() takes any bytes for a signature without failing', async () => {
  const { bundle } = await signed('P-256');
  const { signature } = bundle.envelope;
  fc.assert(
    fc.property(fc.nat(signature.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const bytes = Buffer.from(signature);
      bytes[at] = (bytes[at] ?? 0) ^ flip;
      expect(recoverKey(withSignature(bundle, bytes))).toBeUndefined();
    }),
    { numRuns: 60 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
      expect(recoverKey(withSignature(bundle, Buffer.from(bytes)))).toBeUndefined();
    }),
  );
  for (const hex of ['', '30', '3006020100020101', '3006020101020100', '3003020101', '30060201010201'])
    expect(recoverKey(withSignature(bundle, Buffer.from(hex, 'hex')))).toBeUndefined();
});
