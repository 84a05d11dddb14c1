/** Attack 21: a name is given up and taken by somebody else, who serves his own packages under it. */
import fs from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { digestOf } from '../../src/oci/digest.ts';
import { release } from '../_support/publishing.ts';
import { newKey } from '../_support/trust-files.ts';
import { type Meeting, meet } from '../_support/two-machines.ts';
import { rulesOf, runVerb, storeOf } from '../_support/verbs.ts';

const [owner, taker] = [newKey().signer, newKey('P-384').signer];
let meeting: Meeting;
beforeEach(async () => {
  meeting = await meet();
});
afterEach(() => meeting[Symbol.asyncDispose]());

const publish = async (version: string, signer?: typeof owner) => {
  await release(meeting.publisher, {
    version,
    weights: `weights of ${version} ${signer?.publicKey.id}`,
    ...(signer === undefined ? {} : { signer }),
  });
  await meeting.push(`acme/digits:${version}`);
};

test('who signed a repository is remembered when it is first pulled, without a word of trust', async () => {
  await publish('1.0.0', owner);
  const first = await meeting.pull('acme/digits:1.0.0');
  expect([first.status, rulesOf(first)]).toEqual([0, ['first-use']]);
  expect(JSON.stringify(first.output)).toContain(owner.publicKey.id.slice(0, 16));
  expect(JSON.stringify(first.output)).not.toMatch(/trusted|verified publisher/i);
  expect(rulesOf(await meeting.pull('acme/digits:1.0.0'))).toEqual([]);
});

test('another who signs under the name is refused, whatever the version', async () => {
  await publish('1.0.0', owner);
  await meeting.pull('acme/digits:1.0.0');
  await publish('2.0.0', taker);
  const { status, error } = await meeting.pull('acme/digits:2.0.0');
  expect([status, error?.code]).toEqual([1, 'NOT_TRUSTED']);
  expect(error?.message).toContain(
    `signed by the key ${owner.publicKey.id.slice(0, 16)} before; now it is signed by the key ${taker.publicKey.id.slice(0, 16)}`,
  );
  const accepted = await meeting.pull('acme/digits:2.0.0', '--accept-change');
  expect([accepted.status, rulesOf(accepted)]).toEqual([0, ['publisher-changed']]);
});

test('a package that is not signed is refused where one was before', async () => {
  await publish('1.0.0', owner);
  await meeting.pull('acme/digits:1.0.0');
  await publish('2.0.0');
  const { status, error } = await meeting.pull('acme/digits:2.0.0');
  expect([status, error?.message]).toEqual([1, expect.stringContaining('now it is not signed by a publisher')]);
  const out = meeting.scratch.at('out');
  const restored = await runVerb(['unpack', `${meeting.registry.host}/acme/digits:2.0.0`, out], meeting.reader);
  expect([restored.status, fs.existsSync(out)]).toEqual([1, false]);
});

test('a statement that only names the key of the owner is not one of the owner', async () => {
  await publish('1.0.0', owner);
  await meeting.pull('acme/digits:1.0.0');
  await publish('2.0.0', taker);
  // The taker writes the other name into the bundles that are signed by him.
  const { blobs, manifests } = meeting.registry;
  const swap = (text: string) => text.replaceAll(taker.publicKey.id, owner.publicKey.id);
  for (const [digest, bytes] of [...blobs]) {
    if (!bytes.includes('dsseEnvelope') || !bytes.includes(taker.publicKey.id)) continue;
    const forged = Buffer.from(swap(bytes.toString()));
    const other = digestOf(forged);
    blobs.set(other, forged);
    for (const [key, stored] of [...manifests]) {
      if (!stored.bytes.includes(digest)) continue;
      const manifest = Buffer.from(stored.bytes.toString().replaceAll(digest, other));
      manifests.delete(key);
      manifests.set(`acme/digits ${digestOf(manifest)}`, {
        ...stored,
        bytes: manifest,
      });
    }
  }
  const { status, error } = await meeting.pull('acme/digits:2.0.0');
  expect([status, error?.message]).toEqual([1, expect.stringContaining('now it is not signed by a publisher')]);
});

test('the same name on another host is another repository', async () => {
  await publish('1.0.0', owner);
  await meeting.pull('acme/digits:1.0.0');
  await using other = await meet();
  await release(other.publisher, { version: '2.0.0', signer: taker });
  await other.push('acme/digits:2.0.0');
  const elsewhere = await runVerb(['pull', `${other.registry.host}/acme/digits:2.0.0`], meeting.reader);
  expect([elsewhere.status, rulesOf(elsewhere)]).toEqual([0, ['first-use']]);
});

test('a memory that is damaged is not taken for an empty one', async () => {
  await publish('1.0.0', owner);
  await meeting.pull('acme/digits:1.0.0');
  const folder = meeting.scratch.at('reader', 'data', 'waybill', 'seen', 'repositories');
  const [file = ''] = fs.readdirSync(folder);
  fs.truncateSync(`${folder}/${file}`, 20);
  await publish('2.0.0', taker);
  const { status, error } = await meeting.pull('acme/digits:2.0.0');
  expect([status, error?.code]).toEqual([2, 'TRUST_UNDECIDED']);
  expect(fs.readdirSync(`${storeOf(meeting.reader)}/blobs/sha256`).length).toBeGreaterThan(0);
});
