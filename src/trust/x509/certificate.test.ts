import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  alternativeNames,
  authority,
  type CertificateRequest,
  DIGITAL_SIGNATURE,
  extension,
  FOR_CODE,
  issue,
  issueRoot,
  KEY_CERT_SIGN,
  keyUsage,
  newKey,
  toPemText,
} from '../../../test/_support/certificates.ts';
import { WaybillError } from '../../base/errors.ts';
import { count, derOf, objectIdentifier, octetString, sequenceOf, unsignedInteger } from '../der/write.ts';
import { toPem } from '../keys/pem.ts';
import { publicKeyOf } from '../keys/public-key.ts';
import { isSelfSigned, readCertificate } from './certificate.ts';
import { readCertificates, readRoots } from './read-certificates.ts';

const root = issueRoot();
const made = (request: Partial<CertificateRequest>) => issue({ subject: 'signer', issuer: root, ...request }).der;
const read = (der: Uint8Array) => readCertificate(der, 'it');
const TRUE = derOf(0x01, Buffer.of(0xff));

test('readCertificate reads what decides', () => {
  const key = newKey();
  const names = alternativeNames(['email', 'a@acme.example'], ['URI', 'urn:x'], ['address', '\0\0\0\x01']);
  const extensions = [authority(3), keyUsage(1, 0x86), FOR_CODE, names];
  const der = made({ key, extensions, serial: unsignedInteger(Buffer.of(0xab, 1)), notBefore: '500101000000Z' });
  expect(read(der)).toMatchObject({
    keyId: publicKeyOf(key, 'k').id,
    serial: 'ab01',
    notBefore: new Date('1950-01-01T00:00:00Z'),
    notAfter: new Date('2040-01-01T00:00:00Z'),
    signatureAlgorithm: '1.2.840.10045.4.3.2',
    extensions: {
      isAuthority: true,
      pathLength: 3,
      keyUsage: { digitalSignature: true, keyCertSign: true },
      extendedKeyUsage: ['1.3.6.1.5.5.7.3.3'],
      names: [
        { kind: 'email', value: 'a@acme.example' },
        { kind: 'URI', value: 'urn:x' },
      ],
    },
  });
});

test('readCertificate takes what is not said for no limit and no right', () => {
  const nothing = { isAuthority: false, pathLength: undefined, keyUsage: undefined, extendedKeyUsage: undefined };
  expect(read(made({})).extensions).toEqual({ ...nothing, names: [] });
  const empty = extension('2.5.29.19', sequenceOf());
  const no = extension('2.5.29.19', sequenceOf(derOf(0x01, Buffer.of(0))));
  const long = keyUsage(7, 0x80, 0x80);
  for (const constraints of [empty, no])
    expect(read(made({ extensions: [constraints, long] })).extensions).toMatchObject({ isAuthority: false });
  const policies = extension('2.5.29.32', sequenceOf());
  const odd = extension('1.2.3.4', Buffer.of(5, 0), false);
  expect(read(made({ extensions: [policies, odd] })).extensions.names).toEqual([]);
});

const own = (id: string, value: Buffer) => made({ extensions: [extension(id, value)] });
const refused: readonly (readonly [string, () => Buffer, string])[] = [
  ['what is no DER', () => Buffer.from('hello'), 'DER'],
  ['what is no certificate', () => sequenceOf(), 'its outermost part is malformed'],
  ['something behind it', () => Buffer.concat([made({}), Buffer.of(0)]), 'follows the end'],
  ['a large one', () => Buffer.alloc(70_000), 'has 70000 bytes, the limit is 65536'],
  ['version 1', () => made({ fields: ([, ...rest]) => rest.slice(0, -1) }), 'a certificate of version 3'],
  ['version 2', () => made({ fields: ([, ...rest]) => [derOf(0xa0, count(1)), ...rest] }), 'it is not of version 3'],
  ['no extensions', () => made({ fields: (usual) => usual.slice(0, -1) }), 'a certificate of version 3'],
  ['a long serial number', () => made({ serial: unsignedInteger(Buffer.alloc(22, 1)) }), 'serial number is too long'],
  ['a negative serial number', () => made({ serial: derOf(0x02, Buffer.of(0x80)) }), 'negative'],
  ['no algorithm', () => made({ fields: (usual) => usual.with(2, sequenceOf()) }), 'signature algorithm is malformed'],
  [
    'two algorithms',
    () => made({ fields: (usual) => usual.with(2, sequenceOf(objectIdentifier('1.2.840.10045.4.3.3'))) }),
    'names two signature algorithms',
  ],
  [
    'a key that OpenSSL does not read',
    () => made({ fields: (usual) => usual.with(6, keyOf('1.2.3')) }),
    'OpenSSL cannot',
  ],
  [
    'a curve that is written out',
    () => made({ fields: (usual) => usual.with(6, keyOf('1.2.840.10045.2.1', sequenceOf())) }),
    'the curve of its key is not named',
  ],
  [
    'a key without its curve',
    () => made({ fields: (usual) => usual.with(6, keyOf('1.2.840.10045.2.1')) }),
    'not named',
  ],
  ['half a key', () => made({ fields: (usual) => usual.with(6, sequenceOf()) }), 'its public key is malformed'],
  ['one time', () => made({ fields: (usual) => usual.with(4, sequenceOf()) }), 'its validity is malformed'],
  ['three times', () => made({ fields: (usual) => usual.with(4, threeTimes()) }), 'its validity is malformed'],
  ['a month that is none', () => made({ notBefore: '20201301000000Z' }), 'a time in it is malformed'],
  ['a day that is none', () => made({ notBefore: '210229000000Z' }), 'a time in it is malformed'],
  ['a time without seconds', () => made({ notBefore: '2102280000Z' }), 'a time in it is malformed'],
  ['a time elsewhere', () => made({ notBefore: '210228000000+0100' }), 'a time in it is malformed'],
  [
    'a time that is text',
    () => made({ fields: (usual) => usual.with(4, sequenceOf(count(1), count(2))) }),
    'a time in it',
  ],
  ['an extension twice', () => made({ extensions: [FOR_CODE, FOR_CODE] }), 'the extension 2.5.29.37 twice'],
  ['an unknown critical extension', () => own('1.2.3.4', Buffer.of(5, 0)), 'the critical extension 1.2.3.4'],
  [
    'name constraints, also where they are not critical',
    () => made({ extensions: [extension('2.5.29.30', sequenceOf(), false)] }),
    'it has name constraints',
  ],
  ['a proxy', () => own('1.3.6.1.5.5.7.1.14', sequenceOf()), 'a proxy policy'],
  ['an extension that is none', () => made({ extensions: [count(1)] }), 'an extension of it is malformed'],
  ['an empty extension', () => made({ extensions: [sequenceOf()] }), 'an extension of it is malformed'],
  [
    'an extension of four parts',
    () => made({ extensions: [sequenceOf(objectIdentifier('1.2.3'), TRUE, octetString(TRUE), TRUE)] }),
    'an extension of it is malformed',
  ],
  ['a key usage that is none', () => own('2.5.29.15', count(1)), 'its key usage is malformed'],
  ['an empty key usage', () => own('2.5.29.15', derOf(0x03, Buffer.of(0))), 'its key usage is malformed'],
  ['a long key usage', () => own('2.5.29.15', derOf(0x03, Buffer.of(0, 1, 1, 1))), 'its key usage is malformed'],
  ['unused bits that are set', () => own('2.5.29.15', derOf(0x03, Buffer.of(7, 0xc0))), 'its key usage is malformed'],
  ['used bits that are not', () => own('2.5.29.15', derOf(0x03, Buffer.of(6, 0x80))), 'its key usage is malformed'],
  ['eight unused bits', () => own('2.5.29.15', derOf(0x03, Buffer.of(8, 0))), 'its key usage is malformed'],
  ['a path length without CA:TRUE', () => own('2.5.29.19', sequenceOf(count(1))), 'basic constraints are malformed'],
  ['two path lengths', () => own('2.5.29.19', sequenceOf(TRUE, count(1), count(1))), 'basic constraints are malformed'],
  ['a truth value of its own', () => own('2.5.29.19', sequenceOf(derOf(1, Buffer.of(1)))), 'a boolean in it'],
];

test.each(refused)('readCertificate refuses %s', (_, make, found) => {
  const der = make();
  expect(() => read(der)).toThrow(expect.objectContaining({ code: 'CERTIFICATE_INVALID' }));
  expect(() => read(der)).toThrow(found);
});

function keyOf(id: string, ...parameters: readonly Buffer[]): Buffer {
  return sequenceOf(sequenceOf(objectIdentifier(id), ...parameters), derOf(0x03, Buffer.alloc(66)));
}

function threeTimes(): Buffer {
  return sequenceOf(...Array.from({ length: 3 }, () => derOf(0x17, Buffer.from('210101000000Z'))));
}

test('readCertificate takes random bytes and any change of a certificate for one, or refuses them', () => {
  const der = made({ extensions: [authority(0), KEY_CERT_SIGN, DIGITAL_SIGNATURE.subarray(0), FOR_CODE] });
  const mutant = fc.tuple(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, change]) => {
    const other = Buffer.from(der);
    other.writeUInt8(other.readUInt8(at) ^ change, at);
    return other;
  });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 500 }), mutant), (bytes) => {
      try {
        readCertificate(bytes, 'it');
      } catch (error) {
        expect(error).toMatchObject({ code: 'CERTIFICATE_INVALID' });
      }
    }),
    { numRuns: 1500 },
  );
});

describe('readCertificates', () => {
  const middle = issue({ subject: 'middle', issuer: root, extensions: [authority(), KEY_CERT_SIGN] });
  const leaf = issue({ subject: 'middle', issuer: middle });

  test('reads a chain with text between, without the root', () => {
    const { certificates, publicKey } = readCertificates(`text\n${toPemText(leaf, middle, root)}`, 'chain.pem');
    expect(certificates).toEqual([leaf.der, middle.der]);
    expect(publicKey.id).toBe(publicKeyOf(leaf.key, 'k').id);
  });

  test('keeps a leaf that signed itself: its verifier will say what is wrong', () => {
    expect(readCertificates(toPemText(root), 'chain.pem').certificates).toEqual([root.der]);
  });

  test.each([
    ['no certificate', '', 'it holds no certificate in PEM'],
    ['a key', toPem('PRIVATE KEY', Buffer.of(1)), 'it holds no certificate in PEM'],
    ['too many', toPemText(...Array.from({ length: 11 }, () => leaf)), 'holds 11 certificates, the limit is 10'],
    ['what is no certificate', toPem('CERTIFICATE', Buffer.of(1)), 'Cannot accept certificate 1 of chain.pem'],
    [
      'a leaf with an RSA key',
      toPemText(
        issue({ subject: 'rsa', key: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey, issuer: root }),
      ),
      'kind rsa',
    ],
  ])('refuses %s', (_, text, found) => {
    expect(() => readCertificates(text, 'chain.pem')).toThrow(found);
  });

  test('readRoots takes what signed itself, and nothing else', () => {
    expect(readRoots(toPemText(root, issueRoot('x')), 'roots.pem')).toHaveLength(2);
    expect(() => readRoots('', 'roots.pem')).toThrow('it holds no certificate in PEM');
    expect(() => readRoots(toPemText(root, middle), 'roots.pem')).toThrow('certificate 2 in it is no root');
    // Called like its issuer, and signed by another key.
    expect(isSelfSigned(readCertificate(leaf.der, 'it'))).toBe(false);
    const otherKey = issue({ subject: 'root', issuer: { subject: 'root', key: newKey() }, key: newKey() });
    expect(isSelfSigned(readCertificate(otherKey.der, 'it'))).toBe(false);
    expect(createPublicKey(otherKey.key)).toBeDefined();
  });
});

test('what is thrown is a WaybillError', () => {
  expect(() => read(Buffer.alloc(0))).toThrow(WaybillError);
});
