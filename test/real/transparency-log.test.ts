/**
 * A log of ours as other people's programs see it: Go's sumdb, which made the format known, and the fsck of tessera.
 * Our proofs are byte for byte those that Go makes.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { beforeAll, expect, test } from 'vitest';
import { formatCheckpointText, openCheckpoint } from '../../src/trust/log/checkpoint.ts';
import { parseVerifierKey } from '../../src/trust/log/note/keys.ts';
import { proveEntry } from '../../src/trust/log/proof/prove.ts';
import { folderReader } from '../../src/trust/log/reading/folder.ts';
import { consistencyProof, rootOf } from '../../src/trust/log/reading/tiles.ts';
import { makeLog, ORIGIN, verifierKey } from '../_support/log.ts';
import { seeded } from '../_support/random.ts';
import { attempt, node, repository, temporaryFolder, tool } from './_run.ts';
import { commandOf } from './_tools.ts';

const SIZE = 70_123;
const folder = temporaryFolder();
const log = path.join(folder, 'log');
const main = path.join(repository, 'src', 'cli', 'main.ts');

beforeAll(async () => {
  await makeLog(log, SIZE);
});

test("Go's sumdb opens our checkpoint, derives our root and makes our proofs", async () => {
  const random = seeded(60);
  const reader = folderReader(log);
  const indexes = [0, 1, 255, 256, 65_535, 65_536, SIZE - 1, ...Array.from({ length: 60 }, () => random.below(SIZE))];
  const sizes = [
    1,
    2,
    255,
    256,
    257,
    65_535,
    65_536,
    65_537,
    SIZE - 1,
    SIZE,
    ...Array.from({ length: 90 }, () => 1 + random.below(SIZE)),
  ];
  const proofs = await Promise.all(indexes.map(async (index) => (await proveEntry(reader, index)).toString()));
  const consistency = await Promise.all(
    sizes.map(async (older) => ({
      older,
      root: (await rootOf(reader, older, SIZE)).toString('base64'),
      proof: (await consistencyProof(reader, older, SIZE)).map((hash) => hash.toString('base64')),
    })),
  );
  const checked = JSON.parse(
    tool('sumdb', ['check', log, verifierKey()], { input: JSON.stringify({ proofs, consistency }) }).stdout,
  );
  expect(checked).toEqual({ entries: SIZE, proofs: 67, consistency: 100 });

  const [first = ''] = proofs;
  const other = first.replace(/\n[A-Za-z0-9+/]{43}=\n/, `\n${Buffer.alloc(32).toString('base64')}\n`);
  const refused = attempt(commandOf('sumdb'), ['check', log, verifierKey()], {
    input: JSON.stringify({ proofs: [other], consistency: [] }),
  });
  expect([refused.status, refused.stderr]).toEqual([1, 'the proof of entry 0 is another one\n']);
});

test("a checkpoint that Go's sumdb signs is believed by its key, and by no other", () => {
  const text = formatCheckpointText({ origin: ORIGIN, size: 5, root: Buffer.alloc(32, 7) });
  const { vkey, note } = JSON.parse(tool('sumdb', ['sign', ORIGIN], { input: text }).stdout);
  const key = parseVerifierKey(vkey);
  expect(openCheckpoint(Buffer.from(note), { origin: ORIGIN, key })).toMatchObject({ size: 5, text });
  expect(() => openCheckpoint(Buffer.from(note), { origin: ORIGIN, key: parseVerifierKey(verifierKey()) })).toThrow(
    'not signed',
  );
});

test('fsck of tessera passes our log as it is served, and not one that was changed', async () => {
  const key = path.join(folder, 'log.vkey');
  fs.writeFileSync(key, verifierKey());
  expect(await fsck(log, key)).toEqual(['checking log of size 70123']);
  const changed = path.join(folder, 'changed');
  fs.cpSync(log, changed, { recursive: true });
  const file = path.join(changed, 'tile/entries/100');
  const bytes = fs.readFileSync(file);
  bytes.writeUInt8(bytes.readUInt8(5) ^ 1, 5);
  fs.writeFileSync(file, bytes);
  expect(await fsck(changed, key)).toEqual(['checking log of size 70123', 'fsck failed: failed: tile/0/100']);
});

/** What it says of a log that is served by our own server; its exit status is 0 in any case. */
async function fsck(served: string, key: string): Promise<readonly string[]> {
  const words = [main, 'log', 'serve', served, '--listen', '127.0.0.1:0', '--quiet'];
  const server = spawn(node, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [line] = await once(createInterface({ input: server.stdout }), 'line');
    const address = `${JSON.parse(String(line)).address}/`;
    const child = spawn(commandOf('fsck'), ['--storage_url', address, '--public_key', key, '--ui=false', '--N=4']);
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const [status] = await once(child, 'close');
    expect(status, said.slice(0, 2000)).toBe(0);
    return said.match(/checking log of size \d+|fsck failed: [^:]*: [^:]*/g) ?? [];
  } finally {
    server.kill();
    await once(server, 'close');
  }
}
