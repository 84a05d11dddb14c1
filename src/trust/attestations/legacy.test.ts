import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { certificate } from '../../../test/_registry/certificate.ts';
import { runs } from '../../../test/_support/properties.ts';
import { failureOf } from '../../../test/_support/refusal.ts';
import { makeScratch } from '../../../test/_support/scratch.ts';
import {
  envelopeLayer,
  manifestWith,
  newSigner,
  type PlantedLayer,
  simpleSigningLayer,
  simpleSigningPayload,
} from '../../../test/_support/statements.ts';
import { manifestIn } from '../../../test/contracts/store.ts';
import { WaybillError } from '../../base/errors.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { digestOf } from '../../oci/digest.ts';
import { openLayout } from '../../oci/layout/layout.ts';
import type { OpenStore } from '../../oci/store-kind.ts';
import { memory } from '../../oci/stores/memory.ts';
import { writeStatement } from '../statement/statement.ts';
import { readAttestations } from './read.ts';
import { isSignedBy, materialOf, speaksOf } from './signed-by.ts';
import { parseSimpleSigning } from './simple-signing.ts';

const signer = newSigner();
const stranger = newSigner();
const TYPE = 'https://example.com/said/v1';

let store: OpenStore;
let subject: Descriptor;
beforeEach(async () => {
  store = await memory.open('', { access: 'write' });
  subject = await manifestIn(store, 'the package');
});
afterEach(() => store[Symbol.asyncDispose]());

const tagOf = (suffix: string) => `${subject.digest.replace(':', '-')}.${suffix}`;

async function readTagged(suffix: 'sig' | 'att', layers: readonly PlantedLayer[]) {
  await store.tag(tagOf(suffix), await manifestWith(store, layers));
  return readAttestations(store, subject);
}

test('a signature under the tag .sig is read with what it names, and who signed it is told', async () => {
  const payload = { ...simpleSigningPayload(subject.digest), optional: { build: '7' } };
  const [found, ...others] = await readTagged('sig', [await simpleSigningLayer(signer, payload)]);
  expect(others).toEqual([]);
  expect(found).toMatchObject({
    source: 'cosign-signature',
    simpleSigning: { digest: subject.digest, reference: 'registry.example/acme/digits', optional: { build: '7' } },
  });
  if (found === undefined) return;
  expect([isSignedBy(found, signer.publicKey), isSignedBy(found, stranger.publicKey)]).toEqual([true, false]);
  expect([speaksOf(found, subject.digest), speaksOf(found, digestOf('another'))]).toEqual([true, false]);
  expect(materialOf(found)).toEqual({ kind: 'key', hint: undefined });
});

test('several attestations under the tag .att are read, each for itself', async () => {
  const statement = writeStatement({ name: 'acme/digits', digest: subject.digest }, TYPE, { said: 'old' });
  const mine = await envelopeLayer(signer, statement);
  const foreign = await envelopeLayer(stranger, writeStatement({ name: 'x', digest: digestOf('another') }, TYPE, {}));
  const broken = { ...mine, bytes: Buffer.from('{') };
  const bare = { ...(await envelopeLayer(signer, Buffer.from('{}'), 'text/plain')), annotations: {} };
  const logged = {
    ...mine,
    bytes: Buffer.concat([mine.bytes, Buffer.from('\n')]),
    annotations: { 'dev.sigstore.cosign/bundle': '{}' },
  };
  const found = await readTagged('att', [mine, foreign, broken, bare, logged]);
  expect(found.map(({ source }) => source)).toEqual(Array(5).fill('cosign-attestation'));
  expect(found.map(({ problem, hint, bundle }) => [problem?.code, hint, bundle?.logEntries])).toEqual([
    [undefined, TYPE, 0],
    [undefined, TYPE, 0],
    ['BUNDLE_INVALID', TYPE, undefined],
    ['STATEMENT_INVALID', undefined, 0],
    [undefined, undefined, 1],
  ]);
  const signed = found.map((one) => [isSignedBy(one, signer.publicKey), speaksOf(one, subject.digest)]);
  expect(signed).toEqual([
    [true, true],
    [false, false],
    [false, false],
    [false, false],
    [true, true],
  ]);
  expect(found[0]?.bundle?.digest).toBe(digestOf(mine.bytes));
  expect(materialOf({ ...(found[2] ?? Object.create(null)) })).toBeUndefined();
});

test('in a layout the tags are found behind the name of a repository too, each content once', async () => {
  using scratch = makeScratch();
  await using layout = await openLayout(scratch.at('layout'), 'write');
  const about = await manifestIn(layout, 'the package');
  const tag = `${about.digest.replace(':', '-')}.sig`;
  const signature = async (by: typeof signer) =>
    manifestWith(layout, [await simpleSigningLayer(by, simpleSigningPayload(about.digest))]);
  const [mine, foreign] = [await signature(signer), await signature(stranger)];
  for (const [name, target] of [
    [tag, mine],
    [`acme/x:${tag}`, mine],
    [`acme/y:${tag}`, foreign],
    [`acme/z:${tag}2`, foreign],
  ] as const)
    await layout.tag(name, target);
  const found = await readAttestations(layout, about);
  expect(found.map((one) => isSignedBy(one, signer.publicKey))).toEqual([true, false]);
});

test('certificates beside a signature are kept, the leaf first', async () => {
  const payload = simpleSigningPayload(subject.digest);
  const annotations = { 'dev.sigstore.cosign/certificate': certificate, 'dev.sigstore.cosign/chain': certificate };
  const [alone, chain] = await readTagged('sig', [
    await simpleSigningLayer(signer, payload, { 'dev.sigstore.cosign/certificate': certificate }),
    await simpleSigningLayer(signer, payload, annotations),
  ]);
  const lengths = [alone, chain].map((one) => {
    const material = one === undefined ? undefined : materialOf(one);
    return material?.kind === 'certificates' ? material.chain.map(({ length }) => length) : [];
  });
  expect(lengths).toEqual([[420], [420, 420]]);
});

test.each([
  ['none', 'text'],
  ['one that is none', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'],
  ['eleven', Array(11).fill(certificate).join('\n')],
])('a signature with %s in place of certificates is shown as unreadable', async (_, text) => {
  const annotations = { 'dev.sigstore.cosign/certificate': text };
  const layer = await simpleSigningLayer(signer, simpleSigningPayload(subject.digest), annotations);
  expect((await readTagged('sig', [layer])).map(({ problem }) => problem?.code)).toEqual(['CERTIFICATE_INVALID']);
});

test('a signature that is none, or of another kind, is shown as unreadable', async () => {
  const good = await simpleSigningLayer(signer, simpleSigningPayload(subject.digest));
  const { annotations: _, ...unsigned } = good;
  const found = await readTagged('sig', [
    unsigned,
    { ...good, annotations: { 'dev.cosignproject.cosign/signature': 'MEUC*' } },
    { ...good, mediaType: 'text/plain' },
    { ...good, size: 2 ** 40 },
  ]);
  expect(found.map(({ problem }) => problem?.code)).toEqual([
    'SIGNATURE_INVALID',
    'SIGNATURE_INVALID',
    'UNSUPPORTED',
    'LIMIT_EXCEEDED',
  ]);
  expect(found.some((one) => isSignedBy(one, signer.publicKey))).toBe(false);
});

test('a tag that leads to an index, or to bytes that are no manifest, is shown as unreadable', async () => {
  const index = Buffer.from('{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}');
  const digest = digestOf(index);
  const target = { mediaType: 'application/vnd.oci.image.index.v1+json', digest, size: index.length };
  const upload = await store.start(target);
  await upload.write(index);
  await upload.commit(digest);
  await store.tag(tagOf('sig'), target);
  await store.tag(tagOf('att'), { ...target, size: 1 });
  const found = await readAttestations(store, subject);
  expect(found.map(({ problem }) => problem?.code)).toEqual(['MANIFEST_INVALID', 'SIZE_INVALID']);
});

test('more signatures under a tag than anybody reads are not read in part', async () => {
  const layer = await simpleSigningLayer(signer, simpleSigningPayload(subject.digest));
  const reading = readTagged('sig', Array(1_001).fill(layer));
  expect((await failureOf(reading)).code).toBe('TRUST_UNDECIDED');
});

const good = simpleSigningPayload(digestOf('x'));
const critical = (change: object) => ({ ...good, critical: { ...(good['critical'] as object), ...change } });

test.each([
  ['no JSON', 'x'],
  ['a list', '[]'],
  ['nothing in it', '{}'],
  ['another type', JSON.stringify(critical({ type: 'sigstore' }))],
  ['no type', JSON.stringify(critical({ type: undefined }))],
  ['no image', JSON.stringify(critical({ image: undefined }))],
  ['no identity', JSON.stringify(critical({ identity: null }))],
  [
    'a digest in capitals',
    JSON.stringify(critical({ image: { 'docker-manifest-digest': `sha256:${'A'.repeat(64)}` } })),
  ],
  ['a reference that is no text', JSON.stringify(critical({ identity: { 'docker-reference': 7 } }))],
  ['optional that is a list', JSON.stringify({ ...good, optional: [] })],
  ['one key twice', JSON.stringify(good).replace('{', '{"optional":{},')],
])('parseSimpleSigning() refuses %s', (_, text) => {
  expect(() => parseSimpleSigning(Buffer.from(text))).toThrow(expect.objectContaining({ code: 'STATEMENT_INVALID' }));
});

test('parseSimpleSigning() reads a signature without a name, and without anything optional', () => {
  const bare = { critical: { ...(good['critical'] as object), identity: { 'docker-reference': '' } } };
  expect(parseSimpleSigning(Buffer.from(JSON.stringify(bare)))).toMatchObject({ reference: undefined, optional: {} });
});

test('parseSimpleSigning() reads or refuses any JSON, and any change of a good one', () => {
  const text = JSON.stringify(good);
  const anyBytes = fc.oneof(
    fc.json().map((json) => Buffer.from(json)),
    fc.tuple(fc.nat(text.length - 1), fc.nat(255)).map(([at, byte]) => {
      const bytes = Buffer.from(text);
      bytes[at] = byte;
      return bytes;
    }),
  );
  fc.assert(
    fc.property(anyBytes, (bytes) => {
      try {
        expect(parseSimpleSigning(bytes).digest).toMatch(/^sha256:[0-9a-f]{64}$/);
      } catch (error) {
        expect(error).toBeInstanceOf(WaybillError);
        expect(error).toMatchObject({ code: 'STATEMENT_INVALID' });
      }
    }),
    runs(2_000),
  );
});
