import { expect, test } from 'vitest';
import { manifestIn } from '../../../test/contracts/store.ts';
import { digestOf } from '../../oci/digest.ts';
import { MAX_MANIFEST_SIZE } from '../../oci/manifest.ts';
import { memory } from '../../oci/stores/memory.ts';
import { readContent } from '../../oci/verified.ts';
import { attach, attachProof } from './attach.ts';

test('attach() writes the manifest that cosign 3 writes, byte for byte known', async () => {
  await using store = await memory.open('', { access: 'write' });
  const subject = await manifestIn(store, 'the package');
  const bundle = Buffer.from('{"a":"bundle"}');
  const made = await attach(store, subject, bundle, 'https://example.com/x', new Date('2026-11-23T15:00:00.250Z'));
  const mediaType = 'application/vnd.dev.sigstore.bundle.v0.3+json';
  const manifest = await readContent(store, made, MAX_MANIFEST_SIZE, 'it');
  expect(JSON.parse(manifest.toString())).toEqual({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    artifactType: mediaType,
    config: {
      mediaType: 'application/vnd.oci.empty.v1+json',
      digest: 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
      size: 2,
    },
    layers: [{ mediaType, digest: digestOf(bundle), size: bundle.length }],
    subject: { mediaType: subject.mediaType, digest: subject.digest, size: subject.size },
    annotations: {
      'org.opencontainers.image.created': '2026-11-23T15:00:00Z',
      'dev.sigstore.bundle.content': 'dsse-envelope',
      'dev.sigstore.bundle.predicateType': 'https://example.com/x',
    },
  });
  expect((await store.referrers(subject)).map(({ digest }) => digest)).toEqual([made.digest]);
  expect(made).toMatchObject({ artifactType: mediaType, size: manifest.length });
});

test('attachProof() gives the same referrer when it is attached again', async () => {
  await using store = await memory.open('', { access: 'write' });
  const subject = await manifestIn(store, 'the package');
  const once = await attachProof(store, subject, Buffer.from('a proof'), digestOf('a bundle'));
  expect(await attachProof(store, subject, Buffer.from('a proof'), digestOf('a bundle'))).toEqual(once);
  expect(await store.referrers(subject)).toHaveLength(1);
  expect(once).toMatchObject({
    artifactType: 'application/vnd.c2sp.tlog-proof.v1',
    annotations: { 'dev.waybill.log.bundle': digestOf('a bundle') },
  });
});
