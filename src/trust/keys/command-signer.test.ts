import { sign } from 'node:crypto';
import fs from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeScratch } from '../../../test/_support/scratch.ts';
import { algorithms, type KeyAlgorithm } from './algorithms.ts';
import { commandSigner, type SigningCommand } from './command-signer.ts';
import { generateKey } from './generate.ts';
import { publicKeyOf, verifySignature } from './public-key.ts';
import { toOurForm } from './signature-forms.ts';

const scratch = makeScratch();
afterAll(() => scratch[Symbol.dispose]());

const key = generateKey('ecdsa-p256');
const publicKey = publicKeyOf(key, 'k');
const message = Buffer.from('to be signed');
beforeAll(() => {
  fs.writeFileSync(scratch.at('key.pem'), key.export({ type: 'pkcs8', format: 'pem' }));
  fs.writeFileSync(scratch.at('signature'), sign('sha256', message, key));
});

const signerOf = (words: SigningCommand['words'], more: Partial<SigningCommand> = {}) =>
  commandSigner({ words, publicKey, environment: { PATH: '/usr/local/bin:/usr/bin:/bin' }, ...more });
const shell = (line: string, more: Partial<SigningCommand> = {}) =>
  signerOf(['/bin/sh', '-c', `cd ${scratch.folder}; ${line}`], more);

describe('commandSigner', () => {
  test('has openssl sign', async () => {
    const signer = signerOf(['openssl', 'dgst', '-sha256', '-sign', scratch.at('key.pem')]);
    expect(verifySignature(publicKey, message, await signer.sign(message))).toBe(true);
    expect(signer.publicKey).toBe(publicKey);
    expect(signer.certificates).toBeUndefined();
  });

  test('has programs sign that read files only', async () => {
    const signer = signerOf(['openssl', 'dgst', '-sha256', '-sign', scratch.at('key.pem'), '/dev/stdin']);
    expect(verifySignature(publicKey, message, await signer.sign(message))).toBe(true);
  });

  test('hands over certificates, the bytes as they are, and nothing to a shell', async () => {
    const certificates = [Buffer.of(1)];
    expect(signerOf(['openssl'], { certificates }).certificates).toBe(certificates);
    const large = Buffer.alloc(3_000_000, 'x');
    fs.writeFileSync(scratch.at('large.sig'), sign('sha256', large, key));
    expect(await shell('cmp - large.in && cat large.sig', {}).sign(large).catch(String)).toContain('status 2');
    fs.writeFileSync(scratch.at('large.in'), large);
    expect(verifySignature(publicKey, large, await shell('cmp - large.in && cat large.sig').sign(large))).toBe(true);
    await expect(signerOf(['openssl;id']).sign(message)).rejects.toThrow(
      'Cannot sign with openssl;id: it cannot be started',
    );
  });

  test('takes an answer in base64, or as two numbers, for what it is', async () => {
    expect(verifySignature(publicKey, message, await shell('base64 < signature').sign(message))).toBe(true);
  });

  test.each([
    ['a program that fails', 'cat signature; exit 3', 'it ended with status 3'],
    ['a program that is killed', 'cat signature; kill -9 $$', 'it was ended by SIGKILL'],
    ['another answer', 'echo no', 'no signature of the bytes by the configured public key'],
    ['no answer', 'true', 'no signature of the bytes'],
    ['a long answer', 'yes', 'more than 4096 bytes'],
  ])('refuses %s', async (_, line, found) => {
    await expect(shell(line).sign(message)).rejects.toMatchObject({
      code: 'SIGNER_FAILED',
      message: expect.stringContaining(found),
    });
  });

  test('refuses a signature of other bytes', async () => {
    await expect(shell('cat signature').sign(Buffer.from('other'))).rejects.toThrow('no signature of the bytes');
  });

  test('waits only so long, also for what the program has started', async () => {
    await expect(shell('sleep 3 & sleep 3', { timeLimit: 100 }).sign(message)).rejects.toThrow(
      'it has not ended after 0.1 seconds',
    );
  });

  test('ends the program when it is interrupted', async () => {
    const controller = new AbortController();
    const signing = shell('exec sleep 60', { signal: controller.signal }).sign(message);
    setTimeout(() => controller.abort(), 50);
    await expect(signing).rejects.toThrow('it was interrupted');
    await expect(shell('exec sleep 60', { signal: controller.signal }).sign(message)).rejects.toThrow('aborted');
  });

  test('signs with a signal that is never raised', async () => {
    const signer = shell('cat signature', { signal: new AbortController().signal });
    expect(verifySignature(publicKey, message, await signer.sign(message))).toBe(true);
  });
});

describe('toOurForm', () => {
  const hashes: Readonly<Record<KeyAlgorithm, string | null>> = {
    'ecdsa-p256': 'sha256',
    'ecdsa-p384': 'sha384',
    'ecdsa-p521': 'sha512',
    ed25519: null,
  };

  test.each(algorithms.map(({ id }) => id))('knows each form of a signature of %s', (id) => {
    const own = generateKey(id);
    const other = publicKeyOf(own, 'k');
    const der = sign(hashes[id], message, own);
    const pair = sign(hashes[id], message, { key: own, dsaEncoding: 'ieee-p1363' });
    for (const form of [der, pair]) {
      for (const answer of [form, Buffer.from(form.toString('base64')), Buffer.from(`${form.toString('base64')}\n`)]) {
        const found = toOurForm(answer, other, message);
        expect(found === undefined ? false : verifySignature(other, message, found)).toBe(true);
      }
    }
    for (const answer of [Buffer.alloc(0), Buffer.from('\n'), Buffer.from('====')])
      expect(toOurForm(answer, other, message)).toBeUndefined();
    expect(toOurForm(der, publicKey, message)).toBeUndefined();
  });
});
