/** Attack 31: what was signed of one package is put together with another: manifests, file signatures, configurations. */
import { beforeEach, expect, test } from 'vitest';
import { copy } from '../../src/oci/copy.ts';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import { openLayout } from '../../src/oci/layout/layout.ts';
import { memory } from '../../src/oci/stores/memory.ts';
import { pushBytes, readContent } from '../../src/oci/verified.ts';
import { attach } from '../../src/trust/attestations/attach.ts';
import { readAttestations } from '../../src/trust/attestations/read.ts';
import { predicateTypes } from '../../src/trust/predicate-types.ts';
import { demand, release } from '../_support/publishing.ts';
import { newKey } from '../_support/trust-files.ts';
import { type Meeting, meet } from '../_support/two-machines.ts';
import { requirementsOf, runVerb, storeOf } from '../_support/verbs.ts';

const keys = { publisher: newKey() };
const { signer } = keys.publisher;
let meeting: Meeting;
let [first, second]: Descriptor[] = [];
beforeEach(async () => {
  meeting = await meet();
  first = await release(meeting.publisher, { version: '1.0.0', signer });
  second = await release(meeting.publisher, { version: '2.0.0', signer });
  return () => meeting[Symbol.asyncDispose]();
});

const outcomes = async (reference: string) => {
  const result = await runVerb(['verify', reference, '--trust', demand(meeting.publisher, keys)], meeting.publisher);
  return [result.status, ...requirementsOf(result)];
};

/** Bundles of a package, by their predicate type. */
async function bundlesOf(target: Descriptor | undefined) {
  await using store = await openLayout(storeOf(meeting.publisher), 'read');
  const all = await readAttestations(store, target as Descriptor);
  const bytesOf = (type: string) =>
    all.find(({ statement }) => statement?.predicateType === type)?.bundle?.bytes ?? Buffer.alloc(0);
  return { files: bytesOf(predicateTypes.modelSignature), statement: bytesOf(predicateTypes.package) };
}

/** A package without anything attached, in a store of its own, with these bundles attached instead. */
async function mixed(target: Descriptor | undefined, bundles: readonly Buffer[]): Promise<void> {
  await using own = await memory.open('', { access: 'write' });
  {
    await using store = await openLayout(storeOf(meeting.publisher), 'read');
    await copy(store, own, target as Descriptor, { referrers: false });
  }
  for (const bytes of bundles) await attach(own, target as Descriptor, bytes, predicateTypes.package, new Date());
  await using out = await openLayout(meeting.scratch.at('mixed'), 'write');
  await copy(own, out, target as Descriptor, { name: 'acme/digits:mixed' });
}

const verdictOnMixture = async () => {
  const trust = ['--trust', demand(meeting.publisher, keys), '--repository', 'acme/digits'];
  const result = await runVerb(
    ['verify', `oci:${meeting.scratch.at('mixed')}:acme/digits:mixed`, ...trust],
    meeting.publisher,
  );
  return [result.status, ...requirementsOf(result)];
};

test('both packages are trusted with what belongs to them', async () => {
  expect(await outcomes('acme/digits:1.0.0')).toEqual([0, 'satisfied']);
  const { files, statement } = await bundlesOf(second);
  await mixed(second, [files, statement]);
  expect(await verdictOnMixture()).toEqual([0, 'satisfied']);
});

test('the signatures of one package do not cover another', async () => {
  const { files, statement } = await bundlesOf(first);
  await mixed(second, [files, statement]);
  expect(await verdictOnMixture()).toEqual([1, 'wrong-subject']);
});

test('the statement of one and the file signature of another do not fit', async () => {
  const [own, other] = [await bundlesOf(second), await bundlesOf(first)];
  await mixed(second, [other.files, own.statement]);
  expect(await verdictOnMixture()).toEqual([1, 'wrong-files']);
});

test('the file signature alone says nothing of the manifest', async () => {
  await mixed(second, [(await bundlesOf(second)).files]);
  expect(await verdictOnMixture()).toEqual([1, 'missing']);
});

test('the same files under another configuration are another package', async () => {
  await using store = await openLayout(storeOf(meeting.publisher), 'write');
  const manifest = JSON.parse((await readContent(store, first as Descriptor, 1_000_000, 'it')).toString());
  manifest.annotations['org.opencontainers.image.version'] = '9.9.9';
  const changed = await pushBytes(store, String(first?.mediaType), Buffer.from(JSON.stringify(manifest)));
  await store.tag('acme/digits:9.9.9', changed);
  const { files, statement } = await bundlesOf(first);
  for (const bytes of [files, statement]) await attach(store, changed, bytes, predicateTypes.package, new Date());
  expect(await outcomes('acme/digits:9.9.9')).toEqual([1, 'wrong-subject']);
});

test('a layout in which nothing is named is asked about by the name that is wanted, or not at all', async () => {
  const { files, statement } = await bundlesOf(first);
  await mixed(first, [files, statement]);
  const place = `oci:${meeting.scratch.at('mixed')}:acme/digits:mixed`;
  const trust = ['--trust', demand(meeting.publisher, keys)];
  expect((await runVerb(['verify', place, ...trust], meeting.publisher)).error?.code).toBe('USAGE');
  const other = await runVerb(['verify', place, ...trust, '--repository', 'acme/letters'], meeting.publisher);
  expect([other.status, ...requirementsOf(other)]).toEqual([1, 'wrong-name']);
});
