import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WaybillError } from '../../base/errors.ts';
import { digestOf } from '../../oci/digest.ts';
import { IN_TOTO_PAYLOAD, preAuthEncoding } from '../dsse/envelope.ts';
import { verifySignature } from '../keys/public-key.ts';
import { localSigner, type Signer } from '../keys/signer.ts';
import { predicateTypes } from '../predicate-types.ts';
import { signStatement } from '../sign-statement.ts';
import { isAbout, parseStatement, writeStatement } from '../statement/statement.ts';
import { MAX_BUNDLE_SIZE, parseBundle } from './bundle.ts';

const signer = localSigner(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, 'test');
const digest = digestOf('a manifest');
const statement = writeStatement({ name: 'acme/digits', digest }, predicateTypes.package, { name: 'acme/digits' });
const good = await signStatement(signer, statement);

type Json = null | boolean | number | string | Json[] | { [member: string]: Json };

/** The good bundle with one part replaced. */
function changed(change: (bundle: Record<string, Json>) => void): Buffer {
  const bundle = JSON.parse(good.toString());
  change(bundle);
  return Buffer.from(JSON.stringify(bundle));
}

const material = (value: Json) => changed((bundle) => Object.assign(bundle, { verificationMaterial: value }));
const envelope = (value: { [member: string]: Json }) =>
  changed((bundle) => Object.assign(bundle['dsseEnvelope'] as object, value));

test('signStatement writes a bundle that parseBundle reads, signed over the pre-authentication encoding', () => {
  const bundle = parseBundle(good);
  expect(bundle).toMatchObject({ digest: digestOf(good), logEntries: 0, statesLogEntries: true });
  expect(bundle.material).toEqual({ kind: 'key', hint: signer.publicKey.id });
  expect(bundle.envelope).toMatchObject({ payloadType: IN_TOTO_PAYLOAD, payload: statement, keyid: '' });
  const { payloadType, payload, signature } = bundle.envelope;
  expect(verifySignature(signer.publicKey, preAuthEncoding(payloadType, payload), signature)).toBe(true);
  expect(isAbout(parseStatement(payload), digest)).toBe(true);
  expect(isAbout(parseStatement(payload), digestOf('another'))).toBe(false);
});

test('preAuthEncoding counts bytes, not characters', () => {
  expect(preAuthEncoding('http://example.com/HelloWorld', Buffer.from('hello world')).toString()).toBe(
    'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
  );
  expect(preAuthEncoding('ä', Buffer.from('ü')).toString()).toBe('DSSEv1 2 ä 2 ü');
});

test('signStatement carries certificates, the leaf first', async () => {
  const chain = [Buffer.from('leaf'), Buffer.from('issuer')];
  const bundle = parseBundle(await signStatement({ ...signer, certificates: chain }, statement, 'text/plain'));
  expect(bundle.material).toEqual({ kind: 'certificates', form: 'x509CertificateChain', chain });
  expect(bundle.envelope.payloadType).toBe('text/plain');
});

test('signStatement hands on nothing that its key did not sign', async () => {
  const other = localSigner(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, 'other');
  const lying: Signer = { publicKey: signer.publicKey, sign: (message) => other.sign(message) };
  await expect(signStatement(lying, statement)).rejects.toMatchObject({ code: 'SIGNER_FAILED' });
});

describe('parseBundle reads', () => {
  test('a lone certificate with entries of a log', () => {
    const bundle = parseBundle(
      material({ certificate: { rawBytes: 'AAAA' }, tlogEntries: [{}], timestampVerificationData: {} }),
    );
    expect(bundle).toMatchObject({ logEntries: 1, material: { form: 'certificate', chain: [Buffer.alloc(3)] } });
  });
  test('a key without a name, and without entries', () => {
    for (const publicKey of [{}, { hint: '' }])
      expect(parseBundle(material({ publicKey }))).toMatchObject({
        statesLogEntries: false,
        material: { kind: 'key', hint: undefined },
      });
  });
  test.each([{ sig: 'AAAA' }, { sig: 'AAAA', keyid: null }])('a signature without a keyid: %j', (signature) => {
    expect(parseBundle(envelope({ signatures: [signature] })).envelope.keyid).toBeUndefined();
  });
});

describe('parseBundle refuses', () => {
  test.each<readonly [string, Buffer]>([
    ['an unknown member', changed((bundle) => Object.assign(bundle, { extra: 1 }))],
    [
      'another version',
      changed((bundle) => Object.assign(bundle, { mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.3' })),
    ],
    ['no media type', changed((bundle) => delete bundle['mediaType'])],
    ['a bare message', changed((bundle) => Object.assign(bundle, { messageSignature: {} }))],
    ['no envelope', changed((bundle) => delete bundle['dsseEnvelope'])],
    ['an envelope that is text', changed((bundle) => Object.assign(bundle, { dsseEnvelope: 'x' }))],
    ['no payload type', envelope({ payloadType: 1 })],
    ['no payload', envelope({ payload: 1 })],
    ['junk in the payload', envelope({ payload: 'aGVs*bG8=' })],
    ['signatures that are no list', envelope({ signatures: {} })],
    ['no signature', envelope({ signatures: [] })],
    ['two signatures', envelope({ signatures: [{ sig: 'AAAA' }, { sig: 'AAAA' }] })],
    ['an empty signature', envelope({ signatures: [{ sig: '' }] })],
    ['a signature that is a number', envelope({ signatures: [{ sig: 1 }] })],
    ['a keyid that is a number', envelope({ signatures: [{ sig: 'AAAA', keyid: 1 }] })],
    ['a certificate beside a signature', envelope({ signatures: [{ sig: 'AAAA', cert: 'x' }] })],
    ['no material', material({ tlogEntries: [] })],
    ['two methods', material({ publicKey: {}, certificate: { rawBytes: 'AAAA' } })],
    ['a hint that is a number', material({ publicKey: { hint: 1 } })],
    ['an empty chain', material({ x509CertificateChain: { certificates: [] } })],
    ['a long chain', material({ x509CertificateChain: { certificates: Array(11).fill({ rawBytes: 'AAAA' }) } })],
    ['a chain that is text', material({ x509CertificateChain: { certificates: 'AAAA' } })],
    ['a certificate without bytes', material({ certificate: { rawBytes: '' } })],
    ['a certificate that is a number', material({ certificate: { rawBytes: 1 } })],
    ['log entries that are no list', material({ publicKey: {}, tlogEntries: {} })],
    ['many log entries', material({ publicKey: {}, tlogEntries: Array(33).fill({}) })],
    ['a member twice', Buffer.from(good.toString().replace('{', '{"mediaType":"x",'))],
    ['a byte order mark', Buffer.concat([Buffer.from('\ufeff'), good])],
    ['nothing', Buffer.alloc(0)],
  ])('%s', (_, bytes) => {
    expect(() => parseBundle(bytes)).toThrow(expect.objectContaining({ code: 'BUNDLE_INVALID' }));
  });

  test('what is too large to be one', () => {
    expect(() => parseBundle(Buffer.alloc(MAX_BUNDLE_SIZE + 1))).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    );
  });
});

test('parseBundle: any one byte changed is refused, or the signature no longer holds, or only the hint differs', () => {
  const original = parseBundle(good);
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const bytes = Buffer.from(good);
      bytes[at] = (bytes[at] ?? 0) ^ flip;
      let bundle: ReturnType<typeof parseBundle>;
      try {
        bundle = parseBundle(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(WaybillError);
        return;
      }
      const { payloadType, payload, signature } = bundle.envelope;
      if (verifySignature(signer.publicKey, preAuthEncoding(payloadType, payload), signature)) {
        expect(payload).toEqual(original.envelope.payload);
        expect(bundle.digest).not.toBe(original.digest);
      }
    }),
    { numRuns: 4_000 },
  );
});
