/** Statements that cosign and others attached, as they lie in a store: read with their manifests, each verified or shown. */
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { digestOf } from '../src/oci/digest.ts';
import { IMAGE_MANIFEST } from '../src/oci/media-types.ts';
import { memory } from '../src/oci/stores/memory.ts';
import { pushBytes } from '../src/oci/verified.ts';
import { attach } from '../src/trust/attestations/attach.ts';
import { readAttestations } from '../src/trust/attestations/read.ts';
import { isSignedBy, materialOf, speaksOf } from '../src/trust/attestations/signed-by.ts';
import { readPublicKey } from '../src/trust/keys/public-key.ts';
import { readPredicate } from '../src/trust/predicate/find.ts';
import { withVectors } from './real/_vectors.ts';

withVectors('external/attest', (folder) => {
  const read = (name: string) => fs.readFileSync(path.join(folder, name));
  const key = (name: string) => readPublicKey(read(name), name);

  test.each([
    ['pass', 'p256.pub', 'signed'],
    ['nokeyid', 'p256.pub', 'signed'],
    ['signv1', 'p256.pub', 'signed'],
    ['cosign-own', 'cosign-own.pub', 'signed'],
    ['cosign-own', 'p256.pub', 'by another'],
    ['otherkey', 'p256.pub', 'by another'],
    ['unknownfield', 'p256.pub', 'BUNDLE_INVALID'],
  ])('%s under its own manifest, with the key %s: %s', async (name, publicKey, expected) => {
    await using store = await memory.open('', { access: 'write' });
    const subject = await pushBytes(store, IMAGE_MANIFEST, read('model-manifest.json'));
    await pushBytes(store, 'application/vnd.oci.empty.v1+json', Buffer.from('{}'));
    await pushBytes(store, 'application/vnd.dev.sigstore.bundle.v0.3+json', read(`${name}.bundle.json`));
    await store.attach(await pushBytes(store, IMAGE_MANIFEST, read(`${name}.manifest.json`)));
    const [found, ...others] = await readAttestations(store, subject);
    if (found === undefined) throw new Error('it was not found');
    expect(others).toEqual([]);
    expect(found.problem?.code ?? (isSignedBy(found, key(publicKey)) ? 'signed' : 'by another')).toBe(expected);
    expect(speaksOf(found, subject.digest)).toBe(found.problem === undefined);
    expect(found.bundle?.digest ?? digestOf(read(`${name}.bundle.json`))).toBe(digestOf(read(`${name}.bundle.json`)));
  });

  test('ours differs from what cosign accepted in nothing but key order and time', async () => {
    await using store = await memory.open('', { access: 'write' });
    const subject = await pushBytes(store, IMAGE_MANIFEST, read('model-manifest.json'));
    const type = 'https://slsa.dev/verification_summary/v1';
    const made = await attach(store, subject, read('pass.bundle.json'), type, new Date('2026-11-23T15:00:00Z'));
    const chunks: Uint8Array[] = [];
    for await (const chunk of (await store.open(made)).verified()) chunks.push(chunk);
    expect(JSON.parse(Buffer.concat(chunks).toString())).toEqual(JSON.parse(read('pass.manifest.json').toString()));
  });
});

withVectors('external/sigstore', (folder) => {
  const names = fs.readdirSync(folder).filter((name) => fs.existsSync(path.join(folder, name, 'bundle.sigstore.json')));

  test.each(names)('%s is read as a statement, or shown as what is not read', async (name) => {
    await using store = await memory.open('', { access: 'write' });
    const subject = await pushBytes(store, IMAGE_MANIFEST, Buffer.from('{"a":"subject"}'));
    const bytes = fs.readFileSync(path.join(folder, name, 'bundle.sigstore.json'));
    await attach(store, subject, bytes, 'https://example.com/x', new Date(0));
    const [found] = await readAttestations(store, subject);
    const { mediaType, dsseEnvelope } = JSON.parse(bytes.toString());
    const isRead = mediaType === 'application/vnd.dev.sigstore.bundle.v0.3+json' && dsseEnvelope !== undefined;
    if (found === undefined) throw new Error('it was not found');
    if (!isRead) {
      expect(found.problem?.code).toBe('BUNDLE_INVALID');
      return;
    }
    // Who signed it, and that it is logged, is the keyless method's to prove: none of it is taken for a key's.
    expect(found.problem?.code ?? 'read').toMatch(/^(?:read|STATEMENT_INVALID)$/);
    expect(materialOf(found)?.kind).toBe('certificates');
    expect(found.bundle?.logEntries).toBeGreaterThan(0);
    expect(speaksOf(found, subject.digest)).toBe(false);
    if (found.statement !== undefined) expect(readPredicate(found.statement).problems).toEqual([]);
  });
});
