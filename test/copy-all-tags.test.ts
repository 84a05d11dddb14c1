/** `waybill copy --all-tags` between every kind of place, in processes of its own. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Hub } from '../src/hub/main.ts';
import { openLayout } from '../src/oci/layout/layout.ts';
import { runCli } from './_support/cli.ts';
import { startTestHub } from './_support/hub.ts';
import { manifestWith, newSigner, simpleSigningLayer, simpleSigningPayload } from './_support/statements.ts';
import { TINY_FILES, writeFiles } from './_tiny.ts';

let root: string;
let hub: Hub;
let digests: Record<string, string>;

async function waybill(store: string, ...words: string[]) {
  const { status, stdout, stderr } = await runCli([...words, '--json'], { store: path.join(root, store) });
  return { status, stderr, answer: JSON.parse(stdout) };
}

beforeEach(async () => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'waybill-all-tags-'));
  hub = await startTestHub(path.join(root, 'hub'));
  digests = {};
  for (const version of ['1.0.0', '1.1.0', '2.0.0']) {
    const model = path.join(root, 'model');
    const file = String(TINY_FILES['waybill.yaml']).replace('1.0.0', version);
    writeFiles(model, { ...TINY_FILES, 'waybill.yaml': file, 'inference.py': `print("${version}")\n` });
    const { answer } = await waybill('store', 'pack', model);
    digests[version] = answer.digest;
  }
  // A neighbour whose name begins alike must stay behind.
  await waybill('store', 'tag', 'acme/tiny:1.0.0', 'acme/tiny-two:9');
});
afterEach(async () => {
  await hub[Symbol.asyncDispose]();
  fs.rmSync(root, { recursive: true });
});

const all = () => Object.entries(digests).map(([tag, digest]) => ({ tag, digest }));

test('all versions go to an archive, a registry, a layout and another store, and nothing of a neighbour', async () => {
  const remote = `${new URL(hub.address).host}/acme/tiny`;
  const places = [`oci-archive:${root}/all.tar`, remote, `oci:${root}/layout`];
  let from = 'acme/tiny';
  for (const to of places) {
    const { status, stderr, answer } = await waybill('store', 'copy', '--all-tags', from, to);
    expect({ status, tags: answer.tags }, stderr).toEqual({ status: 0, tags: all() });
    from = to;
  }
  const last = await waybill('other', 'copy', '--all-tags', from, 'elsewhere/digits');
  expect(last.answer.tags).toEqual(all());
  for (const [tag, digest] of Object.entries(digests)) {
    const { status, answer } = await waybill('other', 'verify', `elsewhere/digits:${tag}`);
    expect({ status, digest: answer.digest }).toEqual({ status: 0, digest });
  }
});

test('a second copy moves no content', async () => {
  const to = `${new URL(hub.address).host}/acme/again`;
  const first = await waybill('store', 'copy', '--all-tags', 'acme/tiny', to);
  const second = await waybill('store', 'copy', '--all-tags', 'acme/tiny', to);
  expect(first.answer.bytesSent).toBeGreaterThan(0);
  expect(second.answer).toMatchObject({ bytesSent: 0, blobs: 0, tags: all() });
});

test.each([
  ['acme/tiny:1.0.0', 'acme/copy', 'USAGE'],
  ['acme/tiny', 'acme/copy:1.0.0', 'USAGE'],
  ['acme/nothing', 'acme/copy', 'MANIFEST_UNKNOWN'],
  ['./model', 'acme/copy', 'USAGE'],
])('copy --all-tags %s %s is refused as %s', async (from, to, code) => {
  const { status, answer } = await waybill('store', 'copy', '--all-tags', from, to);
  expect({ failed: status !== 0, code: answer.error.code }).toEqual({ failed: true, code });
});

test("signatures under cosign's old tags come after what they are attached to, which a hub asks for", async () => {
  const from = path.join(root, 'signed');
  const { answer } = await waybill('store', 'copy', 'acme/tiny:1.0.0', `oci:${from}:v1`);
  await using layout = await openLayout(from, 'write');
  const signature = await simpleSigningLayer(newSigner(), simpleSigningPayload(answer.digest));
  await layout.tag(`${answer.digest.replace(':', '-')}.sig`, await manifestWith(layout, [signature]));
  const to = `${new URL(hub.address).host}/acme/signed`;
  const copied = await waybill('store', 'copy', '--all-tags', `oci:${from}`, to);
  expect({ status: copied.status, tags: copied.answer.tags?.length }, copied.stderr).toEqual({ status: 0, tags: 2 });
  const { answer: found } = await waybill('store', 'attestations', `${to}:v1`);
  expect(found.attestations).toMatchObject([{ source: 'cosign-signature', status: 'not-verified' }]);
});
