/** Attack 34, for model signatures: payloads taken for something else, and the forms of before version 1. */
import { sign } from 'node:crypto';
import fs from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { preAuthEncoding } from '../../src/trust/dsse/envelope.ts';
import { localSigner } from '../../src/trust/keys/signer.ts';
import { predicateTypes } from '../../src/trust/predicate-types.ts';
import { newKey } from '../_support/certificates.ts';
import { makeScratch } from '../_support/scratch.ts';
import { makeSigned, resign, resignText, statementIn, verdictOn } from '../_support/signed-folders.ts';

const scratch = makeScratch();
afterAll(() => scratch[Symbol.dispose]());
const key = newKey();
const alice = localSigner(key, 'alice');
const IN_TOTO = 'application/vnd.in-toto+json';
let count = 0;
const fresh = () => makeSigned(scratch.at(`model-${count++}`), alice);

interface BundleJson {
  dsseEnvelope: { payload: string; payloadType: string; signatures: { sig: string; keyid?: unknown }[] };
  verificationMaterial: Record<string, unknown>;
  mediaType: string;
}

/** Changes the bundle as it lies there; nothing is signed again. */
function rewrite(folder: string, change: (bundle: BundleJson) => unknown): void {
  const bundle: BundleJson = JSON.parse(fs.readFileSync(`${folder}/model.sig`, 'utf8'));
  change(bundle);
  fs.writeFileSync(`${folder}/model.sig`, JSON.stringify(bundle));
}

const sig = (message: Uint8Array) => [{ sig: sign('sha256', message, key).toString('base64'), keyid: '' }];

describe('verifySignedFolder() refuses', () => {
  test('another payload type, swapped after signing or signed', async () => {
    const folder = await fresh();
    rewrite(folder, ({ dsseEnvelope }) => Object.assign(dsseEnvelope, { payloadType: 'application/json' }));
    expect(await verdictOn(folder, alice)).toEqual(['fail', 'signature-wrong']);
    const signed = await fresh();
    await resignText(signed, alice, JSON.stringify(statementIn(signed)), 'application/json');
    expect(await verdictOn(signed, alice)).toEqual(['fail', 'signature-malformed']);
    rewrite(signed, ({ dsseEnvelope }) => Object.assign(dsseEnvelope, { payloadType: IN_TOTO }));
    expect(await verdictOn(signed, alice)).toEqual(['fail', 'signature-wrong']);
  });

  test('a payload that was changed, or that was never behind the encoding', async () => {
    const folder = await fresh();
    rewrite(folder, ({ dsseEnvelope }) => {
      const text = Buffer.from(dsseEnvelope.payload, 'base64').toString().replace('README', 'README');
      dsseEnvelope.payload = Buffer.from(`${text} `).toString('base64');
    });
    expect(await verdictOn(folder, alice)).toEqual(['fail', 'signature-wrong']);
    const bare = await fresh();
    rewrite(bare, ({ dsseEnvelope }) => {
      dsseEnvelope.signatures = sig(Buffer.from(dsseEnvelope.payload, 'base64'));
    });
    expect(await verdictOn(bare, alice)).toEqual(['fail', 'signature-wrong']);
  });

  test('the encoding of model_signing 0.2, which its own tool still takes', async () => {
    const folder = await fresh();
    rewrite(folder, ({ dsseEnvelope }) => {
      const payload = Buffer.from(dsseEnvelope.payload, 'base64');
      const legacy = `DSSEV1 ${IN_TOTO.length} ${IN_TOTO} ${payload.length} b'${payload.toString().replaceAll('\\', '\\\\')}'`;
      dsseEnvelope.signatures = sig(Buffer.from(legacy));
    });
    expect(await verdictOn(folder, alice)).toEqual(['fail', 'signature-wrong']);
    rewrite(folder, ({ dsseEnvelope }) => {
      const payload = Buffer.from(dsseEnvelope.payload, 'base64');
      dsseEnvelope.signatures = sig(
        Buffer.concat([Buffer.from(`DSSEV1 ${IN_TOTO.length} ${IN_TOTO} ${payload.length} `), payload]),
      );
    });
    expect(await verdictOn(folder, alice)).toEqual(['fail', 'signature-wrong']);
    // The right one, so that the reason is none other.
    rewrite(folder, ({ dsseEnvelope }) => {
      dsseEnvelope.signatures = sig(preAuthEncoding(IN_TOTO, Buffer.from(dsseEnvelope.payload, 'base64')));
    });
    expect(await verdictOn(folder, alice)).toEqual(['pass']);
  });

  test.each([
    'https://model_signing/Digests/v0.1',
    'https://model_signing/signature/v1.1',
    'https://model_signing/signature/V1.0',
    'https://model_signing/signature/v1.0/',
    predicateTypes.package,
    predicateTypes.verificationSummary,
  ])('the predicate type %s, signed by the right key', async (type) => {
    const folder = await fresh();
    await resign(folder, alice, (statement) => Object.assign(statement, { predicateType: type }));
    expect(await verdictOn(folder, alice)).toEqual(['fail', 'signature-malformed']);
  });

  test.each(['https://in-toto.io/Statement/v0.1', 'https://in-toto.io/Statement/v2', 'Statement', ''])(
    'a statement of the type %j',
    async (type) => {
      const folder = await fresh();
      await resign(folder, alice, (statement) => Object.assign(statement, { _type: type }));
      expect(await verdictOn(folder, alice)).toEqual(['fail', 'signature-malformed']);
    },
  );

  test('two signatures, none, an empty one, and junk in its base64', async () => {
    const changes: readonly ((bundle: BundleJson) => unknown)[] = [
      ({ dsseEnvelope }) => dsseEnvelope.signatures.push({ sig: 'AAAA' }),
      ({ dsseEnvelope }) => dsseEnvelope.signatures.splice(0),
      ({ dsseEnvelope }) => Object.assign(dsseEnvelope.signatures[0] ?? {}, { sig: '' }),
      ({ dsseEnvelope }) =>
        Object.assign(dsseEnvelope.signatures[0] ?? {}, { sig: `*${dsseEnvelope.signatures[0]?.sig}` }),
      ({ dsseEnvelope }) => Object.assign(dsseEnvelope, { payload: `${dsseEnvelope.payload}\n` }),
      (bundle) => Object.assign(bundle, { mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.3' }),
      (bundle) => Object.assign(bundle, { more: 1 }),
    ];
    for (const change of changes) {
      const folder = await fresh();
      rewrite(folder, change);
      expect(await verdictOn(folder, alice)).toEqual(['fail', 'signature-malformed']);
    }
  });

  test('a key that comes with the signature in the place of the one that was given', async () => {
    const other = localSigner(newKey(), 'mallory');
    const folder = await makeSigned(scratch.at('mallory'), other);
    rewrite(folder, ({ verificationMaterial }) => {
      const rawBytes = Buffer.from(other.publicKey.key.export({ type: 'spki', format: 'pem' })).toString('base64');
      verificationMaterial['publicKey'] = { hint: alice.publicKey.id, rawBytes };
    });
    expect(await verdictOn(folder, alice)).toEqual(['fail', 'signature-wrong']);
  });
});
