import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WaybillError } from '../../base/errors.ts';
import { count, derOf, objectIdentifier, octetString, sequenceOf } from '../der/write.ts';
import { algorithms } from './algorithms.ts';
import { encryptKey } from './encrypt-key.ts';
import { generateKey } from './generate.ts';
import { readPem, toPem } from './pem.ts';
import { openPrivateKey } from './private-key.ts';
import { publicKeyOf } from './public-key.ts';

const key = generateKey('ecdsa-p256');
const never = () => Promise.reject(new Error('asked for a passphrase'));
const given = (text: string) => () => Promise.resolve(text);
const pkcs8 = (of: KeyObject) => String(of.export({ type: 'pkcs8', format: 'pem' }));
const isSame = (one: KeyObject, other: KeyObject) => createPublicKey(one).equals(createPublicKey(other));

describe('openPrivateKey', () => {
  test.each(algorithms.map(({ id }) => id))('opens a key of %s that was generated, plain and encrypted', async (id) => {
    const made = generateKey(id);
    expect(publicKeyOf(made, 'k').algorithm.id).toBe(id);
    const plain = await openPrivateKey(pkcs8(made), 'k', never);
    expect(isSame(plain.key, made)).toBe(true);
    expect(plain).toMatchObject({ isEncrypted: false, weakness: undefined });
    const sealed = await openPrivateKey(encryptKey(made, 'Größe 🔑'), 'k', given('Größe 🔑'));
    expect(isSame(sealed.key, made)).toBe(true);
    expect(sealed).toMatchObject({ isEncrypted: true, weakness: undefined });
  });

  test('opens the form of SEC 1, also with parameters before it, and the old encryption with a warning', async () => {
    const sec1 = String(key.export({ type: 'sec1', format: 'pem' }));
    const parameters = toPem('EC PARAMETERS', objectIdentifier('1.2.840.10045.3.1.7'));
    for (const text of [sec1, parameters + sec1]) {
      const { key: opened, weakness } = await openPrivateKey(text, 'k', never);
      expect([isSame(opened, key), weakness]).toEqual([true, undefined]);
    }
    const old = String(key.export({ type: 'sec1', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'korrekt' }));
    expect(old).toContain('Proc-Type: 4,ENCRYPTED');
    const { key: opened, weakness } = await openPrivateKey(old, 'k', given('korrekt'));
    expect([isSame(opened, key), weakness]).toEqual([true, expect.stringContaining('one round of MD5')]);
    await expect(openPrivateKey(old, 'k', given('falsch'))).rejects.toThrow('passphrase is not the right one');
  });

  test('opens what Node encrypts, and says how weak it is', async () => {
    const weak = String(key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'korrekt' }));
    const { key: opened, weakness } = await openPrivateKey(weak, 'k', given('korrekt'));
    expect(isSame(opened, key)).toBe(true);
    expect(weakness).toContain('2048 rounds only, not 600000');
  });

  test.each([
    ['no PEM', 'hello', 'holds no private key in PEM'],
    [
      'a public key',
      String(createPublicKey(key).export({ type: 'spki', format: 'pem' })),
      'holds no private key in PEM',
    ],
    ['two keys', pkcs8(key) + pkcs8(key), 'holds 2 private keys'],
    ['a damaged key', toPem('PRIVATE KEY', Buffer.of(0x30, 0)), 'it is damaged'],
    ['a damaged SEC 1 key', toPem('EC PRIVATE KEY', Buffer.of(0x30, 0)), 'it is damaged'],
    ["cosign's keys", toPem('ENCRYPTED SIGSTORE PRIVATE KEY', Buffer.of(1)), 'only cosign reads'],
    ["cosign's old keys", toPem('ENCRYPTED COSIGN PRIVATE KEY', Buffer.of(1)), 'only cosign reads'],
    ['keys of OpenSSH', toPem('OPENSSH PRIVATE KEY', Buffer.of(1)), 'in the form of OpenSSH'],
    ['RSA keys', toPem('RSA PRIVATE KEY', Buffer.of(1)), 'it is an RSA key'],
    ['other forms', toPem('ODD PRIVATE KEY', Buffer.of(1)), 'does not know the form ODD PRIVATE KEY'],
  ])('refuses %s', async (_, text, found) => {
    await expect(openPrivateKey(text, 'k', never)).rejects.toMatchObject({
      code: 'KEY_INVALID',
      message: expect.stringContaining(found),
    });
  });

  test('refuses another passphrase, and a file of which a byte was changed', async () => {
    const sealed = encryptKey(key, 'korrekt');
    await expect(openPrivateKey(sealed, 'k', given('falsch'))).rejects.toThrow('passphrase is not the right one');
    await expect(openPrivateKey(sealed, 'k', given(''))).rejects.toThrow('passphrase is not the right one');
  });

  test('takes any change of an encrypted key for a refusal, and never for another key', async () => {
    const [block] = readPem(encryptKey(key, 'korrekt'), 'k');
    const der = block?.der ?? Buffer.alloc(0);
    await fc.assert(
      fc.asyncProperty(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const other = Buffer.from(der);
        other.writeUInt8(other.readUInt8(at) ^ change, at);
        try {
          const opened = await openPrivateKey(toPem('ENCRYPTED PRIVATE KEY', other), 'k', given('korrekt'));
          expect(isSame(opened.key, key)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(WaybillError);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('encryptKey', () => {
  test.each([
    ['an empty passphrase', '', 'is empty'],
    ['one that is longer than tools take', 'ä'.repeat(513), 'has 1026 bytes, the limit is 1024'],
  ])('refuses %s', (_, passphrase, found) => {
    expect(() => encryptKey(key, passphrase)).toThrow(found);
  });

  test('takes new salt each time, and passphrases up to the limit', async () => {
    const long = 'x'.repeat(1024);
    expect(encryptKey(key, long)).not.toBe(encryptKey(key, long));
    expect(isSame((await openPrivateKey(encryptKey(key, long), 'k', given(long))).key, key)).toBe(true);
  });
});

const PBES2 = '1.2.840.113549.1.5.13';
const SCRYPT = '1.3.6.1.4.1.11591.4.11';
const PBKDF2 = '1.2.840.113549.1.5.12';
const salt = octetString(Buffer.alloc(8));

/** An encrypted key that nobody can open, with the parameters of its derivation. */
function sealedWith(derivation: Buffer, scheme = PBES2): string {
  const parameters = sequenceOf(derivation, sequenceOf(objectIdentifier('2.16.840.1.101.3.4.1.42'), salt));
  const algorithm = sequenceOf(objectIdentifier(scheme), parameters);
  return toPem('ENCRYPTED PRIVATE KEY', sequenceOf(algorithm, octetString(Buffer.alloc(16))));
}

const scrypt = (...numbers: readonly number[]) =>
  sequenceOf(objectIdentifier(SCRYPT), sequenceOf(salt, ...numbers.map(count)));
const pbkdf2 = (...parts: readonly Buffer[]) => sequenceOf(objectIdentifier(PBKDF2), sequenceOf(...parts));

describe('openPrivateKey looks at the encryption before it asks for a passphrase', () => {
  test.each([
    ['too many rounds', sealedWith(pbkdf2(salt, count(10_000_001))), 'more than 10000000 rounds'],
    ['no rounds', sealedWith(pbkdf2(salt)), 'rounds, the limit'],
    ['no salt', sealedWith(pbkdf2()), 'has no salt'],
    ['a salt from elsewhere', sealedWith(pbkdf2(sequenceOf(), count(1))), 'has no salt'],
    ['too much memory', sealedWith(scrypt(2 ** 20, 8, 1)), 'asks for 1024 MiB of memory, OpenSSL gives 32'],
    ['too much work', sealedWith(scrypt(2 ** 14, 8, 81)), 'more work than the limit'],
    ['numbers that are missing', sealedWith(scrypt(2 ** 14, 8)), 'parameters of its encryption are malformed'],
    ['another derivation', sealedWith(sequenceOf(objectIdentifier('1.2.3'), salt)), 'does not know'],
    ['no derivation', sealedWith(salt), 'parameters of its encryption are malformed'],
    ['an empty derivation', sealedWith(sequenceOf()), 'parameters of its encryption are malformed'],
    ['what is no DER', toPem('ENCRYPTED PRIVATE KEY', Buffer.of(0x30, 0x80)), 'DER length'],
    ['an empty sequence', toPem('ENCRYPTED PRIVATE KEY', sequenceOf()), 'parameters of its encryption are malformed'],
    ['another tag', toPem('ENCRYPTED PRIVATE KEY', derOf(0x04, Buffer.of(1))), 'has the tag 4, not 48'],
  ])('and refuses %s', async (_, text, found) => {
    await expect(openPrivateKey(text, 'k', never)).rejects.toMatchObject({
      code: 'KEY_INVALID',
      message: expect.stringContaining(found),
    });
  });

  test.each([
    ['few rounds', sealedWith(pbkdf2(salt, count(599_999)))],
    ['little work', sealedWith(scrypt(2 ** 14, 8, 1))],
    ['an old scheme', sealedWith(salt, '1.2.840.113549.1.5.3')],
    ['enough rounds', sealedWith(pbkdf2(salt, count(600_000), count(32)))],
  ])('and asks for the passphrase with %s', async (_, text) => {
    await expect(openPrivateKey(text, 'k', never)).rejects.toThrow('asked for a passphrase');
  });

  test('says what is weak, and what writes it anew', async () => {
    const openable = generateKeyPairSync('ed25519').privateKey;
    const weak = String(openable.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'x' }));
    const { weakness } = await openPrivateKey(weak, 'k', given('x'));
    expect(weakness).toMatch(/^its passphrase goes through 2048 rounds only, not 600000; openssl pkcs8 -topk8 -scrypt/);
  });
});
