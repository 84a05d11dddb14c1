import { afterEach, beforeEach, expect, test } from 'vitest';
import { failureOf } from '../../../test/_support/refusal.ts';
import { manifestWith, newSigner, type PlantedLayer, signedBundle } from '../../../test/_support/statements.ts';
import { manifestIn } from '../../../test/contracts/store.ts';
import { WaybillError } from '../../base/errors.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { digestOf } from '../../oci/digest.ts';
import type { ArtifactStore } from '../../oci/store.ts';
import type { OpenStore } from '../../oci/store-kind.ts';
import { memory } from '../../oci/stores/memory.ts';
import { BUNDLE_MEDIA_TYPE } from '../bundle/bundle.ts';
import { signStatement } from '../sign-statement.ts';
import { attach, attachProof } from './attach.ts';
import { readProofs } from './proofs.ts';
import { readAttestations } from './read.ts';

const signer = newSigner();
const NOW = new Date('2026-11-23T15:00:00Z');
const TYPE = 'https://example.com/said/v1';

let store: OpenStore;
let subject: Descriptor;
beforeEach(async () => {
  store = await memory.open('', { access: 'write' });
  subject = await manifestIn(store, 'the package');
});
afterEach(() => store[Symbol.asyncDispose]());

/** The same store, but what it says is attached. */
function listing(referrers: readonly Descriptor[]): ArtifactStore {
  return new Proxy(store, {
    get: (target, name) => {
      if (name === 'referrers') return async () => referrers;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

async function plant(layers: readonly PlantedLayer[], artifactType: string | undefined = BUNDLE_MEDIA_TYPE) {
  const planted = await manifestWith(store, layers, { subject, ...(artifactType === '' ? {} : { artifactType }) });
  await store.attach(planted);
  return planted;
}

const layerOf = (bytes: Uint8Array, mediaType: string = BUNDLE_MEDIA_TYPE): PlantedLayer => ({ mediaType, bytes });

test('readAttestations() gives the statement, its bundle and the hint of each referrer', async () => {
  const bundle = await signedBundle(signer, subject.digest);
  const referrer = await attach(store, subject, bundle, 'https://example.com/another', NOW);
  const [found, ...others] = await readAttestations(store, subject);
  expect(others).toEqual([]);
  expect(found).toMatchObject({
    referrer: { digest: referrer.digest },
    source: 'bundle',
    hint: 'https://example.com/another',
    bundle: { digest: digestOf(bundle) },
    statement: { predicateType: TYPE, predicate: { said: 'something' } },
  });
  expect(found?.problem).toBeUndefined();
});

test('readAttestations() of an artifact to which nothing is attached gives nothing', async () => {
  expect(await readAttestations(store, subject)).toEqual([]);
});

test('readAttestations() leaves out what is attached and is something else', async () => {
  await attachProof(store, subject, Buffer.from('proof'), digestOf('bundle'));
  await store.attach(await manifestIn(store, 'a note', subject));
  await plant([layerOf(Buffer.from('text'), 'text/plain')], '');
  expect(await readAttestations(store, subject)).toEqual([]);
});

test('readAttestations() finds a bundle whose list and manifest state no artifact type, and one listed twice once', async () => {
  const planted = await plant([layerOf(await signedBundle(signer, subject.digest))], '');
  const found = await readAttestations(listing([planted, planted]), subject);
  expect(found.map(({ statement }) => statement?.predicateType)).toEqual([TYPE]);
  expect(found[0]?.hint).toBeUndefined();
});

test.each<[string, () => Promise<readonly PlantedLayer[]>, string]>([
  ['no JSON', async () => [layerOf(Buffer.from('{'))], 'BUNDLE_INVALID'],
  ['no layer', async () => [], 'MANIFEST_INVALID'],
  ['two layers', async () => [layerOf(Buffer.from('{}')), layerOf(Buffer.from('[]'))], 'MANIFEST_INVALID'],
  ['a layer of another type', async () => [layerOf(Buffer.from('{}'), 'text/plain')], 'MANIFEST_INVALID'],
  ['a size that is not that of its bytes', async () => [{ ...layerOf(Buffer.from('{}')), size: 3 }], 'SIZE_INVALID'],
  ['more bytes than any bundle', async () => [{ ...layerOf(Buffer.from('{}')), size: 2 ** 40 }], 'LIMIT_EXCEEDED'],
])('readAttestations() shows a referrer with %s, and why it cannot be read', async (_, layers, code) => {
  const planted = await plant(await layers());
  const good = await attach(store, subject, await signedBundle(signer, subject.digest), TYPE, NOW);
  const found = await readAttestations(store, subject);
  expect(found.find(({ referrer }) => referrer.digest === planted.digest)?.problem?.code).toBe(code);
  expect(found.find(({ referrer }) => referrer.digest === good.digest)?.statement).toBeDefined();
});

test('readAttestations() shows a bundle among other layers, though nothing says that it is one', async () => {
  await plant([layerOf(Buffer.from('{}')), layerOf(Buffer.from('text'), 'text/plain')], '');
  expect((await readAttestations(store, subject)).map(({ problem }) => problem?.code)).toEqual(['MANIFEST_INVALID']);
});

test('readAttestations() takes the type from the manifest where the list leaves it out', async () => {
  const planted = await plant([layerOf(Buffer.from('text'), 'text/plain')]);
  const found = await readAttestations(listing([planted]), subject);
  expect(found.map(({ problem }) => problem?.code)).toEqual(['MANIFEST_INVALID']);
});

test('readAttestations() shows an index that says it is a bundle', async () => {
  const bytes = Buffer.from(`{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}`);
  const index = { mediaType: 'application/vnd.oci.image.index.v1+json', digest: digestOf(bytes), size: bytes.length };
  const upload = await store.start(index);
  await upload.write(bytes);
  await upload.commit(index.digest);
  const found = await readAttestations(listing([{ ...index, artifactType: BUNDLE_MEDIA_TYPE }]), subject);
  expect(found.map(({ problem }) => problem?.code)).toEqual(['MANIFEST_INVALID']);
});

test('readAttestations() shows what is listed and not there, with what the list says of it', async () => {
  const absent = { mediaType: subject.mediaType, digest: digestOf('absent'), size: 7 };
  const hinted = { 'dev.sigstore.bundle.predicateType': TYPE };
  const listed = [
    { ...absent, artifactType: BUNDLE_MEDIA_TYPE, annotations: hinted },
    { ...absent, digest: digestOf('also absent') },
  ];
  const found = await readAttestations(listing(listed), subject);
  expect(found.map(({ problem, hint }) => [problem?.code, hint])).toEqual([
    ['BLOB_UNKNOWN', TYPE],
    ['BLOB_UNKNOWN', undefined],
  ]);
});

test.each(['application/json', 'text/plain', 'application/vnd.in-toto+jsom'])(
  'readAttestations() says that %s is no statement, and still who signed it',
  async (payloadType) => {
    await plant([layerOf(await signStatement(signer, Buffer.from('{}'), payloadType))]);
    const [found] = await readAttestations(store, subject);
    expect(found?.problem).toMatchObject({ code: 'STATEMENT_INVALID', found: payloadType });
    expect(found?.bundle?.material).toEqual({ kind: 'key', hint: signer.publicKey.id });
    expect(found?.statement).toBeUndefined();
  },
);

test('readAttestations() reads nothing rather than a part where more are attached than anybody reads', async () => {
  const many = Array.from({ length: 1_001 }, (_, at) => ({
    mediaType: subject.mediaType,
    digest: digestOf(`${at}`),
    size: 7,
    artifactType: BUNDLE_MEDIA_TYPE,
  }));
  expect((await failureOf(readAttestations(listing(many), subject))).code).toBe('TRUST_UNDECIDED');
  expect(await readAttestations(listing(many.slice(1)), subject)).toHaveLength(1_000);
  const others = many.map((one) => ({ ...one, artifactType: 'application/x-flood' }));
  expect(await readAttestations(listing(others), subject)).toEqual([]);
});

test('readAttestations() reads nothing rather than a part where it is more than fits into memory', async () => {
  const half = 64 * 1024 * 1024;
  for (let at = 0; at < 5; at++) await plant([{ ...layerOf(Buffer.from(`{"${at}":0}`)), size: half }]);
  const error = await failureOf(readAttestations(store, subject));
  expect(error).toMatchObject({ code: 'TRUST_UNDECIDED', message: expect.stringContaining('268435456 bytes') });
});

test('readAttestations() throws what keeps it from reading: a store that does not answer holds more than it says', async () => {
  await attach(store, subject, await signedBundle(signer, subject.digest), TYPE, NOW);
  for (const broken of ['referrers', 'open', 'resolve'] as const) {
    const failing = new Proxy(store, {
      get: (target, name) => {
        if (name === broken)
          return async () => {
            throw new WaybillError('REGISTRY_UNAVAILABLE', 'Cannot reach it: it is gone');
          };
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    expect((await failureOf(readAttestations(failing, subject))).code).toBe('REGISTRY_UNAVAILABLE');
  }
});

test('readAttestations() throws bugs as they are', async () => {
  await attach(store, subject, await signedBundle(signer, subject.digest), TYPE, NOW);
  const failing = new Proxy(store, {
    get: (target, name) => {
      if (name === 'open') return () => Promise.reject(new TypeError('a bug'));
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  await expect(readAttestations(failing, subject)).rejects.toBeInstanceOf(TypeError);
});

test('readProofs() gives the bytes of each proof, and of which bundle it is said to be', async () => {
  await attachProof(store, subject, Buffer.from('a proof'), digestOf('a bundle'));
  const layers = [{ mediaType: 'application/vnd.c2sp.tlog-proof.v1', bytes: Buffer.from('another') }];
  const annotations = { 'dev.waybill.log.bundle': 'nonsense' };
  const artifactType = 'application/vnd.c2sp.tlog-proof.v1';
  await store.attach(await manifestWith(store, layers, { subject, artifactType, annotations }));
  await store.attach(await manifestWith(store, [], { subject, artifactType }));
  await attach(store, subject, await signedBundle(signer, subject.digest), TYPE, NOW);
  const found = await readProofs(store, subject);
  expect(found.map(({ bundle, content }) => [bundle, content instanceof Error ? content.code : `${content}`])).toEqual([
    [digestOf('a bundle'), 'a proof'],
    [undefined, 'another'],
    [undefined, 'MANIFEST_INVALID'],
  ]);
});
