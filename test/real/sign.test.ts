/** cosign 3 verifies what `waybill sign` attaches: the publisher's statement in a registry, and the signature over the files as a file. */
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Output as Signed } from '../../src/cli/outputs/sign.ts';
import { predicateTypes } from '../../src/trust/predicate-types.ts';
import { openCli } from './_cli.ts';
import { type Cosign, openCosign, printedIn } from './_cosign.ts';
import { useDistribution, useHub } from './_hub.ts';
import { rawFiles, rawWaybillFile, writePackage } from './_packages.ts';
import { temporaryFolder } from './_run.ts';

const place = temporaryFolder();
const at = (...parts: string[]) => path.join(place, ...parts);
const cli = openCli(place);
const hub = useHub(place);
const distribution = useDistribution(place);

let cosign: Cosign;
beforeAll(() => {
  cosign = openCosign(at('cosign'));
  writePackage(at('model'), rawFiles, rawWaybillFile);
  cli.run('pack', at('model'));
  for (const name of ['publisher', 'other']) cli.run('keygen', at(name), '--unencrypted');
});

test.each([
  ['our hub', () => hub.host],
  ['distribution, which has no referrers API', () => distribution.host],
] as const)('a package that is signed in %s', (_, hostOf) => {
  const reference = `${hostOf()}/acme/raw:1.0.0`;
  cli.run('push', 'acme/raw:1.0.0', reference, '--no-referrers');
  const signed = cli.json<Signed>('sign', reference, '--key', at('publisher.key'));
  expect(signed.where).toBe('registry');
  const pinned = `${hostOf()}/acme/raw@${signed.digest}`;
  const verified = cosign.verifyAttestation(at('publisher.pub'), pinned, predicateTypes.package);
  expect(verified.status, verified.stderr).toBe(0);
  expect(printedIn(verified)).toMatchObject([
    {
      predicateType: predicateTypes.package,
      predicate: { name: 'acme/raw', version: '1.0.0', setDigest: signed.setDigest, omsBundle: signed.omsBundle },
    },
  ]);
  expect(cosign.verify(at('publisher.pub'), pinned).status).toBe(0);
  expect(cosign.verify(at('other.pub'), pinned).status).not.toBe(0);
  expect(cli.json<Signed>('sign', reference, '--key', at('publisher.key')).result).toBe('unchanged');
});

test('the signature over the files of a package, laid beside them', () => {
  const { omsRoot } = cli.json<Signed>('sign', 'acme/raw:1.0.0', '--key', at('publisher.key'));
  cli.run('unpack', 'acme/raw:1.0.0', at('out'), '--with-signature');
  const asked = (key: string, root: string) =>
    cosign.run(
      ...['verify-blob-attestation', '--bundle', at('out', 'model.sig'), '--key', at(key)],
      ...['--digest', root, '--digestAlg', 'sha256', '--type', predicateTypes.modelSignature],
      '--insecure-ignore-tlog=true',
    ).status;
  expect(asked('publisher.pub', omsRoot)).toBe(0);
  expect(asked('other.pub', omsRoot)).not.toBe(0);
  expect(asked('publisher.pub', '0'.repeat(64))).not.toBe(0);
});
