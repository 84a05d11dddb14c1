import fs from 'node:fs';
import { expect, test } from 'vitest';
import { blobFile, makeArtifact, sha256 } from '../../../test/_support/artifact-maker.ts';
import { makeScratch } from '../../../test/_support/scratch.ts';
import { makeFolder, packInto } from '../../../test/_support/source.ts';
import { openAttack } from '../../../test/_support/stores.ts';
import { openLayout } from '../../oci/layout/layout.ts';
import { readPackageFacts } from './package-files.ts';

test('readPackageFacts() tells name, version, set digest and files of what pack() made', async () => {
  using scratch = makeScratch();
  const folder = makeFolder(scratch.at('m'), { 'weights/model.bin': 'weights' });
  const { manifest, setDigest } = await packInto(scratch.at('store'), folder);
  await using store = await openLayout(scratch.at('store'), 'read');
  const { facts, verification } = await readPackageFacts(store, manifest);
  expect(facts).toMatchObject({ digest: manifest.digest, name: 'acme/model', version: '1.0.0', setDigest });
  expect(facts.files.get('weights/model.bin')).toBe(sha256('weights'));
  expect([...facts.files.keys()].sort()).toEqual(['SHA256SUMS', 'waybill.yaml', 'weights/model.bin']);
  expect(verification.verdict).toBe('pass');

  fs.writeFileSync(blobFile(scratch.at('store'), sha256('weights')), 'evil');
  const damaged = await readPackageFacts(store, manifest);
  expect(damaged.verification.verdict).toBe('fail');
  expect(damaged.facts.name).toBeUndefined();
});

test('readPackageFacts() tells what is not known of what another tool packed', async () => {
  using scratch = makeScratch();
  const made = makeArtifact().file('a.bin', 'a').write(scratch.at('layout'));
  await using attack = await openAttack('oci', made);
  const { facts, verification } = await readPackageFacts(attack.store, attack.target);
  expect(verification.verdict).toBe('pass');
  expect(facts).toMatchObject({ setDigest: undefined, files: new Map([['a.bin', sha256('a')]]) });
});
