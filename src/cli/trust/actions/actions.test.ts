import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import fs from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { demand, GATED, release } from '../../../../test/_support/publishing.ts';
import { VSA } from '../../../../test/_support/trust-cases.ts';
import { newKey } from '../../../../test/_support/trust-files.ts';
import { type Meeting, meet } from '../../../../test/_support/two-machines.ts';
import { requirementsOf, runVerb } from '../../../../test/_support/verbs.ts';
import { localSigner } from '../../../trust/keys/signer.ts';
import { readTrustFile } from '../../../trust/policy/read.ts';
import { readRevocations } from '../../../trust/revocations/list.ts';

const keys = { publisher: newKey(), gate: newKey('P-384') };
let meeting: Meeting;
beforeEach(async () => {
  meeting = await meet();
});
afterEach(() => meeting[Symbol.asyncDispose]());

const at = (name: string) => meeting.scratch.at('publisher', name);
const run = (...words: readonly string[]) => runVerb(['trust', ...words], meeting.publisher);
const code = async (...words: readonly string[]) => (await run(...words)).error?.code;

describe('trust init', () => {
  test('writes a policy with the key of a publisher, which passes what he signed', async () => {
    await release(meeting.publisher, { signer: keys.publisher.signer });
    fs.writeFileSync(at('acme release.pub'), keys.publisher.pem);
    const { output } = await run(
      'init',
      '--publisher',
      at('acme release.pub'),
      '--match',
      'acme/**',
      '--output',
      at('trust.yaml'),
    );
    expect(output).toMatchObject({
      match: 'acme/**',
      keys: [{ id: 'acme-release', role: 'publisher', keyId: keys.publisher.signer.publicKey.id }],
    });
    expect(readTrustFile(at('trust.yaml')).policy.repositories).toMatchObject([
      { match: 'acme/**', require: [{ role: 'publisher' }] },
    ]);
    const result = await runVerb(['verify', 'acme/digits:1.0.0', '--trust', at('trust.yaml')], meeting.publisher);
    expect([result.status, ...requirementsOf(result)]).toEqual([0, 'satisfied']);
  });

  test('takes the keys that signed a package, and says that nobody has said whose they are', async () => {
    await release(meeting.publisher, { signer: keys.gate.signer });
    const { output } = await run('init', 'acme/digits:1.0.0', '--output', at('trust.yaml'));
    expect(output).toMatchObject({
      match: 'acme/digits',
      keys: [{ id: 'publisher-1', keyId: keys.gate.signer.publicKey.id, from: 'acme/digits:1.0.0' }],
    });
    expect(fs.readFileSync(at('trust.yaml'), 'utf8')).toContain('That does not say whose they are');
    const result = await runVerb(['verify', 'acme/digits:1.0.0', '--trust', at('trust.yaml')], meeting.publisher);
    expect(result.status).toBe(0);
  });

  test('replaces nothing unless that is said, and writes nothing that it does not know', async () => {
    await release(meeting.publisher);
    fs.writeFileSync(at('p.pub'), keys.publisher.pem);
    const words = ['init', '--publisher', at('p.pub'), '--match', 'acme/*', '--output', at('trust.yaml')];
    expect((await run(...words)).status).toBe(0);
    expect(await code(...words)).toBe('DESTINATION_EXISTS');
    expect((await run(...words, '--force')).status).toBe(0);
    expect(await code('init', 'acme/digits:1.0.0', '--output', at('other.yaml'))).toBe('UNSUPPORTED');
    expect(await code('init')).toBe('USAGE');
    expect(await code('init', '--publisher', at('p.pub'))).toBe('USAGE');
    expect(await code('init', '--publisher', at('p.pub'), '--match', 'Acme')).toBe('USAGE');
    expect(await code('init', '--publisher', at('none.pub'), '--match', '**')).toBe('FILE_UNREADABLE');
    expect(await code('begin')).toBe('USAGE');
    expect(fs.existsSync(at('other.yaml'))).toBe(false);
  });
});

describe('trust revoke', () => {
  beforeEach(() => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    fs.writeFileSync(at('revoker.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  });

  test('numbers its lists, keeps what was revoked, and signs anew with nothing added', async () => {
    const signed = (...words: readonly string[]) =>
      run('revoke', at('list.json'), '--key', at('revoker.key'), ...words);
    const { publicKey } = localSigner(createPrivateKey(fs.readFileSync(at('revoker.key'))), 'revoker');
    const read = () => readRevocations(fs.readFileSync(at('list.json')), publicKey, 'list.json');
    fs.writeFileSync(at('stolen.pub'), keys.gate.pem);
    const digest = `sha256:${'a'.repeat(64)}`;

    expect((await signed()).output).toMatchObject({ serial: 1, revoked: 0 });
    expect(
      (await signed('--revoke-key', at('stolen.pub'), '--since', '2026-11-01', '--reason', 'stolen')).output,
    ).toMatchObject({ serial: 2, revoked: 1 });
    expect((await signed('--revoke-package', digest, '--revoke-statement', digest)).output).toMatchObject({
      serial: 3,
      revoked: 3,
    });
    expect((await signed('--revoke-package', digest)).output).toMatchObject({ serial: 4, revoked: 3 });
    expect(read()).toMatchObject({
      serial: 4,
      revoked: [
        { kind: 'key', value: keys.gate.signer.publicKey.id, since: Date.UTC(2026, 10, 1), reason: 'stolen' },
        { kind: 'statement', value: digest },
        { kind: 'package', value: digest },
      ],
    });
    fs.rmSync(at('revoker.key'));
    await runVerb(['keygen', at('revoker'), '--unencrypted'], meeting.publisher);
    // Somebody else's list is not gone on with.
    expect((await signed()).error?.code).toBe('TRUST_UNDECIDED');
    expect(read().serial).toBe(4);
  });

  test('refuses what names nothing', async () => {
    const signed = (...words: readonly string[]) =>
      code('revoke', at('list.json'), '--key', at('revoker.key'), ...words);
    expect(await code('revoke')).toBe('USAGE');
    expect(await code('revoke', at('list.json'))).toBe('USAGE');
    expect(await signed('--revoke-package', 'acme/digits:1.0.0')).toBe('USAGE');
    expect(await signed('--revoke-statement', 'x')).toBe('USAGE');
    expect(await signed('--revoke-key', at('none.pub'))).toBe('FILE_UNREADABLE');
    expect(await signed('--since', '2026-01-01')).toBe('USAGE');
    expect(await signed('--revoke-key', 'a'.repeat(64), '--since', 'yesterday')).toBe('USAGE');
    expect(fs.existsSync(at('list.json'))).toBe(false);
  });
});

describe('trust admission', () => {
  const policy = () => {
    const require = [
      { role: 'publisher', predicateType: 'https://waybill.dev/attestations/package/v1' },
      { ...GATED, maxAge: '90d', where: { stage: 'production' } },
    ];
    const repositories = [
      { match: 'registry.example/acme/digits', require },
      { match: 'acme/**', require },
    ];
    return demand(meeting.publisher, keys, { members: { repositories } });
  };
  const documentFor = async (controller: string) => {
    const { output } = await run('admission', '--for', controller, '--trust', policy());
    return output as { document: string; notChecked: string[] };
  };

  test('for Kyverno has an attestation for each requirement, by the keys of its role alone', async () => {
    const { document, notChecked } = await documentFor('kyverno');
    const { apiVersion, kind, spec } = parse(document);
    expect([apiVersion, kind, spec.rules.length]).toEqual(['kyverno.io/v1', 'ClusterPolicy', 2]);
    const [{ imageExtractors, verifyImages }, second] = spec.rules;
    expect(imageExtractors.Pod[0].path).toBe('/spec/volumes/*/image/reference');
    const [{ type, imageReferences, attestations, failureAction }] = verifyImages;
    expect([type, imageReferences, failureAction]).toEqual([
      'SigstoreBundle',
      ['registry.example/acme/digits*'],
      'Enforce',
    ]);
    expect(second.verifyImages[0].imageReferences).toEqual(['*/acme/**']);
    const keyOf = ({ attestors }: { attestors: { count: number; entries: { keys: Record<string, unknown> }[] }[] }) =>
      attestors.map(({ count, entries }) => [count, entries.map((entry) => entry.keys)]);
    expect(keyOf(attestations[0])).toEqual([
      [
        1,
        [
          {
            publicKeys: keys.publisher.pem,
            signatureAlgorithm: 'sha256',
            rekor: { ignoreTlog: true },
            ctlog: { ignoreSCT: true },
          },
        ],
      ],
    ]);
    expect(keyOf(attestations[1])).toMatchObject([[1, [{ publicKeys: keys.gate.pem, signatureAlgorithm: 'sha384' }]]]);
    expect(attestations[0].conditions[0].all).toEqual([
      { key: '{{ name }}', operator: 'AnyIn', value: ['acme/digits'] },
    ]);
    expect(attestations[1].type).toBe(VSA);
    expect(attestations[1].conditions[0].all).toEqual([
      { key: '{{ verificationResult }}', operator: 'Equals', value: 'PASSED' },
      { key: '{{ stage }}', operator: 'Equals', value: 'production' },
    ]);
    for (const text of notChecked) expect(document).toContain(`# - ${text}\n`);
    expect(notChecked.join()).toMatch(/How old a statement is.*Whether a statement has expired/s);
  });

  test('for policy-controller is a policy for each requirement: those add up, authorities do not', async () => {
    const { document, notChecked } = await documentFor('policy-controller');
    const documents = parseAllDocuments(document).map((one) => one.toJS());
    expect(documents.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual(
      ['1-1', '1-2', '2-1', '2-2'].map((name) => `ClusterImagePolicy waybill-${name}`),
    );
    expect(documents[0].spec.images).toEqual([{ glob: 'registry.example/acme/digits*' }]);
    expect(documents[3].spec).toMatchObject({
      mode: 'enforce',
      images: [{ glob: '**/acme/**' }],
      authorities: [
        {
          name: 'gate',
          key: { data: keys.gate.pem, hashAlgorithm: 'sha384' },
          attestations: [{ predicateType: VSA, policy: { type: 'cue' } }],
        },
      ],
    });
    expect(documents[3].spec.authorities[0].attestations[0].policy.data).toBe(
      `predicateType: "${VSA}"\npredicate: "stage": "production"\npredicate: "verificationResult": "PASSED"\n`,
    );
    expect(notChecked.join()).toContain('reads bundles only of keyless signers');
  });

  test('names all that a policy asks for beyond', async () => {
    const require = [{ role: 'publisher', predicateType: 'https://waybill.dev/attestations/package/v1', threshold: 2 }];
    const list = [keys.publisher, keys.gate].map(({ pem }, index) => ({
      id: `p${index}`,
      role: 'publisher',
      spki: pem,
      notAfter: '2030-01-01',
    }));
    const revocations = { source: 'r.json', key: { spki: newKey().pem }, maxAge: '7d' };
    const file = demand(
      meeting.publisher,
      {},
      { members: { keys: list, repositories: [{ match: '**', require }], revocations } },
    );
    const { output } = await run('admission', '--for', 'policy-controller', '--trust', file);
    expect(String(output?.['notChecked'])).toMatch(/until when a key holds.*Revocation.*How many keys state it/s);
    expect(await code('admission', '--for', 'kyverno')).toBe('USAGE');
    expect(await code('admission', '--trust', file)).toBe('USAGE');
  });
});
