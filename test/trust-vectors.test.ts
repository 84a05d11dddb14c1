/** What cosign and hand-made bundles of the field state, held to policies. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { parseDigest } from '../src/oci/digest.ts';
import { recoverKey } from '../src/trust/first-use/recover-key.ts';
import { readPublicKey } from '../src/trust/keys/public-key.ts';
import { predicateTypes } from '../src/trust/predicate-types.ts';
import { ask, attestationOf, FACTS, NOW, outcomeOf, VSA } from './_support/trust-cases.ts';
import { parseTrust } from './_support/trust-files.ts';
import { withVectors } from './real/_vectors.ts';

const digest = parseDigest('sha256:145342525f54f55568a2fd8cc66e303b82c53a335dd9b66a35be157ae4f8865c');
withVectors('external/attest', (folder) => {
  const read = (name: string) => fs.readFileSync(`${folder}/${name}`);

  async function outcome(
    name: string,
    { type = VSA, key = 'p256.pub', repository = `acme/m-${name}` } = {},
  ): Promise<string> {
    const result = type === VSA ? { result: 'PASSED' } : {};
    const require = [{ role: 'gate', predicateType: type, ...result }];
    const keys = [{ id: 'gate', role: 'gate', spki: read(key).toString() }];
    const { policy } = parseTrust(
      JSON.stringify({ trust: 1, keys, repositories: [{ match: 'acme/*', anyName: true, require }] }),
    );
    const attestation = await attestationOf(read(`${name}.bundle.json`));
    const asked = { host: '127.0.0.1:18401', repository };
    return outcomeOf(ask(policy, [attestation], { package: { ...FACTS, digest }, asked, now: NOW }));
  }

  test('statements of others count by the same rules', async () => {
    expect(await outcome('pass', { repository: 'acme/m-failed-pass' })).toBe('pass');
    expect(await outcome('pass', { repository: 'acme/m-other' })).toBe('wrong-resource');
    expect(await outcome('nokeyid')).toBe('pass');
    expect(await outcome('otherkey')).toBe('bad-signature');
    expect(await outcome('signv1', { type: predicateTypes.cosignSign })).toBe('pass');
    expect(await outcome('signv1')).toBe('missing');
    // It was made with a predicate that has nothing but a result: no verification summary as SLSA has it.
    expect(await outcome('cosign-own', { key: 'cosign-own.pub' })).toBe('malformed');
  });

  test('the key of a bundle that cosign wrote is found by the name that cosign gives it', async () => {
    const { bundle } = await attestationOf(read('cosign-own.bundle.json'));
    expect(bundle && recoverKey(bundle)?.id).toBe(readPublicKey(read('cosign-own.pub'), 'cosign-own.pub').id);
  });
});
