import { generateKeyPairSync } from 'node:crypto';
import fs from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { makeArtifact } from '../../../test/_support/artifact-maker.ts';
import { failureOf } from '../../../test/_support/refusal.ts';
import { makeScratch } from '../../../test/_support/scratch.ts';
import { signerNamed } from '../../../test/_support/signers.ts';
import { makeFolder, packInto } from '../../../test/_support/source.ts';
import { openAttack } from '../../../test/_support/stores.ts';
import { type Digest, digestOf, encodedOf } from '../../oci/digest.ts';
import { openLayout } from '../../oci/layout/layout.ts';
import { attach } from '../../trust/attestations/attach.ts';
import { readProofs } from '../../trust/attestations/proofs.ts';
import { readAttestations } from '../../trust/attestations/read.ts';
import { isSignedBy } from '../../trust/attestations/signed-by.ts';
import { localSigner, type Signer } from '../../trust/keys/signer.ts';
import { logEntry } from '../../trust/log/entry.ts';
import { createLog } from '../../trust/log/writer/open.ts';
import { readModelSignature } from '../../trust/oms/read.ts';
import { PackagePredicate } from '../../trust/predicate/package-predicate.ts';
import { predicateTypes } from '../../trust/predicate-types.ts';
import { signStatement } from '../../trust/sign-statement.ts';
import { packageStatement } from './package-statement.ts';
import { type SignPackageOptions, signPackage } from './sign-package.ts';
import { openStatementLog } from './statement-log.ts';

const scratch = makeScratch();
afterAll(() => scratch[Symbol.dispose]());
const alice = signerNamed('alice');
const bob = signerNamed('bob');
const now = new Date('2026-11-27T12:00:00.123Z');

let count = 0;
async function packed(files: Readonly<Record<string, string>> = { 'weights/model.bin': 'weights' }) {
  const place = scratch.at(`store-${count++}`);
  const { manifest, setDigest } = await packInto(place, makeFolder(scratch.at(`folder-${count++}`), files));
  const store = await openLayout(place, 'write');
  const sign = (signer: Signer, options: Partial<SignPackageOptions> = {}) =>
    signPackage(store, manifest, { signer, now, ...options });
  return { place, store, manifest, setDigest, sign, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
}

test('signPackage() attaches a signature over the files and a statement that binds it to the manifest', async () => {
  await using made = await packed();
  const signed = await made.sign(alice, { expires: new Date('2027-11-27T00:00:00Z') });
  const attestations = await readAttestations(made.store, made.manifest);
  expect(attestations.map(({ statement }) => statement?.predicateType)).toEqual([
    predicateTypes.modelSignature,
    predicateTypes.package,
  ]);
  for (const attestation of attestations) expect(isSignedBy(attestation, alice.publicKey)).toBe(true);
  const [model, own] = attestations;
  if (model?.bundle === undefined || own?.statement === undefined) throw new Error('it is not attached');
  const { resources, root, name } = readModelSignature(model.bundle);
  expect(resources.map((resource) => resource.name)).toEqual(['SHA256SUMS', 'waybill.yaml', 'weights/model.bin']);
  expect([name, root]).toEqual(['model', signed.root]);
  expect(own.statement).toEqual({
    version: 'v1',
    subjects: [{ name: 'acme/model', digest: { sha256: encodedOf(made.manifest.digest) } }],
    predicateType: predicateTypes.package,
    predicate: {
      name: 'acme/model',
      version: '1.0.0',
      setDigest: made.setDigest,
      omsRoot: root,
      omsBundle: model.bundle.digest,
      issuedAt: '2026-11-27T12:00:00Z',
      expires: '2027-11-27T00:00:00Z',
    },
  });
  expect(PackagePredicate.parse(own.statement.predicate)).toEqual(own.statement.predicate);
  expect(signed).toMatchObject({ modelBundle: model.bundle.digest, packageBundle: own.bundle?.digest });
  expect(signed.attached.map(({ digest }) => digest)).toEqual([model.referrer.digest, own.referrer.digest]);
});

describe('signPackage() again', () => {
  test('has nothing to do for the same key, and adds those of another', async () => {
    await using made = await packed();
    const first = await made.sign(alice);
    const later = new Date('2026-12-01T00:00:00Z');
    expect(await made.sign(alice, { now: later })).toEqual({ ...first, attached: [] });
    expect((await made.sign(bob)).attached).toHaveLength(2);
    expect((await made.sign(alice, { now: later })).attached).toEqual([]);
    expect(await readAttestations(made.store, made.manifest)).toHaveLength(4);
  });

  test('makes a new statement over the same signature when it is to expire at another time', async () => {
    await using made = await packed();
    const first = await made.sign(alice);
    const second = await made.sign(alice, { expires: new Date('2027-01-01T00:00:00Z') });
    expect(second.attached).toHaveLength(1);
    expect(second.modelBundle).toBe(first.modelBundle);
    expect(second.packageBundle).not.toBe(first.packageBundle);
  });

  test('does not take for its own what others say, or what its key says of something else', async () => {
    await using made = await packed();
    const says = {
      name: 'acme/model',
      version: '1.0.0',
      setDigest: made.setDigest,
      omsRoot: 'a'.repeat(64),
      omsBundle: digestOf('x'),
      expires: undefined,
    };
    const junk = [
      Buffer.from('{}'),
      await signStatement(alice, packageStatement(made.manifest.digest, { ...says, issuedAt: now })),
      await signStatement(alice, packageStatement(digestOf('another'), { ...says, issuedAt: now })),
      await signStatement(alice, Buffer.from('no statement')),
    ];
    for (const bytes of junk) await attach(made.store, made.manifest, bytes, predicateTypes.package, now);
    expect((await made.sign(alice)).attached).toHaveLength(2);
  });
});

describe('signPackage() with a log', () => {
  async function newLog() {
    const folder = scratch.at(`log-${count++}`);
    const signer = localSigner(generateKeyPairSync('ed25519').privateKey, 'log');
    await createLog(folder, 'log.example/models', signer);
    return () => openStatementLog(folder, signer);
  }

  test('enters both before it attaches them, with proofs that the log holds, and once', async () => {
    await using made = await packed();
    const log = await newLog();
    const { attached, modelBundle, packageBundle } = await made.sign(alice, { log });
    expect(attached).toHaveLength(4);
    const entryOf = (bundle: Digest, predicateType: string) =>
      logEntry({ kind: 'attestation', bundle, subject: made.manifest.digest, predicateType });
    const entries = [
      entryOf(modelBundle, predicateTypes.modelSignature),
      entryOf(packageBundle, predicateTypes.package),
    ];
    const proofs = await readProofs(made.store, made.manifest);
    const opened = await log();
    expect(new Set(proofs.map(({ bundle }) => bundle))).toEqual(new Set([modelBundle, packageBundle]));
    for (const entry of entries)
      expect(proofs.some(({ content }) => Buffer.isBuffer(content) && opened.holds(content, entry))).toBe(true);
    expect(opened.holds(Buffer.from('junk'), entries[0] ?? Buffer.alloc(0))).toBe(false);
    opened[Symbol.dispose]();
    expect((await made.sign(alice, { log })).attached).toEqual([]);
  });

  test('enters what was signed without one', async () => {
    await using made = await packed();
    await made.sign(alice);
    const log = await newLog();
    expect((await made.sign(alice, { log })).attached).toHaveLength(2);
    expect(await readAttestations(made.store, made.manifest)).toHaveLength(2);
  });

  test('attaches nothing when the log fails', async () => {
    await using made = await packed();
    const log = await newLog();
    const failing = async () => ({ ...(await log()), enter: () => Promise.reject(new Error('the disk is full')) });
    await expect(made.sign(alice, { log: failing })).rejects.toThrow('the disk is full');
    expect(await readAttestations(made.store, made.manifest)).toEqual([]);
  });
});

describe('signPackage() refuses', () => {
  test('a package with a damaged file, and attaches nothing', async () => {
    await using made = await packed();
    fs.writeFileSync(`${made.place}/blobs/sha256/${encodedOf(digestOf('weights'))}`, 'Weights');
    const error = await failureOf(made.sign(alice));
    expect([error.code, error.message]).toEqual(['DIGEST_INVALID', expect.stringContaining('weights/model.bin')]);
    expect(await made.store.referrers(made.manifest)).toEqual([]);
  });

  test('what another tool packed without a SHA256SUMS, and what states no name', async () => {
    const foreign = makeArtifact().file('a.bin', 'a').write(scratch.at('foreign'));
    await using without = await openAttack('memory', foreign);
    const error = await failureOf(signPackage(without.store, without.target, { signer: alice, now }));
    expect([error.code, error.hint]).toEqual(['UNSUPPORTED', expect.stringContaining('waybill convert')]);

    const nameless = makeArtifact()
      .file('a.bin', 'a')
      .sums()
      .config((config) => ({ ...config, descriptor: {} }))
      .write(scratch.at('nameless'));
    await using attack = await openAttack('memory', nameless);
    const unnamed = await failureOf(signPackage(attack.store, attack.target, { signer: alice, now }));
    expect(unnamed.message).toContain('does not state its name');
    const named = { name: 'acme/foreign', version: '1' };
    const signed = await signPackage(attack.store, attack.target, { signer: alice, now, named });
    expect(signed).toMatchObject(named);
  });

  test('a key that model signatures do not take', async () => {
    await using made = await packed();
    const signer = localSigner(generateKeyPairSync('ed25519').privateKey, 'log');
    expect((await failureOf(made.sign(signer))).code).toBe('KEY_INVALID');
  });
});
