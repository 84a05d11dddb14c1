/** Attack 61: the log cannot be written. What wanted to be logged is told so, and nothing is signed that is not there. */
import fs from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkLog } from '../../src/trust/log/checking/check.ts';
import { beginLog, openWriter } from '../../src/trust/log/writer/open.ts';
import { runCli } from '../_support/cli.ts';
import { logKeyText, logSigner, makeLog, memoryStorage, ORIGIN, verifierKey } from '../_support/log.ts';
import { makeScratch, type Scratch } from '../_support/scratch.ts';

let scratch: Scratch;
beforeAll(() => {
  scratch = makeScratch();
  fs.writeFileSync(scratch.at('key'), logKeyText(), { mode: 0o600 });
  fs.writeFileSync(
    scratch.at('entries'),
    Array.from({ length: 4000 }, (_, at) => `entry ${at} ${'x'.repeat(60)}`).join('\n'),
  );
  fs.writeFileSync(scratch.at('entry'), 'one');
});
afterAll(() => scratch[Symbol.dispose]());

const run = (words: readonly string[], under?: readonly string[]) =>
  runCli(['log', ...words, '--json'], {
    store: scratch.at('store'),
    environment: { XDG_DATA_HOME: scratch.at('data') },
    ...(under === undefined ? {} : { under }),
  });

test('with no room the verb fails, the checkpoint stays, and later it goes on', async () => {
  const folder = scratch.at('full');
  await makeLog(folder, 3);
  const before = fs.readFileSync(`${folder}/checkpoint`);
  const append = (file: string, under?: readonly string[]) =>
    run(['append', folder, scratch.at(file), '--lines', '--key', scratch.at('key')], under);
  // No file may have more than 32 KiB: a batch of 1,000 of these has 70.
  const { status, stdout } = await append('entries', ['sh', '-c', 'ulimit -f 32; exec "$@"', 'sh']);
  expect([status, JSON.parse(stdout).error.code]).toEqual([2, 'DISK_FULL']);
  expect(fs.readFileSync(`${folder}/checkpoint`)).toEqual(before);
  expect((await run(['check', folder, '--vkey', verifierKey()])).status).toBe(0);
  expect(JSON.parse((await append('entry')).stdout)).toMatchObject({ first: 3, count: 1, size: 4 });
  expect((await run(['check', folder, '--vkey', verifierKey()])).status).toBe(0);
});

test('whatever file cannot be written, no index is given out for an entry that is not under a signed checkpoint', async () => {
  const lock = { [Symbol.dispose]() {} };
  for (const failing of ['.waybill/journal', 'tile/entries/000.p/2', 'tile/0/000.p/2', 'checkpoint']) {
    const storage = memoryStorage();
    await beginLog(storage, ORIGIN, logSigner());
    const full = {
      ...storage,
      async put(files: Parameters<typeof storage.put>[0]) {
        if (files.some(({ path }) => path === failing)) throw new Error('no room');
        await storage.put(files);
      },
    };
    const writer = await openWriter(full, logSigner(), lock);
    await expect(writer.append([Buffer.from('a'), Buffer.from('b')])).rejects.toThrow('no room');
    await expect(writer.append([Buffer.from('c')])).rejects.toThrow('has failed before');
    expect(writer.checkpoint.size).toBe(0);
    // With room again: what was in the journal is logged, and nothing else.
    const again = await openWriter(storage, logSigner(), lock);
    expect(again.checkpoint.size).toBe(failing === '.waybill/journal' ? 0 : 2);
    expect(await checkLog(storage, again.checkpoint)).toMatchObject({ verdict: 'pass' });
  }
});

test('a signer that fails or lies leaves the checkpoint as it was, and the writer that follows goes on', async () => {
  const lock = { [Symbol.dispose]() {} };
  for (const sign of [() => Promise.reject(new Error('card removed')), async () => Buffer.alloc(64)]) {
    const storage = memoryStorage();
    await beginLog(storage, ORIGIN, logSigner());
    const signed = storage.files.get('checkpoint');
    const bad = { ...logSigner(), sign };
    const writer = await openWriter(storage, bad, lock);
    await expect(writer.append([Buffer.from('a')])).rejects.toThrow(/card removed|no signature by its public key/);
    await expect(openWriter(storage, bad, lock)).rejects.toThrow(/card removed|no signature by its public key/);
    expect(storage.files.get('checkpoint')).toEqual(signed);
    expect((await openWriter(storage, logSigner(), lock)).checkpoint.size).toBe(1);
  }
});
