/** Chains of certificates: what Waybill accepts, `openssl verify` accepts; and what it refuses beyond that, it says. */
import { X509Certificate } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WaybillError } from '../../src/base/errors.ts';
import { readCertificates, readRoots } from '../../src/trust/x509/read-certificates.ts';
import { verifyCertificateChain } from '../../src/trust/x509/verify-chain.ts';
import {
  authority,
  type CertificateRequest,
  type Issued,
  issue,
  issueLeaf,
  issueRoot,
  KEY_CERT_SIGN,
  toPemText,
} from '../_support/certificates.ts';
import { attempt, run, temporaryFolder } from './_run.ts';
import { withVectors } from './_vectors.ts';

const folder = temporaryFolder();
const NAME = 'https://acme.example/release';
/** In an hour: the certificates are made after this line. */
const NOW = new Date(Date.now() + 3_600_000);
let count = 0;

interface Chain {
  /** PEM texts: the leaf, those between, the roots. */
  readonly leaf: string;
  readonly between: string;
  readonly roots: string;
}

interface Asked {
  readonly at?: Date;
  readonly identity?: string;
}

function ours({ leaf, between, roots }: Chain, { at = NOW, identity = NAME }: Asked = {}): string {
  try {
    const { certificates } = readCertificates(leaf + between, 'chain');
    const who = identity === '' ? ({ anyIdentity: true } as const) : { identity };
    verifyCertificateChain(certificates, { ...who, roots: readRoots(roots, 'roots'), at });
    return 'accepted';
  } catch (error) {
    if (error instanceof WaybillError) return error.message;
    throw error;
  }
}

/** OpenSSL has no notion of whom the certificate should name, or for what. */
function openssl({ leaf, between, roots }: Chain, { at = NOW }: Asked = {}): boolean {
  const place = path.join(folder, `verify-${count++}`);
  fs.mkdirSync(place);
  for (const [name, text] of Object.entries({ leaf, between, roots }))
    fs.writeFileSync(path.join(place, `${name}.pem`), text);
  const untrusted = between === '' ? [] : ['-untrusted', 'between.pem'];
  const words = ['-attime', String(Math.floor(at.getTime() / 1000)), '-no-CApath', '-no-CAstore'];
  const outcome = attempt('openssl', ['verify', ...words, '-CAfile', 'roots.pem', ...untrusted, 'leaf.pem'], {
    cwd: place,
  });
  fs.rmSync(place, { recursive: true });
  return outcome.status === 0;
}

const inFolder = (...words: string[]) => run('openssl', words, { cwd: folder });
const read = (name: string) => fs.readFileSync(path.join(folder, `${name}.crt`), 'utf8');

const CA = 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign';
const LEAF = `basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=codeSigning\nsubjectAltName=URI:${NAME}`;

/** A certificate as openssl makes it, with the extensions of its configuration. */
function mint(name: string, issuer: string, extensions: string, key: readonly string[] = ['ec', 'prime256v1']): string {
  const [kind = 'ec', size = ''] = key;
  const option = kind === 'ec' ? `ec_paramgen_curve:${size}` : `rsa_keygen_bits:${size}`;
  inFolder('genpkey', '-algorithm', kind.toUpperCase(), '-pkeyopt', option, '-out', `${name}.key`);
  inFolder('req', '-new', '-key', `${name}.key`, '-subj', `/O=Acme/CN=${name}`, '-out', `${name}.csr`);
  fs.writeFileSync(path.join(folder, `${name}.ext`), extensions);
  const signer = issuer === name ? ['-signkey', `${name}.key`] : ['-CA', `${issuer}.crt`, '-CAkey', `${issuer}.key`];
  const serial = issuer === name ? [] : ['-CAcreateserial'];
  inFolder(
    ...['x509', '-req', '-in', `${name}.csr`, '-days', '30', '-sha256', '-out', `${name}.crt`],
    ...['-extfile', `${name}.ext`, ...signer, ...serial],
  );
  return read(name);
}

describe('chains that openssl makes', () => {
  const roots = mint('root', 'root', CA, ['rsa', '3072']);
  const between = mint('middle', 'root', `${CA.replace('CA:TRUE', 'CA:TRUE,pathlen:0')}\nauthorityKeyIdentifier=keyid`);

  test.each(['prime256v1', 'secp384r1', 'secp521r1'])('are accepted with a leaf on %s', (curve) => {
    const chain = { leaf: mint(`leaf-${curve}`, 'middle', LEAF, ['ec', curve]), between, roots };
    expect([ours(chain), openssl(chain)]).toEqual(['accepted', true]);
    expect(ours({ ...chain, between: between + roots })).toBe('accepted');
  });

  test('are accepted under a root with the defaults of openssl req -x509', () => {
    const words = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'plain.key'];
    inFolder('req', '-x509', ...words, '-subj', '/CN=plain', '-out', 'plain.crt');
    const chain = { leaf: mint('under-plain', 'plain', LEAF), between: '', roots: read('plain') };
    expect([ours(chain), openssl(chain)]).toEqual(['accepted', true]);
  });

  const DAY = 86_400_000;
  test.each([
    ['expired', 31, 'valid only until'],
    ['not valid yet', -1, 'valid only from'],
  ])('are refused when they are %s, by both', (_, days, found) => {
    const chain = { leaf: mint(`leaf-at-${days}`, 'middle', LEAF), between, roots };
    const at = new Date(NOW.getTime() + days * DAY);
    expect(ours(chain, { at })).toContain(found);
    expect(openssl(chain, { at })).toBe(false);
  });

  test('are refused without what stands between, by both', () => {
    const chain = { leaf: mint('leaf-alone', 'middle', LEAF), between: '', roots };
    expect(ours(chain)).toContain('none of the given roots has issued it');
    expect(openssl(chain)).toBe(false);
    // An intermediate is no anchor.
    expect(ours({ ...chain, roots: between })).toContain('is no root');
    expect(openssl({ ...chain, roots: between })).toBe(false);
  });

  test('are refused when the path is too long, or a leaf issues, by both', () => {
    const below = mint('below', 'middle', CA);
    const deep = { leaf: mint('leaf-deep', 'below', LEAF), between: below + between, roots };
    expect(ours(deep)).toContain('pathLen');
    expect(openssl(deep)).toBe(false);
    const issuing = mint('issuing', 'middle', LEAF);
    const grand = { leaf: mint('leaf-grand', 'issuing', LEAF), between: issuing + between, roots };
    expect(ours(grand)).toContain('not issued by the one after it');
    expect(openssl(grand)).toBe(false);
  });

  test.each([
    ['for web servers', LEAF.replace('codeSigning', 'serverAuth'), 'not for signing code'],
    [
      'of an authority',
      `${CA},digitalSignature\nextendedKeyUsage=codeSigning\nsubjectAltName=URI:${NAME}`,
      'may sign certificates',
    ],
    ['for nothing that is said', `subjectAltName=URI:${NAME}`, 'key usage digitalSignature'],
    ['for somebody else', LEAF.replace(NAME, `${NAME}d`), 'it names URI:'],
    ['for nobody', LEAF.replace(/\nsubjectAltName.*/, ''), 'it names nobody'],
  ])('are refused with a leaf %s, though they are good for openssl', (name, extensions, found) => {
    const chain = { leaf: mint(name.replaceAll(' ', '-'), 'middle', extensions), between, roots };
    expect(ours(chain)).toContain(found);
    expect(openssl(chain)).toBe(true);
  });

  test('are refused under name constraints, which are not understood', () => {
    const limited = mint('limited', 'root', `${CA}\nnameConstraints=critical,permitted;URI:.acme.example`);
    const chain = { leaf: mint('leaf-limited', 'limited', LEAF), between: limited, roots };
    expect(ours(chain)).toContain('name constraints');
  });
});

describe('what Waybill accepts of odd certificates, openssl accepts', () => {
  const root = issueRoot();
  const middle = issue({ subject: 'middle', issuer: root, extensions: [authority(0), KEY_CERT_SIGN] });
  const leaf = issueLeaf(middle);
  const chainOf = (first: Issued, second: Issued, third: Issued): Chain => ({
    leaf: toPemText(first),
    between: toPemText(second),
    roots: toPemText(third),
  });

  test('the honest one', () => {
    const chain = chainOf(leaf, middle, root);
    expect([ours(chain), openssl(chain)]).toEqual(['accepted', true]);
  });

  /** One octet of one field of what is signed is changed, and then it is signed for real. */
  const change = fc.record({ field: fc.nat(7), at: fc.nat(200), by: fc.integer({ min: 1, max: 255 }) });
  const changed = ({ field, at, by }: { field: number; at: number; by: number }): CertificateRequest['fields'] => {
    return (usual) => {
      const bytes = Buffer.from(usual[field] ?? Buffer.of(0));
      const place = at % bytes.length;
      bytes.writeUInt8(bytes.readUInt8(place) ^ by, place);
      return usual.with(field, bytes);
    };
  };

  test('two thousand that were changed before they were signed', () => {
    let accepted = 0;
    fc.assert(
      fc.property(change, fc.boolean(), (what, isLeaf) => {
        const fields = changed(what) ?? ((usual) => usual);
        const second = isLeaf
          ? middle
          : issue({
              subject: 'middle',
              issuer: root,
              key: middle.key,
              extensions: [authority(0), KEY_CERT_SIGN],
              fields,
            });
        const first = isLeaf ? issueLeaf(middle, { key: leaf.key, fields }) : leaf;
        const chain = chainOf(first, second, root);
        if (ours(chain, { identity: '' }) !== 'accepted') return;
        accepted++;
        expect(openssl(chain)).toBe(true);
      }),
      { numRuns: 2000, seed: 38 },
    );
    // Serial numbers, times and names may change and stay good: that none passed would say that nothing was tried.
    expect(accepted).toBeGreaterThan(50);
  });

  test('two thousand that were changed after they were signed: none', () => {
    const byte = fc.record({ at: fc.nat(leaf.der.length - 1), by: fc.integer({ min: 1, max: 255 }) });
    fc.assert(
      fc.property(byte, ({ at, by }) => {
        const der = Buffer.from(leaf.der);
        der.writeUInt8(der.readUInt8(at) ^ by, at);
        const chain = chainOf({ ...leaf, der }, middle, root);
        if (ours(chain, { identity: '' }) === 'accepted') expect(openssl(chain)).toBe(true);
      }),
      { numRuns: 2000, seed: 38 },
    );
  });
});

withVectors('external/goldens/keys', (keys) => {
  const pem = (name: string) => fs.readFileSync(path.join(keys, `${name}.pem`), 'utf8');
  const chain = { leaf: pem('signing-key-cert'), between: pem('int-ca-cert'), roots: pem('ca-cert') };

  test('the certificates of the reference implementation of OpenSSF Model Signing, which name nobody', () => {
    expect(ours(chain)).toContain('it names nobody');
    expect([ours(chain, { identity: '' }), openssl(chain)]).toEqual(['accepted', true]);
    const { validTo } = new X509Certificate(chain.leaf);
    const at = new Date(Date.parse(validTo) + 1000);
    expect(ours(chain, { identity: '', at })).toContain('valid only until');
    expect(openssl(chain, { at })).toBe(false);
  });
});
