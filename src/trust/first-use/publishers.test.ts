import { expect, test } from 'vitest';
import { issueLeaf, issueRoot } from '../../../test/_support/certificates.ts';
import { FACTS, published, said } from '../../../test/_support/trust-cases.ts';
import { newKey, PACKAGE } from '../../../test/_support/trust-files.ts';
import { digestOf } from '../../oci/digest.ts';
import type { Attestation } from '../attestations/attestation.ts';
import type { Bundle } from '../bundle/bundle.ts';
import { localSigner } from '../keys/signer.ts';
import { publicationsOf } from './publishers.ts';

const signer = newKey().signer;
const idsOf = (attestations: readonly Attestation[]) =>
  publicationsOf(attestations, FACTS.digest).map(({ key }) => key.id);

test('publicationsOf() tells the key of each statement about the package, without having been given it', async () => {
  const other = newKey('P-384').signer;
  expect(idsOf([...(await published(signer)), ...(await published(other))])).toEqual([
    signer.publicKey.id,
    other.publicKey.id,
  ]);
});

test('publicationsOf() tells the key of a certificate, whoever issued it', async () => {
  const leaf = issueLeaf(issueRoot());
  const certified = { ...localSigner(leaf.key, 'leaf'), certificates: [leaf.der] };
  expect(idsOf(await published(certified))).toEqual([certified.publicKey.id]);
  expect(idsOf(await published({ ...certified, certificates: [Buffer.from('junk')] }))).toEqual([]);
  expect(idsOf(await published({ ...certified, certificates: [issueLeaf(issueRoot()).der] }))).toEqual([]);
});

test('publicationsOf() takes nothing else for a publication', async () => {
  const [files, statement] = (await published(signer)) as [Attestation, Attestation];
  const bundle = statement.bundle as Bundle;
  const forged: Attestation = {
    ...statement,
    bundle: { ...bundle, envelope: { ...bundle.envelope, payload: Buffer.from('{}') } },
  };
  const elsewhere = await said(signer, digestOf('another package'), PACKAGE, {});
  const ed25519 = await said(newKey('ed25519').signer, FACTS.digest, PACKAGE, {});
  expect(
    idsOf([files, forged, elsewhere, ed25519, await said(signer, FACTS.digest, 'https://example.com/x', {})]),
  ).toEqual([]);
});

test('publicationsOf() does not look at any number of them', async () => {
  const [, statement] = (await published(signer)) as [Attestation, Attestation];
  expect(idsOf(Array(33).fill(statement))).toEqual([signer.publicKey.id]);
  const bundle = statement.bundle as Bundle;
  const many = Array.from({ length: 33 }, (_, at) => ({
    ...statement,
    bundle: { ...bundle, digest: digestOf(`${at}`) },
  }));
  expect(() => idsOf(many)).toThrow(expect.objectContaining({ code: 'TRUST_UNDECIDED' }));
});
