/** Keys between programs: what Waybill writes opens in others, what they write opens here, and they sign for it. */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { beforeAll, describe, expect, test } from 'vitest';
import { algorithms } from '../../src/trust/keys/algorithms.ts';
import { commandSigner, type SigningCommand } from '../../src/trust/keys/command-signer.ts';
import { encryptKey } from '../../src/trust/keys/encrypt-key.ts';
import { generateKey } from '../../src/trust/keys/generate.ts';
import { openPrivateKey } from '../../src/trust/keys/private-key.ts';
import { type PublicKey, publicKeyOf, readPublicKey, verifySignature } from '../../src/trust/keys/public-key.ts';
import { installLocked } from './_python.ts';
import { attempt, node, repository, run, temporaryFolder } from './_run.ts';
import { commandOf } from './_tools.ts';

const folder = temporaryFolder();
const at = (name: string) => path.join(folder, name);
const inFolder = (command: string, ...words: string[]) => run(command, words, { cwd: folder, env: { PASS: SECRET } });
const SECRET = 'Größe, correct horse';
const message = Buffer.from('to be signed');
const spki = (key: KeyObject) => String(createPublicKey(key).export({ type: 'spki', format: 'pem' }));
const open = async (name: string) =>
  openPrivateKey(fs.readFileSync(at(name), 'latin1'), name, () => Promise.resolve(SECRET));

/** Where Debian, Fedora and Homebrew put the module. */
const SOFTHSM = [
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib64/pkcs11/libsofthsm2.so',
  '/opt/homebrew/lib/softhsm/libsofthsm2.so',
];

let python: string;
beforeAll(() => {
  python = installLocked('model-signing', path.join(repository, 'test', 'real', 'requirements-model-signing.lock'));
});

/** Opens a file with Python's cryptography and prints the public key. */
const OPEN = `import sys
from cryptography.hazmat.primitives import serialization as s
key = s.load_pem_private_key(open(sys.argv[1], "rb").read(), sys.argv[2].encode() or None)
sys.stdout.buffer.write(key.public_key().public_bytes(s.Encoding.PEM, s.PublicFormat.SubjectPublicKeyInfo))`;

/** Writes a new key, encrypted as Python's cryptography does at best. */
const WRITE = `import sys
from cryptography.hazmat.primitives import serialization as s
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
curve = sys.argv[3]
key = ed25519.Ed25519PrivateKey.generate() if curve == "ed25519" else ec.generate_private_key(getattr(ec, curve)())
sys.stdout.buffer.write(key.private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, s.BestAvailableEncryption(sys.argv[2].encode())))`;

describe.each(algorithms.map(({ id }) => id))('a key of %s', (id) => {
  test('that Waybill encrypted opens in openssl and in Python', () => {
    const key = generateKey(id);
    fs.writeFileSync(at(`${id}.key`), encryptKey(key, SECRET));
    expect(inFolder('openssl', 'pkey', '-in', `${id}.key`, '-passin', 'env:PASS', '-pubout').stdout).toBe(spki(key));
    expect(run(python, ['-c', OPEN, at(`${id}.key`), SECRET]).stdout).toBe(spki(key));
    expect(attempt('openssl', ['pkey', '-in', at(`${id}.key`), '-passin', 'pass:wrong']).status).not.toBe(0);
  });

  test('that openssl encrypted with scrypt or many rounds opens here without a warning, by its default with one', async () => {
    const key = generateKey(id);
    fs.writeFileSync(at('plain.pem'), key.export({ type: 'pkcs8', format: 'pem' }));
    const write = (name: string, ...words: string[]) =>
      inFolder('openssl', 'pkcs8', '-topk8', '-in', 'plain.pem', '-passout', 'env:PASS', '-out', name, ...words);
    write('scrypt.pem', '-scrypt', '-scrypt_N', '16384', '-scrypt_r', '8', '-scrypt_p', '5');
    write('rounds.pem', '-v2', 'aes-256-cbc', '-iter', '600000');
    write('default.pem');
    for (const name of ['scrypt.pem', 'rounds.pem', 'default.pem']) {
      const { key: opened, weakness } = await open(name);
      expect([name, spki(opened)]).toEqual([name, spki(key)]);
      expect([name, weakness === undefined]).toEqual([name, name !== 'default.pem']);
    }
  });
});

describe("Python's keys", () => {
  test.each(['SECP256R1', 'SECP384R1', 'SECP521R1', 'ed25519'])('of %s open here', async (curve) => {
    fs.writeFileSync(at('python.pem'), run(python, ['-c', WRITE, '', SECRET, curve]).bytes);
    const { key } = await open('python.pem');
    const { stdout } = run(python, ['-c', OPEN, at('python.pem'), SECRET]);
    expect(spki(key)).toBe(stdout);
  });
});

test("openssl's older forms open here", async () => {
  inFolder('openssl', 'ecparam', '-name', 'prime256v1', '-genkey', '-out', 'sec1.pem');
  expect(fs.readFileSync(at('sec1.pem'), 'utf8')).toContain('BEGIN EC PARAMETERS');
  const plain = await open('sec1.pem');
  inFolder('openssl', 'ec', '-in', 'sec1.pem', '-aes256', '-passout', 'env:PASS', '-out', 'old.pem');
  const old = await open('old.pem');
  expect(spki(old.key)).toBe(spki(plain.key));
  expect([plain.weakness, old.weakness]).toEqual([undefined, expect.stringContaining('MD5')]);
});

describe('a program that signs', () => {
  const signs = async (words: SigningCommand['words'], publicKey: PublicKey, env = {}) => {
    const environment = { ...process.env, ...env };
    return verifySignature(publicKey, message, await commandSigner({ words, publicKey, environment }).sign(message));
  };

  test.each([
    ['ecdsa-p256', 'sha256'],
    ['ecdsa-p384', 'sha384'],
    ['ecdsa-p521', 'sha512'],
  ] as const)('openssl dgst, for %s', async (id, hash) => {
    const key = generateKey(id);
    fs.writeFileSync(at('own.pem'), encryptKey(key, SECRET));
    const words = ['openssl', 'dgst', `-${hash}`, '-sign', at('own.pem'), '-passin', 'env:PASS'] as const;
    expect(await signs([...words], publicKeyOf(key, 'k'), { PASS: SECRET })).toBe(true);
    const other = words.map((word) => (word === `-${hash}` ? '-sha224' : word));
    await expect(signs(['openssl', ...other.slice(1)], publicKeyOf(key, 'k'), { PASS: SECRET })).rejects.toThrow(
      'no signature of the bytes by the configured public key',
    );
  });

  test.each([
    ['prime256v1', 'sha256'],
    // Of P-384 the OpenSC of Debian 12 (0.23) cannot read the public key.
    ['secp521r1', 'sha512'],
  ])('a token by PKCS #11, with a key on %s that never leaves it', async (curve, hash) => {
    const module = SOFTHSM.find((file) => fs.existsSync(file)) ?? SOFTHSM[0] ?? '';
    const tokens = fs.mkdtempSync(at('tokens-'));
    fs.writeFileSync(`${tokens}.conf`, `directories.tokendir = ${tokens}\n`);
    const env = { SOFTHSM2_CONF: `${tokens}.conf`, PIN: '123456' };
    run('softhsm2-util', ['--init-token', '--free', '--label', 'acme', '--pin', env.PIN, '--so-pin', '654321'], {
      env,
    });
    const token = ['--module', module, '--token-label', 'acme', '--login', '--pin', env.PIN, '--id', '01'];
    run('pkcs11-tool', [...token, '--keypairgen', '--key-type', `EC:${curve}`], { env });
    run('pkcs11-tool', [...token, '--read-object', '--type', 'pubkey', '--output-file', `${tokens}.der`], { env });
    const publicKey = readPublicKey(fs.readFileSync(`${tokens}.der`), 'the key of the token');
    // As the guide has it: the token signs a digest, and answers with the two numbers.
    const line = `openssl dgst -${hash} -binary | pkcs11-tool --module ${module} --token-label acme --login --pin env:PIN --id 01 --sign --mechanism ECDSA`;
    expect(await signs(['/bin/sh', '-c', line], publicKey, env)).toBe(true);
  });

  test('cosign, with its own key: the remedy of our refusal of that key', async () => {
    const env = { COSIGN_PASSWORD: SECRET };
    run(commandOf('cosign'), ['generate-key-pair'], { cwd: folder, env });
    const failure = await open('cosign.key').catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'KEY_INVALID', message: expect.stringContaining('only cosign reads') });
    const [, line = ''] = /--signer '(.*)'$/.exec(Object(failure).hint) ?? [];
    const [, ...words] = line.replace('cosign.key', at('cosign.key')).split(' ');
    const publicKey = readPublicKey(fs.readFileSync(at('cosign.pub'), 'utf8'), 'cosign.pub');
    expect(await signs([commandOf('cosign'), ...words], publicKey, env)).toBe(true);
  });
});

describe('waybill keygen', () => {
  const MAIN = path.join(repository, 'src', 'cli', 'main.ts');
  const typed = (answers: readonly (readonly [string, string])[], ...words: string[]) => {
    const command = ['env', '-u', 'WAYBILL_PASSPHRASE', node, MAIN, ...words];
    const script = path.join(repository, 'test', 'real', '_answer-prompts.py');
    return attempt('python3', [script, JSON.stringify({ command, answers })], { cwd: folder, env: ENV });
  };
  const ENV = {
    NO_COLOR: '1',
    HOME: folder,
    XDG_DATA_HOME: undefined,
    XDG_CACHE_HOME: undefined,
    WAYBILL_STORE: undefined,
  };

  test('asks for a passphrase twice, without showing it, and writes what openssl opens with it', () => {
    const twice = [
      ['Passphrase for typed.key: ', `wrong\u007f\u007f\u007f\u007f\u007f${SECRET}\r`],
      ['The same again: ', `${SECRET}\r`],
    ] as const;
    const { status, stdout } = typed(twice, 'keygen', 'typed');
    expect([status, stdout]).toEqual([0, expect.stringContaining('typed.key')]);
    expect(stdout).not.toContain('horse');
    expect(inFolder('openssl', 'pkey', '-in', 'typed.key', '-passin', 'env:PASS', '-pubout').stdout).toBe(
      fs.readFileSync(at('typed.pub'), 'utf8'),
    );
    expect(fs.statSync(at('typed.key')).mode & 0o777).toBe(0o600);
  });

  test('and waybill sign asks for the passphrase of each key that it opens, the first of which was a wrong one', () => {
    const cli = (...words: string[]) =>
      run(node, [MAIN, ...words], { cwd: folder, env: { ...ENV, WAYBILL_PASSPHRASE: SECRET } });
    cli('keygen', 'log', '--role', 'log');
    cli('log', 'init', 'entries', '--key', 'log.key', '--origin', 'log.example/models');
    fs.mkdirSync(at('model'), { recursive: true });
    fs.writeFileSync(
      at('model/waybill.yaml'),
      'waybill: 1\nname: acme/model\nversion: 1.0.0\ncomponents: { weights: [w.bin] }\n',
    );
    fs.writeFileSync(at('model/w.bin'), 'weights');
    cli('pack', 'model');
    const sign = ['sign', 'acme/model:1.0.0', '--key', 'typed.key', '--log', 'entries', '--log-key', 'log.key'];
    const wrong = typed([['Passphrase of typed.key: ', 'wrong\r']], ...sign);
    expect([wrong.status, wrong.stdout]).toEqual([2, expect.stringContaining('passphrase is not the right one')]);
    const both = [
      ['Passphrase of typed.key: ', `${SECRET}\r`],
      ['Passphrase of log.key: ', `${SECRET}\r`],
    ] as const;
    const { status, stdout } = typed(both, ...sign);
    expect([status, stdout]).toEqual([0, expect.stringContaining('signed acme/model 1.0.0')]);
  });

  test('writes nothing for two that differ, an empty one, or Ctrl-C', () => {
    for (const [name, first, second, found] of [
      ['differ', 'one\r', 'two\r', 'the two passphrases differ'],
      ['empty', '\r', '\r', 'the passphrase is empty'],
      ['stopped', 'one\u0003', '', 'interrupted'],
    ] as const) {
      const answers = [[`Passphrase for ${name}.key: `, first] as const, ['The same again: ', second] as const];
      const { status, stdout } = typed(answers, 'keygen', name);
      expect([name, status, stdout]).toEqual([name, 2, expect.stringContaining(found)]);
      expect(fs.existsSync(at(`${name}.key`))).toBe(false);
    }
  });

  test('writes over nothing, be it a link to nowhere', () => {
    fs.symlinkSync('nowhere', at('linked.key'));
    for (const name of ['typed', 'linked']) {
      const { status, stdout } = typed([], 'keygen', name, '--unencrypted');
      expect([name, status, stdout]).toEqual([name, 2, expect.stringContaining('is there already')]);
    }
    expect(fs.existsSync(at('nowhere'))).toBe(false);
    expect(() => createPrivateKey(fs.readFileSync(at('typed.key')))).toThrow();
  });
});
