/** Attack 8: layers that grow without end, and bytes behind the end of a compressed stream. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import zlib from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { verify } from '../../src/model/verify.ts';
import { blobFile, makeArtifact, sha256 } from '../_support/artifact-maker.ts';
import { runCli } from '../_support/cli.ts';
import { seeded } from '../_support/random.ts';
import { rawEntry, rawTar } from '../_support/raw-tar.ts';
import { expectAccepted, expectRefused } from '../_support/refusal.ts';
import { makeScratch } from '../_support/scratch.ts';
import { openAttack } from '../_support/stores.ts';

const scratch = makeScratch();
afterAll(() => scratch[Symbol.dispose]());

const MIB = 1024 * 1024;
const compress = { gzip: zlib.gzipSync, zstd: zlib.zstdCompressSync };
const forms = ['gzip', 'zstd'] as const;

let count = 0;
const fresh = () => scratch.at(`layout-${count++}`);

/** A compressed tar with one file of zeros. */
function bombOf(form: 'gzip' | 'zstd', mebibytes: number): Buffer {
  return compress[form](
    Buffer.concat([rawEntry({ name: 'zeros.bin', size: mebibytes * MIB }), Buffer.alloc(mebibytes * MIB)]),
  );
}

describe.each(forms)('a layer of form tar+%s', (form) => {
  test('is refused by verify() and unpack() as a bomb when it grows more than 200 times', async () => {
    const bomb = bombOf(form, 96);
    expect(bomb.length).toBeLessThan(MIB);
    const made = makeArtifact().tar(Buffer.alloc(0), { compression: form, bytes: bomb }).write(fresh());
    await expectRefused(made, { rule: 'layer-digest', message: /the limit is a ratio of 200/, code: 'LIMIT_EXCEEDED' });
  });

  test('is accepted when small and all zeros, and when large and of little order', async () => {
    const small = Buffer.alloc(8 * MIB);
    const large = seeded(8).bytes(70 * MIB);
    const archive = rawTar({ name: 'small', content: small }, { name: 'large', content: large });
    const made = makeArtifact().tar(archive, { compression: form, files: { small, large } }).sums().write(fresh());
    await using attack = await openAttack('oci', made);
    expect((await verify(attack.store, attack.target)).verdict).toBe('pass');
  });

  test.each([
    ['its end missing', (bytes: Buffer) => bytes.subarray(0, -5)],
    ['only its first byte', (bytes: Buffer) => bytes.subarray(0, 1)],
    ['nothing in it', () => Buffer.alloc(0)],
    ['other bytes behind its end', (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(600 * 1024, 0x41)])],
    ['zeros behind its end', (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(600 * 1024)])],
    ['a header of the other compression', (bytes: Buffer) => Buffer.concat([Buffer.from('BZh91AY&SY'), bytes])],
  ])('is refused by verify() and unpack() with %s', async (_, change) => {
    const archive = rawTar({ name: 'run.py', content: seeded(8).bytes(100_000) });
    const bytes = change(compress[form](archive));
    // Also with the diffId that old kit wrote, which says nothing of the content.
    for (const diffId of [sha256(archive), sha256(sha256(bytes))]) {
      const made = makeArtifact().tar(archive, { compression: form, bytes, diffId }).write(fresh());
      await expectRefused(made, { rule: 'layer-digest', code: 'ARCHIVE_UNSAFE' });
    }
  });

  test('is refused by verify() and unpack() with a flipped byte in its content', async () => {
    const archive = rawTar({ name: 'run.py', content: seeded(8).bytes(100_000) });
    const bytes = flip(compress[form](archive), 50_000);
    const made = makeArtifact().tar(archive, { compression: form, bytes }).write(fresh());
    // Gzip notices by its own checksum; zstd has none unless asked, and the diffId notices.
    await expectRefused(made, { rule: 'layer-digest', code: form === 'gzip' ? 'ARCHIVE_UNSAFE' : 'DIGEST_INVALID' });
  });

  test('is read to its end, so that no bytes of another layer pass behind the end of the stream', async () => {
    const evil = compress[form](rawTar({ name: 'run.py', content: 'evil()' }));
    const good = compress[form](rawTar({ name: 'run.py', content: seeded(8).bytes(2 * MIB) }));
    const diffId = sha256(sha256(good));
    const made = makeArtifact().tar(Buffer.alloc(0), { compression: form, bytes: good, diffId }).write(fresh());
    // As long as the true layer, so that only the digest tells them apart.
    const swapped = Buffer.concat([evil, Buffer.alloc(good.length - evil.length)]);
    fs.writeFileSync(blobFile(made.folder, sha256(good)), swapped);
    expect((await runCli(['verify', `oci:${made.folder}`], { store: scratch.at('store') })).status).toBe(1);
    const unpacked = await runCli(['unpack', `oci:${made.folder}`, scratch.at(`swapped-${form}`, 'model')], {
      store: scratch.at('store'),
    });
    expect(unpacked.status).toBe(1);
    expect(scratch.list(`swapped-${form}`)).toEqual([]);
  });
});

test('a bomb in a plain tar is as large as it says: verify() and unpack() refuse a size that is not there', async () => {
  const archive = rawTar({ name: 'huge', content: 'x', size: 0o77777777777 });
  const made = makeArtifact().tar(archive).write(fresh());
  await expectRefused(made, { rule: 'layer-digest', message: /ends in the middle/, code: 'ARCHIVE_UNSAFE' });
});

test('a raw layer is never unpacked, whatever it holds', async () => {
  const bomb = bombOf('gzip', 96);
  const [first] = await expectAccepted(makeArtifact().file('model.pt', bomb).sums().write(fresh()));
  expect(first?.bytesRead).toBeLessThan(2 * MIB);
  const restored = fs.readFileSync(scratch.at(`layout-${count - 1}-oci-out`, 'model.pt'));
  expect(createHash('sha256').update(restored).digest()).toEqual(createHash('sha256').update(bomb).digest());
});

function flip(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[at] = (changed[at] ?? 0) ^ 0x10;
  return changed;
}
