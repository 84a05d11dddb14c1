/** OpenSSF Model Signing: its Python implementation verifies what we sign, and we verify what it signs, by keys and by certificates. */
import fs from 'node:fs';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Output as Signed } from '../../src/cli/outputs/sign.ts';
import { parseBundle } from '../../src/trust/bundle/bundle.ts';
import { readModelSignature } from '../../src/trust/oms/read.ts';
import {
  authority,
  type Issued,
  issueLeaf,
  issueRoot,
  KEY_CERT_SIGN,
  newKey,
  toPemText,
} from '../_support/certificates.ts';
import { openCli, type PackedJson, type VerifiedJson } from './_cli.ts';
import { rawFiles, rawWaybillFile, writePackage } from './_packages.ts';
import { installLocked } from './_python.ts';
import { attempt, type Outcome, repository, run, temporaryFolder } from './_run.ts';
import { withVectors } from './_vectors.ts';

const place = temporaryFolder();
const at = (...parts: string[]) => path.join(place, ...parts);
const cli = openCli(place);
const IDENTITY = 'https://acme.example/release';
const curves = ['P-256', 'P-384', 'P-521'] as const;

let python = '';
let root: Issued;
beforeAll(() => {
  python = installLocked('model-signing', path.join(repository, 'test/real/requirements-model-signing.lock'));
  root = issueRoot();
  fs.writeFileSync(at('root.pem'), toPemText(root));
  for (const curve of [...curves, 'other'] as const) {
    const key = newKey(curve === 'other' ? 'P-256' : curve);
    const middle = issueRoot('middle', { issuer: root, extensions: [authority(0), KEY_CERT_SIGN] });
    const leaf = issueLeaf(middle, { key });
    fs.writeFileSync(at(`${curve}.key`), key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    run('openssl', ['pkey', '-in', at(`${curve}.key`), '-pubout', '-out', at(`${curve}.pub`)]);
    fs.writeFileSync(at(`${curve}.leaf.pem`), toPemText(leaf));
    fs.writeFileSync(at(`${curve}.middle.pem`), toPemText(middle));
    fs.writeFileSync(at(`${curve}.chain.pem`), toPemText(leaf, middle));
  }
});

/** Names in many scripts, orders that differ by code point, by UTF-16 and by parts of paths, empty and nested files. */
const files: Readonly<Record<string, string>> = {
  'a/b.bin': 'a slash',
  'a-b.bin': 'a dash',
  'a.bin': 'a dot',
  'a/c/d/e/f.bin': 'deep',
  empty: '',
  'sub/__init__.py': '',
  'ünï/çödé.txt': 'latin',
  'モデル/重み.bin': 'japanese',
  '\u{1f600}.bin': 'beyond the first plane',
  '\uff00.bin': 'before it by code point',
  'with space and %25.txt': 'space',
  '.hidden': 'hidden',
  'sub/.gitignore': 'not at the root',
  'ab:1:2.bin': 'colons, as shards have them',
  'UPPER.bin': 'upper',
  'upper.bin': 'lower',
};

let count = 0;
function model(content: Readonly<Record<string, string>> = files): string {
  const folder = at(`model-${count++}`);
  for (const [name, text] of Object.entries(content)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

const signing = (...words: readonly string[]): Outcome => attempt(python, ['-m', 'model_signing', ...words]);
const theirs = (folder: string, ...words: readonly string[]) => {
  const { status, stdout, stderr } = signing(
    'verify',
    ...words.slice(0, 1),
    folder,
    '--signature',
    sig(folder),
    ...words.slice(1),
  );
  return status === 0 && stdout.includes('Verification succeeded') ? 'verified' : `${stdout}${stderr}`.trim();
};
const sig = (folder: string) => path.join(folder, 'model.sig');
const ours = (folder: string, ...words: readonly string[]) => {
  const outcome = cli.attempt('verify', folder, '--signature', sig(folder), ...words, '--json');
  const { verdict, findings } = JSON.parse(outcome.stdout) as VerifiedJson;
  expect(outcome.status).toBe(verdict === 'pass' ? 0 : 1);
  return {
    verdict,
    rules: findings.filter(({ level }) => level === 'error').map(({ rule, path }) => `${rule} ${path ?? ''}`.trim()),
  };
};
const good = { verdict: 'pass', rules: [] };

describe.each(curves)('with keys on %s', (curve) => {
  test('model_signing verifies what waybill signs, and sees what was changed since', () => {
    const folder = model();
    cli.run('sign', folder, '--key', at(`${curve}.key`));
    expect(theirs(folder, 'key', '--public_key', at(`${curve}.pub`))).toBe('verified');
    expect(ours(folder, '--key', at(`${curve}.pub`))).toEqual(good);
    expect(theirs(folder, 'key', '--public_key', at('other.pub'))).toContain('Key mismatch');
    fs.writeFileSync(path.join(folder, 'empty'), '!');
    expect(theirs(folder, 'key', '--public_key', at(`${curve}.pub`))).toContain('empty');
    expect(ours(folder, '--key', at(`${curve}.pub`)).rules).toEqual(['file-changed empty']);
  });

  test('waybill verifies what model_signing signs, and sees what was changed since', () => {
    const folder = model();
    const { status, stderr } = signing(
      'sign',
      'key',
      folder,
      '--signature',
      sig(folder),
      '--private_key',
      at(`${curve}.key`),
    );
    expect(status, stderr).toBe(0);
    expect(ours(folder, '--key', at(`${curve}.pub`))).toEqual(good);
    expect(ours(folder, '--key', at('other.pub')).rules).toEqual(['signature-wrong']);
    fs.rmSync(path.join(folder, 'モデル/重み.bin'));
    fs.writeFileSync(path.join(folder, '__init__.py'), '');
    expect(ours(folder, '--key', at(`${curve}.pub`)).rules).toEqual([
      'file-missing モデル/重み.bin',
      'file-extra __init__.py',
    ]);
  });
});

describe.each(curves)('with certificates on %s', (curve) => {
  const roots = () => ['--roots', at('root.pem')];

  test('model_signing verifies what waybill signs', () => {
    const folder = model();
    cli.run('sign', folder, '--key', at(`${curve}.key`), '--certificates', at(`${curve}.chain.pem`));
    expect(theirs(folder, 'certificate', '--certificate_chain', at('root.pem'))).toBe('verified');
    expect(ours(folder, ...roots(), '--identity', IDENTITY)).toEqual(good);
    expect(ours(folder, ...roots(), '--any-identity')).toEqual(good);
    expect(ours(folder, ...roots(), '--identity', 'https://evil.example/release').rules).toEqual([
      'certificate-refused',
    ]);
  });

  test('waybill verifies what model_signing signs', () => {
    const folder = model();
    const { status, stderr } = signing(
      'sign',
      'certificate',
      folder,
      ...['--signature', sig(folder), '--private_key', at(`${curve}.key`)],
      ...['--signing_certificate', at(`${curve}.leaf.pem`), '--certificate_chain', at(`${curve}.middle.pem`)],
    );
    expect(status, stderr).toBe(0);
    expect(ours(folder, ...roots(), '--identity', IDENTITY)).toEqual(good);
  });
});

test('both take each other’s lists in their own order, which gives different roots', () => {
  const folder = model();
  cli.run('sign', folder, '--key', at('P-256.key'));
  const own = readModelSignature(parseBundle(fs.readFileSync(sig(folder))));
  signing('sign', 'key', folder, '--signature', sig(folder), '--private_key', at('P-256.key'));
  const other = readModelSignature(parseBundle(fs.readFileSync(sig(folder))));
  const names = (signature: typeof own) => signature.resources.map(({ name }) => name);
  expect(names(other)).not.toEqual(names(own));
  expect(new Set(names(other))).toEqual(new Set(names(own)));
  expect(other.root).not.toBe(own.root);
});

test('the library of model_signing verifies what waybill signs with no word about what was left out', () => {
  const folder = model();
  cli.run('sign', folder, '--key', at('P-256.key'));
  const script = `import sys, model_signing
model_signing.verifying.Config().use_elliptic_key_verifier(public_key=sys.argv[1]).verify(sys.argv[2], sys.argv[3])
print("verified")`;
  expect(run(python, ['-c', script, at('P-256.pub'), folder, sig(folder)]).stdout.trim()).toBe('verified');
});

test('somebody with model_signing alone verifies a package that waybill signed and unpacked, .gitattributes and all', () => {
  // As nearly every model of the Hugging Face hub has one.
  const more = { '.gitattributes': '*.bin filter=lfs\n', '.github/workflows/ci.yaml': 'on: push\n' };
  const waybillFile = rawWaybillFile.replace('docs/**', 'docs/**", ".gitattributes", ".github/**');
  writePackage(at('package'), { ...rawFiles, ...more }, waybillFile);
  const { reference } = cli.json<PackedJson>('pack', at('package'));
  const signed = cli.json<Signed>('sign', reference, '--key', at('P-256.key'));
  const folder = at('handed-over');
  cli.run('unpack', reference, folder, '--with-signature', '--key', at('P-256.pub'));
  expect(theirs(folder, 'key', '--public_key', at('P-256.pub'))).toBe('verified');
  expect(ours(folder, '--key', at('P-256.pub'))).toEqual(good);
  expect(readModelSignature(parseBundle(fs.readFileSync(sig(folder)))).root).toBe(signed.omsRoot);
  // What model_signing passes over, the signed SHA256SUMS covers.
  fs.appendFileSync(path.join(folder, '.gitattributes'), 'evil\n');
  expect(theirs(folder, 'key', '--public_key', at('P-256.pub'))).toBe('verified');
  expect(ours(folder, '--key', at('P-256.pub')).rules).toEqual(['file-changed .gitattributes']);
});

withVectors('external', (vectors) => {
  const schema = (name: string) =>
    JSON.parse(fs.readFileSync(path.join(vectors, `oms-spec/schemas/v1.0/${name}.schema.json`), 'utf8'));
  const goldens = path.join(vectors, 'goldens');
  const expectations = new Map<string, string>(
    JSON.parse(fs.readFileSync(path.join(vectors, 'index.json'), 'utf8')).files.map(
      ({ file, expectation }: { file: string; expectation: string }) => [file, expectation],
    ),
  );

  test('what waybill signs is what the schemas of the specification ask for', () => {
    const ajv = new Ajv2020({ strict: false });
    for (const name of ['predicate', 'statement', 'envelope']) ajv.addSchema(schema(name));
    const isBundle = ajv.compile(schema('bundle'));
    const isStatement = ajv.compile({ $ref: 'https://model_signing/statement/v1.0/schema' });
    for (const words of [[], ['--certificates', at('P-256.chain.pem')]]) {
      const folder = model();
      cli.run('sign', folder, '--key', at('P-256.key'), ...words);
      const bundle = JSON.parse(fs.readFileSync(sig(folder), 'utf8'));
      expect([isBundle(bundle), isBundle.errors]).toEqual([true, null]);
      const statement = JSON.parse(Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString());
      expect([isStatement(statement), isStatement.errors]).toEqual([true, null]);
      // And they do not take everything.
      expect(isStatement({ ...statement, more: 1 })).toBe(false);
    }
  });

  const vectorsOf = (kind: string) => fs.readdirSync(path.join(vectors, 'oms-spec/test-vectors/v1.0', kind));
  const vector = (kind: string, name: string) =>
    fs.readFileSync(path.join(vectors, 'oms-spec/test-vectors/v1.0', kind, name));

  test.each(vectorsOf('valid'))('the valid vector %s of the specification is read, and its root is right', (name) => {
    const { root, resources } = readModelSignature(parseBundle(vector('valid', name)));
    expect([root, resources.length]).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/), 2]);
  });

  test.each([
    ...vectorsOf('invalid').map((name) => ['invalid', name]),
    ...vectorsOf('invalid-payload').map((name) => ['invalid-payload', name]),
  ])('the %s vector %s of the specification is refused', (kind, name) => {
    const file = at('vector.sig');
    fs.writeFileSync(file, vector(kind ?? '', name ?? ''));
    const { status } = cli.attempt(
      'verify',
      model(),
      '--signature',
      file,
      '--key',
      path.join(goldens, 'keys/signing-key-pub.pem'),
    );
    expect(status).toBe(1);
  });

  const releases = fs.readdirSync(goldens).filter((name) => name.startsWith('v'));
  test.each(releases)('the golden %s of model_signing', (name) => {
    const folder = at(name);
    fs.cpSync(path.join(goldens, name), folder, { recursive: true });
    const expectation = expectations.get(`goldens/${name}/model.sig`);
    const keys = path.join(goldens, 'keys');
    if (name.endsWith('sigstore')) {
      // Accepted by whoever has Sigstore's log; Waybill says that it does not verify this, and never that it passes.
      const outcome = cli.attempt(
        'verify',
        folder,
        '--signature',
        sig(folder),
        '--roots',
        path.join(keys, 'ca-cert.pem'),
        '--any-identity',
        '--json',
      );
      expect([outcome.status, JSON.parse(outcome.stdout).error.code]).toEqual([2, 'UNSUPPORTED']);
      expect(JSON.parse(outcome.stdout).error.message).toContain('keyless');
      return;
    }
    const words = name.endsWith('certificate')
      ? ['--roots', path.join(keys, 'ca-cert.pem'), '--any-identity']
      : ['--key', path.join(keys, 'signing-key-pub.pem')];
    const { verdict, rules } = ours(folder, ...words);
    if (expectation === 'accept') expect({ verdict, rules }).toEqual(good);
    // Of a single file, under the name ".": older versions alone write it.
    else
      expect({ verdict, rules, expectation }).toEqual({
        verdict: 'fail',
        rules: ['signature-malformed'],
        expectation: 'either',
      });
    if (verdict === 'fail') return;
    fs.appendFileSync(path.join(folder, 'signme-2'), '!');
    expect(ours(folder, ...words).rules).toEqual(['file-changed signme-2']);
  });
});
