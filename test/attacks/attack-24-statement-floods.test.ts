/** Attack 24, statements: more of them than anybody verifies, larger ones than fit, and lists that are written over. */
import { expect, test } from 'vitest';
import { digestOf } from '../../src/oci/digest.ts';
import { attach } from '../../src/trust/attestations/attach.ts';
import { readAttestations } from '../../src/trust/attestations/read.ts';
import { startRegistry } from '../_registry/server.ts';
import { openTarget } from '../_support/attached.ts';
import { startTestHub } from '../_support/hub.ts';
import { failureOf } from '../_support/refusal.ts';
import { openRepositoryAt } from '../_support/registry.ts';
import { makeScratch } from '../_support/scratch.ts';
import { manifestWith, newSigner, signedBundle } from '../_support/statements.ts';
import { manifestIn } from '../contracts/store.ts';

const signer = newSigner();
const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const NOW = new Date(0);

test('a flood of what calls itself a statement ends in "cannot tell", a flood of other things in nothing', async () => {
  using scratch = makeScratch();
  await using hub = await startTestHub(scratch.at('hub'));
  await using store = await openRepositoryAt(hub.address, 'acme/x');
  const subject = await manifestIn(store, 'the package');
  await attach(store, subject, await signedBundle(signer, subject.digest), 'https://example.com/said/v1', NOW);
  const flood = async (artifactType: string, count: number) => {
    for (let at = 0; at < count; at += 50)
      await Promise.all(
        Array.from({ length: 50 }, (_, step) =>
          manifestWith(store, [], { subject, artifactType, annotations: { at: `${at + step}` } }),
        ),
      );
  };
  await flood('application/x-flood', 250);
  expect(await readAttestations(store, subject)).toHaveLength(1);
  await flood(BUNDLE, 1_000);
  const error = await failureOf(readAttestations(store, subject));
  expect(error).toMatchObject({ code: 'TRUST_UNDECIDED', message: expect.stringContaining('more than 1000') });
});

test('one of many gigabytes is not read, and does not keep the others from being read', async () => {
  await using target = await openTarget();
  const { store, subject } = target;
  const layers = [{ mediaType: BUNDLE, bytes: Buffer.from('{}'), size: 2 ** 45 }];
  await store.attach(await manifestWith(store, layers, { subject, artifactType: BUNDLE }));
  await target.plant(await signedBundle(signer, subject.digest));
  expect([...(await target.said(signer.publicKey))].sort()).toEqual(['LIMIT_EXCEEDED', 'believed']);
});

test('a bundle whose JSON unfolds a thousand times is refused before it is unfolded', async () => {
  await using target = await openTarget();
  await target.plant(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
  await target.plant(`{"mediaType":"${'x'.repeat(10_000_000)}"}`);
  expect(await target.said(signer.publicKey)).toEqual(['BUNDLE_INVALID', 'BUNDLE_INVALID']);
});

test('where the list is a tag that others write: planted entries are shown, an overwritten list is no empty one', async () => {
  await using registry = await startRegistry();
  registry.faults.hasNoReferrers = true;
  await using store = await openRepositoryAt(registry.host, 'acme/x');
  const subject = await manifestIn(store, 'the package');
  await attach(store, subject, await signedBundle(signer, subject.digest), 'https://example.com/said/v1', NOW);
  const tag = `acme/x ${subject.digest.replace(':', '-')}`;
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  const list = JSON.parse(registry.manifests.get(tag)?.bytes.toString() ?? '');
  const absent = { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: digestOf('absent'), size: 7 };
  const put = (stored: { mediaType: string; bytes: Buffer }) => {
    for (const key of [tag, `acme/x ${digestOf(stored.bytes)}`]) registry.manifests.set(key, stored);
  };
  const write = (manifests: unknown) =>
    put({ mediaType, bytes: Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests })) });
  // The manifest of another package as a statement, and one that is nowhere.
  write([...list.manifests, { ...absent, artifactType: BUNDLE }, { ...subject, artifactType: BUNDLE }]);
  const found = await readAttestations(store, subject);
  expect(found.map(({ problem }) => problem?.code)).toEqual([undefined, 'BLOB_UNKNOWN', 'MANIFEST_INVALID']);
  for (const broken of [{}, 'x', [{ ...absent, digest: 'sha256:7' }]]) {
    write(broken);
    expect((await failureOf(readAttestations(store, subject))).code).toMatch(/^(?:MANIFEST|DIGEST)_INVALID$/);
  }
  // What stands under another media type than a list has.
  put({ mediaType: 'application/json', bytes: Buffer.from('{}') });
  expect((await failureOf(readAttestations(store, subject))).code).toBe('MANIFEST_INVALID');
});
