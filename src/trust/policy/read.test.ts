import fs from 'node:fs';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { makeScratch } from '../../../test/_support/scratch.ts';
import { newKey, parseTrust, trustYaml } from '../../../test/_support/trust-files.ts';
import { validator } from '../../../test/_validate.ts';
import { WaybillError } from '../../base/errors.ts';
import { readTrustFile } from './read.ts';
import { trustFileSchema } from './schema.ts';

const publisher = newKey();
const gate = newKey('P-384');
const keys = { publisher, gate };

test('the published schema takes the same, as far as a schema can say it', () => {
  const validate = validator(trustFileSchema());
  expect(validate(JSON.parse(trustYaml(keys)))).toEqual([]);
  for (const members of [
    { keys: [{ id: 'a', role: 'gate' }] },
    { trust: 2 },
    { repositories: [] },
    { revocations: {} },
    { logs: [{}] },
    { x: 1 },
  ])
    expect(validate(JSON.parse(trustYaml(keys, members))), JSON.stringify(members)).not.toEqual([]);
});

describe('readTrustFile()', () => {
  const scratch = makeScratch();
  afterAll(() => scratch[Symbol.dispose]());

  test('reads keys beside the file', () => {
    fs.mkdirSync(scratch.at('keys'));
    fs.writeFileSync(scratch.at('keys', 'release.pub'), publisher.pem);
    fs.writeFileSync(
      scratch.at('trust.yaml'),
      trustYaml(
        {},
        {
          keys: [{ id: 'p', role: 'publisher', file: 'keys/release.pub' }],
          logs: [],
          revocations: { source: 'https://example.com/r', key: { spki: gate.pem }, maxAge: '1d' },
        },
      ),
    );
    const { policy } = readTrustFile(scratch.at('trust.yaml'));
    expect(policy.keys[0]?.publicKey.id).toBe(publisher.signer.publicKey.id);
    expect(policy.revocations?.source).toBe('https://example.com/r');
  });

  test('says what it cannot read', () => {
    expect(() => readTrustFile(scratch.at('none.yaml'))).toThrow(expect.objectContaining({ code: 'FILE_UNREADABLE' }));
    fs.writeFileSync(
      scratch.at('lone.yaml'),
      trustYaml({}, { keys: [{ id: 'p', role: 'publisher', file: 'none.pub' }] }),
    );
    expect(() => readTrustFile(scratch.at('lone.yaml'))).toThrow(
      expect.objectContaining({
        problems: [expect.objectContaining({ message: expect.stringContaining('none.pub: it does not exist') })],
      }),
    );
  });
});

test('any change of a byte is refused in words, or read', () => {
  const text = trustYaml(keys);
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.string({ maxLength: 3 }), (at, piece) => {
      try {
        parseTrust(text.slice(0, at) + piece + text.slice(at + 1));
      } catch (error) {
        expect(error).toBeInstanceOf(WaybillError);
      }
    }),
    { numRuns: 300 },
  );
});

test('a newer minor version is read, with a warning for what it does not know', () => {
  const { policy, findings } = parseTrust(trustYaml(keys, { trust: 1.5, future: true }));
  expect(policy.keys).toHaveLength(2);
  expect(findings).toMatchObject([{ rule: 'newer-file-version', level: 'warning' }]);
});
