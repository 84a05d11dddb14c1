/** Attack 15: layers with `urls` (ContainerDrip): content comes from the store that was asked, and from nowhere else. */

import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verify } from '../../src/model/verify.ts';
import { copy } from '../../src/oci/copy.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { memory } from '../../src/oci/stores/memory.ts';
import { pushBytes } from '../../src/oci/verified.ts';
import { blobFile, makeArtifact } from '../_support/artifact-maker.ts';
import { startTestHub } from '../_support/hub.ts';
import { failureOf } from '../_support/refusal.ts';
import { openRepositoryAt } from '../_support/registry.ts';
import { makeScratch } from '../_support/scratch.ts';
import { openAttack } from '../_support/stores.ts';

const scratch = makeScratch();
const FOREIGN = 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip';
const weights = 'weights of somebody else';

/** A server that must never be asked: it would hand out the content, and learn who wants it. */
let asked: string[];
let elsewhere: http.Server;
let origin: string;
beforeAll(async () => {
  asked = [];
  elsewhere = http.createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.end(weights);
  });
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
});
afterAll(() => {
  elsewhere.close();
  scratch[Symbol.dispose]();
});

test('verify() does not follow urls of a layer that is missing', async () => {
  const made = makeArtifact()
    .file('model.bin', weights, { descriptor: { urls: [`${origin}/layer`] } })
    .write(scratch.at('layout'));
  fs.rmSync(blobFile(made.folder, digestOf(weights)));
  for (const kind of ['oci', 'oci-archive'] as const) {
    await using attack = await openAttack(kind, made);
    expect((await verify(attack.store, attack.target)).verdict).toBe('fail');
  }
  expect(asked).toEqual([]);
});

test.each(['application/x-layer', FOREIGN, 'application/vnd.oci.image.layer.nondistributable.v1.tar'])(
  'neither the hub nor copy() follows urls of a %s',
  async (mediaType) => {
    await using hub = await startTestHub(scratch.at(`hub-${digestOf(mediaType).slice(7, 15)}`));
    await using store = await openRepositoryAt(hub.address, 'acme/x');
    const config = await pushBytes(store, 'application/x-config', Buffer.from('{}'));
    const layer = { mediaType, digest: digestOf(weights), size: weights.length, urls: [`${origin}/layer`] };
    const manifest = {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config,
      layers: [layer],
    };
    const put = await fetch(`${hub.address}/v2/acme/x/manifests/1`, {
      method: 'PUT',
      body: JSON.stringify(manifest),
      headers: { 'content-type': manifest.mediaType },
    });
    // Only what may lie elsewhere by its licence may be named without being there.
    expect(put.status).toBe(mediaType === 'application/x-layer' ? 404 : 201);
    expect((await fetch(`${hub.address}/v2/acme/x/blobs/${layer.digest}`)).status).toBe(404);
    const target = await store.resolve('1');
    if (target !== undefined) {
      await using to = await memory.open('', { access: 'write' });
      expect((await failureOf(copy(store, to, target, { name: '1' }))).code).toBe('BLOB_UNKNOWN');
    }
    expect(asked).toEqual([]);
  },
);
