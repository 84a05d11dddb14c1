/** Signature bundles that cosign, model_signing and the specification's authors wrote. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { parseBundle } from '../src/trust/bundle/bundle.ts';
import { preAuthEncoding } from '../src/trust/dsse/envelope.ts';
import { readPublicKey, verifySignature } from '../src/trust/keys/public-key.ts';
import { parseStatement } from '../src/trust/statement/statement.ts';
import { withVectors } from './real/_vectors.ts';

withVectors('external', (folder) => {
  const read = (file: string) => fs.readFileSync(`${folder}/${file}`);
  const holds = (bundle: string, key: string) => {
    const { payloadType, payload, signature } = parseBundle(read(bundle)).envelope;
    return verifySignature(readPublicKey(read(key), key), preAuthEncoding(payloadType, payload), signature);
  };

  test.each([
    ['attest/pass.bundle.json', 'attest/p256.pub', true],
    ['attest/nokeyid.bundle.json', 'attest/p256.pub', true],
    ['attest/signv1.bundle.json', 'attest/p256.pub', true],
    ['attest/otherkey.bundle.json', 'attest/p256.pub', false],
    ['attest/cosign-own.bundle.json', 'attest/cosign-own.pub', true],
    ['goldens/v1.0.0-elliptic-key/model.sig', 'goldens/keys/signing-key-pub.pem', true],
    ['goldens/v1.1.0-elliptic-key/model.sig', 'goldens/keys/signing-key-pub.pem', true],
    ['goldens/v1.1.0-elliptic-key/model.sig', 'attest/p256.pub', false],
  ])('the signature of %s by %s: %s', (bundle, key, expected) => {
    expect(holds(bundle, key)).toBe(expected);
  });

  test.each(
    ['v1.0.0', 'v1.1.0'].flatMap((version) =>
      ['certificate', 'elliptic-key', 'sigstore'].map((method) => `goldens/${version}-${method}/model.sig`),
    ),
  )('%s is a statement about one model', (file) => {
    expect(parseStatement(parseBundle(read(file)).envelope.payload).subjects).toHaveLength(1);
  });

  test.each(['key', 'certificate', 'sigstore'])('the valid bundle of the method %s in the specification', (method) => {
    const { envelope } = parseBundle(read(`oms-spec/test-vectors/v1.0/valid/${method}.bundle.json`));
    expect(parseStatement(envelope.payload).predicateType).toBe('https://model_signing/signature/v1.0');
  });

  test.each(['empty', 'missing-envelope', 'missing-verification-material'])(
    'the invalid bundle "%s" of the specification is refused',
    (name) => {
      expect(() => parseBundle(read(`oms-spec/test-vectors/v1.0/invalid/${name}.bundle.json`))).toThrow(
        expect.objectContaining({ code: 'BUNDLE_INVALID' }),
      );
    },
  );

  test('an unknown member is refused, as cosign does', () => {
    expect(() => parseBundle(read('attest/unknownfield.bundle.json'))).toThrow('does not know');
  });
});
