/** cosign 3 verifies what we attach, from every kind of registry and from a layout; and we verify what cosign attaches. */
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { AttestationOutput, Output } from '../../src/cli/outputs/attestations.ts';
import { predicateTypes } from '../../src/trust/predicate-types.ts';
import { openCli, type PackedJson } from './_cli.ts';
import { type Cosign, openCosign, printedIn } from './_cosign.ts';
import { useDistribution, useHub } from './_hub.ts';
import { rawFiles, rawWaybillFile, writePackage } from './_packages.ts';
import { run, temporaryFolder } from './_run.ts';

const place = temporaryFolder();
const at = (...parts: string[]) => path.join(place, ...parts);
const cli = openCli(place);
const TYPE = 'https://example.com/reviewed/v1';
const { verificationSummary, gateFailed } = predicateTypes;

let cosign: Cosign;
let digest: string;
beforeAll(() => {
  cosign = openCosign(at('cosign'));
  writePackage(at('model'), rawFiles, rawWaybillFile);
  digest = cli.json<PackedJson>('pack', at('model')).digest;
  for (const [name, curve] of [
    ['gate', 'P-256'],
    ['other', 'P-256'],
    ['p384', 'P-384'],
  ] as const) {
    run('openssl', [
      'genpkey',
      '-algorithm',
      'EC',
      '-pkeyopt',
      `ec_paramgen_curve:${curve}`,
      '-out',
      at(`${name}.key`),
    ]);
    run('openssl', ['pkey', '-in', at(`${name}.key`), '-pubout', '-out', at(`${name}.pub`)]);
  }
  const summary = {
    verifier: { id: 'https://example.com/gate' },
    resourceUri: 'pkg:oci/raw',
    policy: { uri: 'https://example.com/policy' },
    verifiedLevels: ['GATE_STAGING'],
  };
  fs.writeFileSync(at('passed.json'), JSON.stringify({ ...summary, verificationResult: 'PASSED' }));
  fs.writeFileSync(at('failed.json'), JSON.stringify({ ...summary, verificationResult: 'FAILED' }));
  fs.writeFileSync(at('review.json'), JSON.stringify({ by: 'ada', ünïcode: ['ß', '\u2028'] }));
  fs.writeFileSync(
    at('pass.rego'),
    'package signature\ndefault allow = false\nallow { input.predicate.verificationResult == "PASSED" }\n',
  );
  fs.writeFileSync(at('pass.cue'), 'predicate: verificationResult: "PASSED"\n');
});

const attest = (reference: string, type: string, predicate: string, key = 'gate') =>
  cli.run('attest', reference, '--type', type, '--predicate', at(predicate), '--key', at(`${key}.key`));
const listed = (reference: string, ...keys: string[]): readonly AttestationOutput[] =>
  cli.json<Output>('attestations', reference, ...keys.flatMap((key) => ['--key', key])).attestations;

describe.each([
  ['our hub', () => useHub(place)],
  ['distribution, which has no referrers API', () => useDistribution(place)],
] as const)('%s', (_, use) => {
  const registry = use();
  const named = (name: string) => `${registry.host}/acme/${name}:1.0.0`;
  const pinned = (name: string) => `${registry.host}/acme/${name}@${digest}`;
  const pushed = (name: string) => {
    cli.run('push', 'acme/raw:1.0.0', named(name), '--no-referrers');
    return named(name);
  };

  test('a gate that said yes: verify-attestation, verify, and policies in Rego and CUE', () => {
    attest(pushed('passed'), 'vsa', 'passed.json');
    const verified = cosign.verifyAttestation(at('gate.pub'), pinned('passed'), verificationSummary);
    expect(verified.status, verified.stderr).toBe(0);
    expect(printedIn(verified)).toMatchObject([
      { predicateType: verificationSummary, predicate: { verificationResult: 'PASSED' } },
    ]);
    expect(cosign.verify(at('gate.pub'), pinned('passed')).status).toBe(0);
    for (const policy of ['pass.rego', 'pass.cue'])
      expect(
        cosign.verifyAttestation(at('gate.pub'), pinned('passed'), verificationSummary, '--policy', at(policy)).status,
      ).toBe(0);
    expect(cosign.tree(pinned('passed'))).toContain(verificationSummary);
  });

  test('a gate that said no under its own type, and then yes: the policy is satisfied', () => {
    const reference = pushed('failed');
    expect(
      cli.attempt('attest', reference, '--type', 'vsa', '--predicate', at('failed.json'), '--key', at('gate.key'))
        .status,
    ).toBe(2);
    attest(reference, 'gate-failed', 'failed.json');
    const asked = () =>
      cosign.verifyAttestation(at('gate.pub'), pinned('failed'), verificationSummary, '--policy', at('pass.rego'))
        .status;
    expect(asked()).toBe(1);
    attest(reference, 'vsa', 'passed.json');
    expect(asked()).toBe(0);
    expect(
      cosign.verifyAttestation(at('gate.pub'), pinned('failed'), gateFailed, '--policy', at('pass.rego')).status,
    ).toBe(1);
    expect(cosign.verifyAttestation(at('gate.pub'), pinned('failed'), gateFailed).status).toBe(0);
  });

  test('any predicate of our own, byte for byte', () => {
    attest(pushed('own'), TYPE, 'review.json');
    const verified = cosign.verifyAttestation(at('gate.pub'), pinned('own'), TYPE);
    expect(verified.status, verified.stderr).toBe(0);
    expect(printedIn(verified)[0]?.predicate).toEqual(JSON.parse(fs.readFileSync(at('review.json'), 'utf8')));
  });

  test('a wrong type, a wrong key and a package about which nobody speaks are refused', () => {
    attest(pushed('refused'), 'vsa', 'passed.json');
    pushed('silent');
    for (const outcome of [
      cosign.verifyAttestation(at('gate.pub'), pinned('refused'), TYPE),
      cosign.verifyAttestation(at('other.pub'), pinned('refused'), verificationSummary),
      cosign.verify(at('other.pub'), pinned('refused')),
      cosign.verifyAttestation(at('gate.pub'), pinned('silent'), verificationSummary),
    ])
      expect(outcome.status).not.toBe(0);
  });

  test('P-384 is refused unless cosign is told its hash', () => {
    attest(pushed('p384'), 'vsa', 'passed.json', 'p384');
    const asked = (...more: string[]) =>
      cosign.verifyAttestation(at('p384.pub'), pinned('p384'), verificationSummary, ...more).status;
    expect(asked()).toBe(1);
    expect(asked('--signature-digest-algorithm', 'sha384')).toBe(0);
  });

  test('two statements by two keys: each key finds its own', () => {
    const reference = pushed('two');
    attest(reference, 'vsa', 'passed.json');
    attest(reference, TYPE, 'review.json', 'other');
    expect(cosign.verifyAttestation(at('gate.pub'), pinned('two'), verificationSummary).status).toBe(0);
    expect(cosign.verifyAttestation(at('other.pub'), pinned('two'), TYPE).status).toBe(0);
    expect(cosign.verifyAttestation(at('gate.pub'), pinned('two'), TYPE).status).toBe(1);
  });

  test('statements that were attached here and pushed along are verified there', () => {
    const local = 'acme/along:1.0.0';
    cli.run('tag', 'acme/raw:1.0.0', local);
    attest(local, 'vsa', 'passed.json');
    cli.run('push', local, named('along'));
    expect(cosign.verifyAttestation(at('gate.pub'), pinned('along'), verificationSummary).status).toBe(0);
    // And back, to somebody else.
    cli.run('pull', named('along'), '--store', at('other-store'));
    const back = cli.json<Output>(
      'attestations',
      named('along'),
      '--store',
      at('other-store'),
      '--key',
      at('gate.pub'),
    );
    expect(back.attestations.map(({ status }) => status)).toEqual(['verified']);
  });

  test.each([
    ['in the form of version 3', [], ['bundle', 'bundle']],
    ['in the old form, under tags', ['--new-bundle-format=false'], ['cosign-signature', 'cosign-attestation']],
  ] as const)('what cosign signs and attests %s is read and verified', (_form, more, sources) => {
    const name = `by-cosign-${more.length}`;
    pushed(name);
    cosign.sign(pinned(name), ...more);
    cosign.attest(pinned(name), TYPE, at('review.json'), ...more);
    const found = listed(named(name), cosign.publicKey);
    expect(found.map(({ source }) => source).sort()).toEqual([...sources].sort());
    expect(found.map(({ status }) => status)).toEqual(['verified', 'verified']);
    expect(found.filter(({ predicateType }) => predicateType === TYPE)).toHaveLength(1);
    expect(listed(named(name), at('gate.pub')).map(({ status }) => status)).toEqual(['not-verified', 'not-verified']);
    expect(cosign.verify(cosign.publicKey, pinned(name), ...more).status).toBe(0);
  });

  test('cosign attests beside ours, and both find both', () => {
    const reference = pushed('beside');
    attest(reference, 'vsa', 'passed.json');
    cosign.attest(pinned('beside'), TYPE, at('review.json'));
    attest(reference, TYPE, 'review.json', 'other');
    const found = listed(reference, at('gate.pub'), at('other.pub'), cosign.publicKey);
    expect(found.map(({ status }) => status)).toEqual(['verified', 'verified', 'verified']);
    expect(cosign.verifyAttestation(cosign.publicKey, pinned('beside'), TYPE).status).toBe(0);
    expect(cosign.verifyAttestation(at('gate.pub'), pinned('beside'), verificationSummary).status).toBe(0);
  });
});

describe('what waybill sign attaches', () => {
  const hub = useHub(place);
  test('the publisher’s statement and the signature over the files are good to cosign', () => {
    const reference = `${hub.host}/acme/signed:1.0.0`;
    cli.run('push', 'acme/raw:1.0.0', reference, '--no-referrers');
    const { omsRoot } = cli.json<{ omsRoot: string }>('sign', reference, '--key', at('gate.key'));
    const pinned = `${hub.host}/acme/signed@${digest}`;
    expect(cosign.verifyAttestation(at('gate.pub'), pinned, predicateTypes.package).status).toBe(0);
    expect(cosign.verify(at('gate.pub'), pinned).status).toBe(0);
    const found = listed(reference, at('gate.pub'));
    expect(found.map(({ kind, status }) => [kind, status]).sort()).toEqual([
      ['model-signature', 'not-verified'],
      ['package', 'verified'],
    ]);
    cli.run('attestations', reference, '--key', at('gate.pub'), '--type', 'model-signature', '--save', at('bundles'));
    const [bundle = ''] = fs.readdirSync(at('bundles'));
    const asked = (root: string, key = 'gate') =>
      cosign.run(
        ...['verify-blob-attestation', '--bundle', at('bundles', bundle), '--key', at(`${key}.pub`)],
        ...['--digest', root, '--digestAlg', 'sha256', '--type', predicateTypes.modelSignature],
        '--insecure-ignore-tlog',
      ).status;
    expect(asked(omsRoot)).toBe(0);
    expect(asked('0'.repeat(64))).not.toBe(0);
    expect(asked(omsRoot, 'other')).not.toBe(0);
  });
});

test('from a layout, once its index says in cosign’s word what is the image', () => {
  cli.run('tag', 'acme/raw:1.0.0', 'acme/layout:1.0.0');
  attest('acme/layout:1.0.0', 'vsa', 'passed.json');
  cli.run('copy', 'acme/layout:1.0.0', `oci:${at('layout')}:1.0.0`);
  const index = JSON.parse(fs.readFileSync(at('layout', 'index.json'), 'utf8'));
  for (const entry of index.manifests)
    if (entry.digest === digest) entry.annotations.kind = 'dev.cosignproject.cosign/image';
  fs.writeFileSync(at('layout', 'index.json'), JSON.stringify(index));
  const verified = cosign.verifyAttestation(at('gate.pub'), at('layout'), verificationSummary, '--local-image');
  expect(verified.status, verified.stderr).toBe(0);
  expect(cosign.verify(at('gate.pub'), at('layout'), '--local-image').status).toBe(0);
  expect(cosign.verify(at('other.pub'), at('layout'), '--local-image').status).not.toBe(0);
  expect(listed(`oci:${at('layout')}:1.0.0`, at('gate.pub')).some(({ status }) => status === 'verified')).toBe(true);
});

describe('signatures in the old form', () => {
  const [from, to] = [useDistribution(place), useHub(place)];
  test('go from registry to registry with all tags, after what they are attached to', () => {
    cli.run('push', 'acme/raw:1.0.0', `${from.host}/acme/old:v1`, '--no-referrers');
    const old = '--new-bundle-format=false';
    cosign.sign(`${from.host}/acme/old@${digest}`, old);
    cosign.attest(`${from.host}/acme/old@${digest}`, TYPE, at('review.json'), old);
    cli.run('copy', '--all-tags', `${from.host}/acme/old`, `${to.host}/acme/old`);
    expect(cosign.verify(cosign.publicKey, `${to.host}/acme/old@${digest}`, old).status).toBe(0);
    expect(listed(`${to.host}/acme/old:v1`, cosign.publicKey).map(({ status }) => status)).toEqual([
      'verified',
      'verified',
    ]);
  });
});
