import { createPublicKey } from 'node:crypto';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { generateKey } from '../../trust/keys/generate.ts';
import { publicKeyOf } from '../../trust/keys/public-key.ts';
import { parseTrustFile } from '../../trust/policy/parse.ts';
import { toTrustEntry } from './trust-entry.ts';

const key = createPublicKey(generateKey('ecdsa-p521'));
const pem = String(key.export({ type: 'spki', format: 'pem' }));
const entryFor = (name: string) =>
  toTrustEntry({ name, role: 'gate', notBefore: '2026-11-27', notAfter: '2027-11-27', pem });

test.each([
  ['acme-release', 'acme-release'],
  ['keys/acme.release_1', 'acme.release_1'],
  ['../2026', '2026'],
  ['true', 'true'],
  ['.hidden key', 'hidden-key'],
  ['schlüssel', 'schl-ssel'],
  ['日本', 'key'],
  [`x${'y'.repeat(200)}`, `x${'y'.repeat(99)}`],
])('toTrustEntry writes for %s what a policy can read', (name, id) => {
  const require =
    'repositories:\n  - { match: "acme/*", require: [{ role: gate, predicateType: "https://x.example/v1" }] }';
  const text = `trust: 1\n${entryFor(name)}\n${require.replace('require:', 'anyName: true, require:')}\n`;
  expect(parse(text).keys[0].id).toBe(id);
  const { policy } = parseTrustFile(text, 'trust.yaml', { read: () => Buffer.of(), resolve: (file) => file });
  expect(policy.keys).toMatchObject([
    {
      id,
      role: 'gate',
      notBefore: Date.UTC(2026, 10, 27),
      notAfter: Date.UTC(2027, 10, 28) - 1,
      publicKey: { id: publicKeyOf(key, 'k').id },
    },
  ]);
});
