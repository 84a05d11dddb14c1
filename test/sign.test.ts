/** `sign`, `verify --signature` and `unpack --with-signature` as the command line does them, in every kind of store. */
import fs from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Output as Signed } from '../src/cli/outputs/sign.ts';
import type { Output as Unpacked } from '../src/cli/outputs/unpack.ts';
import type { Output as Verified } from '../src/cli/outputs/verify.ts';
import { startRegistry, type TestRegistry } from './_registry/server.ts';
import { issueLeaf, issueRoot, newKey, toPemText } from './_support/certificates.ts';
import { runCli } from './_support/cli.ts';
import { makeScratch, type Scratch } from './_support/scratch.ts';
import { makeFolder } from './_support/source.ts';

const REF = 'acme/model:1.0.0';
const MIB = 1024 * 1024;

const keys = makeScratch();
afterAll(() => keys[Symbol.dispose]());
const key = (name: string) => keys.at(`${name}.key`);
const pub = (name: string) => keys.at(`${name}.pub`);
beforeAll(async () => {
  for (const name of ['alice', 'bob', 'log']) {
    const role = name === 'log' ? 'log' : 'publisher';
    const { status, stderr } = await runCli(['keygen', keys.at(name), '--unencrypted', '--role', role], {
      store: keys.at('store'),
    });
    expect(status, stderr).toBe(0);
  }
});

let scratch: Scratch;
let registry: TestRegistry;
beforeEach(async () => {
  scratch = makeScratch();
  registry = await startRegistry();
});
afterEach(async () => {
  await registry[Symbol.asyncDispose]();
  scratch[Symbol.dispose]();
});

async function run<T>(...words: readonly string[]): Promise<{ readonly status: number | null; readonly json: T }> {
  const { status, stdout, stderr } = await runCli([...words, '--json'], { store: scratch.at('store') });
  try {
    return { status, json: JSON.parse(stdout) };
  } catch (error) {
    throw new Error(`${words.join(' ')} printed ${stdout}${stderr}`, { cause: error });
  }
}

async function done<T>(...words: readonly string[]): Promise<T> {
  const { status, json } = await run<T>(...words);
  expect([status, json]).toEqual([0, json]);
  return json;
}

interface Failure {
  readonly error: { readonly code: string; readonly message: string; readonly hint?: string };
}
async function failed(...words: readonly string[]): Promise<readonly unknown[]> {
  const { status, json } = await run<Failure>(...words);
  return [status, json.error.code];
}

/** Packs a model of some MiB. */
async function packed(): Promise<void> {
  const folder = makeFolder(scratch.at('model'), { 'weights/model.bin': Buffer.alloc(2 * MIB, 7) });
  await done('pack', folder);
}

const blobs = () => scratch.at('store', 'blobs', 'sha256');
const largest = () => {
  const files = fs.readdirSync(blobs()).map((name) => `${blobs()}/${name}`);
  return files.reduce((a, b) => (fs.statSync(a).size < fs.statSync(b).size ? b : a));
};

describe('sign of a package', () => {
  test('reads nothing of what was just packed, and all of it with --no-cache', async () => {
    await packed();
    const signed = await done<Signed>('sign', REF, '--key', key('alice'));
    expect(signed).toMatchObject({
      subject: 'package',
      result: 'signed',
      name: 'acme/model',
      version: '1.0.0',
      where: 'store',
    });
    expect([signed.bytesKnown, signed.attached?.length, signed.logged]).toEqual([2 * MIB, 2, false]);
    expect(signed.bytesRead).toBeLessThan(10_000);
    const again = await done<Signed>('sign', REF, '--key', key('alice'));
    expect(again).toEqual({ ...signed, result: 'unchanged', attached: [] });
    const all = await done<Signed>('sign', REF, '--key', key('alice'), '--no-cache');
    expect([all.bytesKnown, all.bytesRead > 2 * MIB, all.result]).toEqual([0, true, 'unchanged']);
  });

  test('notices what was changed since it was packed, also with the time put back', async () => {
    await packed();
    const file = largest();
    const { atime, mtime } = fs.statSync(file);
    const descriptor = fs.openSync(file, 'r+');
    fs.writeSync(descriptor, 'X', MIB);
    fs.closeSync(descriptor);
    fs.utimesSync(file, atime, mtime);
    expect(await failed('sign', REF, '--key', key('alice'))).toEqual([1, 'DIGEST_INVALID']);
    expect(JSON.parse(fs.readFileSync(scratch.at('store', 'index.json'), 'utf8')).manifests).toHaveLength(1);
  });

  test('goes to a registry, to a layout, and nowhere in an archive', async () => {
    await packed();
    const remote = `${registry.host}/acme/model:1.0.0`;
    await done('push', REF, remote);
    expect((await done<Signed>('sign', remote, '--key', key('alice'))).where).toBe('registry');
    expect((await done<Signed>('sign', remote, '--key', key('alice'))).result).toBe('unchanged');
    // What is attached there comes along.
    await done('copy', remote, `oci:${scratch.at('layout')}`);
    expect((await done<Signed>('sign', `oci:${scratch.at('layout')}`, '--key', key('alice'))).result).toBe('unchanged');
    expect((await done<Signed>('sign', `oci:${scratch.at('layout')}`, '--key', key('bob'))).result).toBe('signed');
    await done('copy', REF, `oci-archive:${scratch.at('a.tar')}`);
    expect(await failed('sign', `oci-archive:${scratch.at('a.tar')}`, '--key', key('alice'))).toEqual([2, 'USAGE']);
  });

  test('enters what it signs into a log, or attaches nothing', async () => {
    await packed();
    const log = scratch.at('log');
    const words = ['sign', REF, '--key', key('alice'), '--log', log, '--log-key', key('log')];
    expect(await failed(...words)).toEqual([2, 'TRUST_UNDECIDED']);
    expect((await done<{ attestations: unknown[] }>('attestations', REF)).attestations).toEqual([]);
    await done('log', 'init', log, '--origin', 'log.example/models', '--key', key('log'));
    expect(await done<Signed>(...words)).toMatchObject({ result: 'signed', logged: true });
    expect(await done<Signed>(...words)).toMatchObject({ result: 'unchanged', logged: true });
  });

  test('says until when it counts', async () => {
    await packed();
    const sign = (expires: string) => ['sign', REF, '--key', key('alice'), '--expires', expires];
    expect((await done<Signed>(...sign('2999-12-31'))).expires).toBe('2999-12-31T23:59:59.000Z');
    expect((await done<Signed>(...sign('2999-12-31T23:59:59Z'))).result).toBe('unchanged');
    for (const wrong of ['2020-01-01', '2999-02-30', 'tomorrow', '2999', '2999-12-31T10:00'])
      expect(await failed(...sign(wrong)), wrong).toEqual([2, 'USAGE']);
  });

  test('takes no options of folders, no half of a log, and nobody without a key', async () => {
    await packed();
    const wrong = [
      ['--key', key('alice'), '--signature', 'x.sig'],
      ['--key', key('alice'), '--log', 'log'],
      ['--key', key('alice'), '--log-key', key('log')],
      [],
    ];
    for (const words of wrong) expect(await failed('sign', REF, ...words), words.join(' ')).toEqual([2, 'USAGE']);
    expect(await failed('sign', REF, '--key', key('log'))).toEqual([2, 'KEY_INVALID']);
    expect(await failed('sign', 'acme/none:1', '--key', key('alice'))).toEqual([2, 'MANIFEST_UNKNOWN']);
  });
});

describe('a folder that is signed', () => {
  const sig = () => scratch.at('model', 'model.sig');
  const verify = (...words: readonly string[]) => ['verify', scratch.at('model'), '--signature', sig(), ...words];

  test('verifies by its key, and by no other', async () => {
    const folder = makeFolder(scratch.at('model'), { 'weights/model.bin': 'weights' });
    const signed = await done<Signed>('sign', folder, '--key', key('alice'));
    expect(signed).toMatchObject({ subject: 'folder', result: 'signed', signature: sig(), fileCount: 2 });
    const verified = await done<Verified>(...verify('--key', pub('alice')));
    expect(verified.signature).toEqual({ keyId: signed.keyId, name: 'model', root: signed.omsRoot });
    const other = await run<Verified>(...verify('--key', pub('bob')));
    expect([other.status, other.json.signature, other.json.findings.map(({ rule }) => rule)]).toEqual([
      1,
      undefined,
      ['signature-wrong'],
    ]);
    fs.appendFileSync(`${folder}/waybill.yaml`, '# x');
    const changed = await run<Verified>(...verify('--key', pub('alice')));
    expect([changed.status, changed.json.verdict]).toEqual([1, 'fail']);
  });

  test('verifies by certificates, roots and identity', async () => {
    const [root, stranger] = [issueRoot(), issueRoot('stranger')];
    const signer = newKey();
    const leaf = issueLeaf(root, { key: signer });
    fs.writeFileSync(scratch.at('signer.key'), signer.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    fs.writeFileSync(scratch.at('chain.pem'), toPemText(leaf));
    fs.writeFileSync(scratch.at('root.pem'), toPemText(root));
    fs.writeFileSync(scratch.at('stranger.pem'), toPemText(stranger));
    const folder = makeFolder(scratch.at('model'), { 'weights/model.bin': 'weights' });
    await done('sign', folder, '--key', scratch.at('signer.key'), '--certificates', scratch.at('chain.pem'));
    const roots = ['--roots', scratch.at('root.pem')];
    await done(...verify(...roots, '--identity', 'https://acme.example/release'));
    await done(...verify(...roots, '--any-identity'));
    const refused = [
      [...roots, '--identity', 'https://acme.example/other'],
      ['--roots', scratch.at('stranger.pem'), '--any-identity'],
    ];
    for (const words of refused) {
      const { status, json } = await run<Verified>(...verify(...words));
      expect([status, json.findings.map(({ rule }) => rule)]).toEqual([1, ['certificate-refused']]);
    }
    // A signature that names a key says nothing to whoever trusts authorities.
    fs.rmSync(sig());
    await done('sign', folder, '--key', key('alice'));
    const { json } = await run<Verified>(...verify(...roots, '--any-identity'));
    expect(json.findings.map(({ rule }) => rule)).toEqual(['certificate-refused']);
  });

  test('is not asked about in ways that leave open whose it must be', async () => {
    const folder = makeFolder(scratch.at('model'), { 'weights/model.bin': 'weights' });
    await done('sign', folder, '--key', key('alice'));
    const wrong = [
      [],
      ['--key', pub('alice'), '--roots', pub('alice')],
      ['--key', pub('alice'), '--identity', 'x'],
      ['--key', pub('alice'), '--any-identity'],
      ['--roots', pub('alice')],
      ['--roots', pub('alice'), '--identity', 'x', '--any-identity'],
      ['--key', pub('alice'), '--against', REF],
    ];
    for (const words of wrong) expect(await failed(...verify(...words)), words.join(' ')).toEqual([2, 'USAGE']);
    expect(await failed(...verify('--key', key('alice')))).toEqual([2, 'KEY_INVALID']);
    expect(await failed(...verify('--key', scratch.at('none')))).toEqual([2, 'FILE_UNREADABLE']);
    expect(await failed('verify', folder, '--key', pub('alice'))).toEqual([2, 'USAGE']);
    expect(await failed('verify', folder, '--any-identity')).toEqual([2, 'USAGE']);
    expect(await failed('verify', REF, '--signature', sig(), '--key', pub('alice'))).toEqual([2, 'USAGE']);
    expect(await failed('sign', folder, '--key', key('alice'), '--expires', '2999-01-01')).toEqual([2, 'USAGE']);
  });
});

describe('unpack --with-signature', () => {
  const unpack = (...words: readonly string[]) => ['unpack', REF, scratch.at('out'), '--with-signature', ...words];

  test('lays the signature beside the files, of the key that is asked for', async () => {
    await packed();
    expect(await failed(...unpack())).toEqual([1, 'SIGNATURE_INVALID']);
    await done('sign', REF, '--key', key('alice'));
    expect(await failed(...unpack('--key', pub('bob')))).toEqual([1, 'SIGNATURE_INVALID']);
    expect(fs.existsSync(scratch.at('out'))).toBe(false);
    expect((await done<Unpacked>(...unpack())).signature).toEqual({ file: 'model.sig' });
    await done('sign', REF, '--key', key('bob'));
    expect(await failed(...unpack('--force'))).toEqual([2, 'USAGE']);
    const { signature } = await done<Unpacked>(...unpack('--force', '--key', pub('bob')));
    expect(signature).toEqual({ file: 'model.sig', keyId: expect.stringMatching(/^[0-9a-f]{64}$/) });
    await done('verify', scratch.at('out'), '--signature', scratch.at('out', 'model.sig'), '--key', pub('bob'));
    await done('verify', scratch.at('out'));
    expect(scratch.list('out')).toEqual(['SHA256SUMS', 'model.sig', 'waybill.yaml', 'weights', 'weights/model.bin']);
  });

  test('is for whole packages, and --key for it alone', async () => {
    await packed();
    await done('sign', REF, '--key', key('alice'));
    expect(await failed(...unpack('--only', 'weights'))).toEqual([2, 'USAGE']);
    expect(await failed(...unpack('--with-bases'))).toEqual([2, 'USAGE']);
    expect(await failed('unpack', REF, scratch.at('out'), '--key', pub('alice'))).toEqual([2, 'USAGE']);
  });
});
