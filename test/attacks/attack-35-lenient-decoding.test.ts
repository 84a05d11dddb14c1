/** Attack 35: base64 with other signs in it, more or fewer signatures than one, bytes before and behind. */
import { expect, test } from 'vitest';
import { writeStatement } from '../../src/trust/statement/statement.ts';
import { type BundleJson, changedBundle, openTarget } from '../_support/attached.ts';
import { envelopeLayer, manifestWith, newSigner, signedBundle } from '../_support/statements.ts';

const signer = newSigner();
type Envelope = BundleJson['dsseEnvelope'];
const sig = (envelope: Envelope) => envelope.signatures[0] ?? { sig: '', keyid: '' };

const decodings: readonly (readonly [string, (text: string) => string])[] = [
  ['a sign that is no base64', (text) => `${text.slice(0, 4)}*${text.slice(4)}`],
  ['a line break', (text) => `${text.slice(0, 4)}\n${text.slice(4)}`],
  ['a blank before it', (text) => ` ${text}`],
  ['the alphabet of URLs', (text) => text.replaceAll('+', '-').replaceAll('/', '_').replace(/^./, '-')],
  // One sign less, so that the rest has no length that needs none.
  ['no padding', (text) => text.replace(/=*$/, '').slice(0, -1)],
  ['too much padding', (text) => `${text}====`],
  ['something behind its padding', (text) => `${text.replace(/=*$/, '==')}AAAA`],
  ['nothing', () => ''],
];

test.each(decodings)('a signature with %s', async (_, change) => {
  await using target = await openTarget();
  const bundle = await signedBundle(signer, target.subject.digest);
  await target.plant(
    changedBundle(bundle, ({ dsseEnvelope }) => {
      sig(dsseEnvelope).sig = change(sig(dsseEnvelope).sig);
    }),
  );
  expect(await target.said(signer.publicKey)).toEqual(['BUNDLE_INVALID']);
});

test.each(decodings)('a payload with %s', async (_, change) => {
  await using target = await openTarget();
  const bundle = await signedBundle(signer, target.subject.digest);
  await target.plant(
    changedBundle(bundle, ({ dsseEnvelope }) => {
      dsseEnvelope.payload = change(dsseEnvelope.payload);
    }),
  );
  expect((await target.said(signer.publicKey))[0]).toMatch(/^(?:BUNDLE|STATEMENT)_INVALID$/);
});

test('a last sign whose spare bits are set names the same bytes, and is refused', async () => {
  await using target = await openTarget();
  const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  // Until there is a payload that ends in padding: its length is the writer's to choose.
  const spare = (text: string) =>
    text.replace(/(.)(=+)$/, (_, last: string, end: string) => `${ALPHABET[ALPHABET.indexOf(last) + 1]}${end}`);
  for (const length of [0, 1, 2]) {
    const bundle = await signedBundle(signer, target.subject.digest, 'https://example.com/x', {
      pad: 'x'.repeat(length),
    });
    const { payload } = (JSON.parse(bundle.toString()) as BundleJson).dsseEnvelope;
    if (!payload.endsWith('=')) continue;
    expect(Buffer.from(spare(payload), 'base64')).toEqual(Buffer.from(payload, 'base64'));
    await target.plant(
      changedBundle(bundle, ({ dsseEnvelope }) => {
        dsseEnvelope.payload = spare(payload);
      }),
    );
  }
  const said = await target.said(signer.publicKey);
  expect(said.length).toBeGreaterThan(0);
  expect(new Set(said)).toEqual(new Set(['BUNDLE_INVALID']));
});

test.each<[string, (envelope: Envelope) => void]>([
  [
    'no signature',
    (envelope) => {
      envelope.signatures = [];
    },
  ],
  ['the same signature twice', (envelope) => void envelope.signatures.push(sig(envelope))],
  ['a wrong signature behind the right one', (envelope) => void envelope.signatures.push({ sig: 'AAAA', keyid: '' })],
  [
    'a wrong signature before the right one',
    (envelope) => void envelope.signatures.unshift({ sig: 'AAAA', keyid: '' }),
  ],
  ['a member that nobody knows', (envelope) => void Object.assign(envelope, { extra: 1 })],
  ['a member that nobody knows in its signature', (envelope) => void Object.assign(sig(envelope), { extra: 1 })],
])('an envelope with %s', async (_, change) => {
  await using target = await openTarget();
  const bundle = await signedBundle(signer, target.subject.digest);
  await target.plant(changedBundle(bundle, ({ dsseEnvelope }) => change(dsseEnvelope)));
  expect(await target.said(signer.publicKey)).toEqual(['BUNDLE_INVALID']);
});

test.each<[string, (text: string) => string]>([
  ['a byte order mark before it', (text) => `\ufeff${text}`],
  ['a second document behind it', (text) => `${text}{}`],
  ['a NUL behind it', (text) => `${text}\0`],
  ['a comma at its end', (text) => text.replace(/\}$/, ',}')],
  ['a comment', (text) => `/* */${text}`],
  ['an envelope that stands twice', (text) => text.replace('{', '{"dsseEnvelope":{},')],
  [
    'a media type that stands twice',
    (text) => text.replace('{', '{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json",'),
  ],
  ['a media type of an older version', (text) => text.replace('.v0.3+json', '+json;version=0.3')],
])('a bundle with %s', async (_, change) => {
  await using target = await openTarget();
  await target.plant(change((await signedBundle(signer, target.subject.digest)).toString()));
  expect(await target.said(signer.publicKey)).toEqual(['BUNDLE_INVALID']);
});

test("the same in cosign's old form", async () => {
  await using target = await openTarget();
  const { store, subject } = target;
  const layer = await envelopeLayer(
    signer,
    writeStatement({ name: 'x', digest: subject.digest }, 'https://example.com/x', {}),
  );
  const changed = (change: (envelope: Envelope) => void) => {
    const envelope: Envelope = JSON.parse(Buffer.from(layer.bytes).toString());
    change(envelope);
    return { ...layer, bytes: Buffer.from(JSON.stringify(envelope)) };
  };
  const layers = [
    layer,
    changed((envelope) => {
      envelope.signatures = [];
    }),
    changed((envelope) => void envelope.signatures.push(sig(envelope))),
    ...decodings.map(([, change]) =>
      changed((envelope) => {
        sig(envelope).sig = change(sig(envelope).sig);
      }),
    ),
  ];
  await store.tag(`${subject.digest.replace(':', '-')}.att`, await manifestWith(store, layers));
  const [first, ...others] = await target.said(signer.publicKey);
  expect(first).toBe('believed');
  expect(new Set(others)).toEqual(new Set(['BUNDLE_INVALID']));
});
