/** Keys and texts of trust.yaml, for tests of what they decide. */
import { generateKeyPairSync } from 'node:crypto';
import { localSigner, type Signer } from '../../src/trust/keys/signer.ts';
import { type Neighbours, type ParsedTrustFile, parseTrustFile } from '../../src/trust/policy/parse.ts';
import { predicateTypes } from '../../src/trust/predicate-types.ts';

/** A new key, as the member `spki` of a trust.yaml has it too. */
export interface TestKey {
  readonly signer: Signer;
  readonly pem: string;
}

export function newKey(kind: 'P-256' | 'P-384' | 'P-521' | 'ed25519' = 'P-256'): TestKey {
  const pair = kind === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: kind });
  const signer = localSigner(pair.privateKey, 'a new key');
  return { signer, pem: String(signer.publicKey.key.export({ type: 'spki', format: 'pem' })) };
}

export const PACKAGE = predicateTypes.package;

/** The smallest policy: one publisher, one repository. Members given replace those at its top. */
export function trustYaml(
  keys: Readonly<Record<string, TestKey>>,
  members: Readonly<Record<string, unknown>> = {},
): string {
  const list = Object.entries(keys).map(([id, { pem }]) => ({ id, role: id.replace(/-.*$/, ''), spki: pem }));
  const require = [{ role: 'publisher', predicateType: PACKAGE }];
  return JSON.stringify({ trust: 1, keys: list, repositories: [{ match: 'acme/*', require }], ...members }, null, 1);
}

export function parseTrust(text: string, files: Readonly<Record<string, string | Buffer>> = {}): ParsedTrustFile {
  const neighbours: Neighbours = {
    read: (file) => Buffer.from(files[file] ?? ''),
    resolve: (file) => `/beside/${file}`,
  };
  return parseTrustFile(text, 'trust.yaml', neighbours);
}
