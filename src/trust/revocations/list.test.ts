import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { thrownBy } from '../../../test/_support/refusal.ts';
import { signedBundle } from '../../../test/_support/statements.ts';
import { newKey } from '../../../test/_support/trust-files.ts';
import { validator } from '../../../test/_validate.ts';
import { digestOf } from '../../oci/digest.ts';
import { parseBundle } from '../bundle/bundle.ts';
import { signStatement } from '../sign-statement.ts';
import { revocationSchema } from './document.ts';
import { assertCurrent } from './freshness.ts';
import { isNameOf, MAX_REVOCATIONS_SIZE, type Revocation, readRevocations, writeRevocations } from './list.ts';

const { signer } = newKey();
const NOW = Date.UTC(2026, 10, 27);
const DAY = 86_400_000;
const TYPE = 'application/vnd.waybill.revocations.v1+json';
const entry = (changes: Partial<Revocation> = {}): Revocation => ({
  kind: 'key',
  value: 'a'.repeat(64),
  since: undefined,
  reason: undefined,
  ...changes,
});
const read = (bytes: Uint8Array) => readRevocations(bytes, signer.publicKey, 'revoked.json');
const list = {
  serial: 3,
  issuedAt: NOW,
  revoked: [
    entry({ since: NOW - DAY, reason: 'stolen' }),
    entry({ value: 'b'.repeat(64) }),
    entry({ kind: 'statement', value: digestOf('s') }),
    entry({ kind: 'package', value: digestOf('p') }),
  ],
};
const good = await writeRevocations(list, signer);

test('readRevocations() reads what writeRevocations() writes', () => {
  expect(read(good)).toEqual({ ...list, digest: digestOf(good) });
});

describe('readRevocations() cannot tell', () => {
  const written = (change: object) => {
    const value = { v: 1, serial: 1, issuedAt: new Date(NOW).toISOString(), revoked: [{ key: 'a'.repeat(64) }] };
    return signStatement(signer, Buffer.from(JSON.stringify({ ...value, ...change })), TYPE);
  };
  test.each<readonly [string, object]>([
    ['another version', { v: 2 }],
    ['no serial', { serial: undefined }],
    ['a serial of 0', { serial: 0 }],
    ['a serial that is a fraction', { serial: 1.5 }],
    ['no time', { issuedAt: undefined }],
    ['a time that is none', { issuedAt: 'now' }],
    ['no list', { revoked: undefined }],
    ['an unknown member', { extra: 1 }],
    ['a long list', { revoked: Array(10_001).fill({ key: 'a'.repeat(64) }) }],
    ['an entry of nothing', { revoked: [{}] }],
    ['an entry of two', { revoked: [{ key: 'a'.repeat(64), package: digestOf('p') }] }],
    ['an entry with an unknown member', { revoked: [{ key: 'a'.repeat(64), x: 1 }] }],
    ['a key that is none', { revoked: [{ key: 'A'.repeat(64) }] }],
    ['a key that is a number', { revoked: [{ key: 1 }] }],
    ['a package that is none', { revoked: [{ package: 'acme/digits' }] }],
    ['a time of a package', { revoked: [{ package: digestOf('p'), since: '2026-01-01' }] }],
    ['a time that is none, of a key', { revoked: [{ key: 'a'.repeat(64), since: 5 }] }],
    ['a reason that is none', { revoked: [{ key: 'a'.repeat(64), reason: 5 }] }],
    ['a long reason', { revoked: [{ key: 'a'.repeat(64), reason: 'x'.repeat(501) }] }],
  ])('with %s', async (_, change) => {
    const bytes = await written(change);
    const error = thrownBy(() => read(bytes));
    expect([error.code, error.message.slice(0, 44)]).toEqual([
      'TRUST_UNDECIDED',
      'Cannot use the revocation list revoked.json:',
    ]);
  });

  test('of another key, as a statement, or too large', async () => {
    expect(thrownBy(() => readRevocations(good, newKey().signer.publicKey, 'x')).message).toContain(
      'not one of the key',
    );
    expect(thrownBy(() => read(Buffer.from('junk'))).code).toBe('TRUST_UNDECIDED');
    expect(thrownBy(() => read(Buffer.alloc(MAX_REVOCATIONS_SIZE + 1))).message).toContain('more than');
    const statement = await signedBundle(signer, digestOf('a'));
    expect(thrownBy(() => read(statement)).message).toContain('signed as something else');
  });

  test('with any byte changed', () => {
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const bytes = Buffer.from(good);
        bytes[at] = (bytes[at] ?? 0) ^ flip;
        try {
          expect(read(bytes).revoked).toEqual(list.revoked);
        } catch (error) {
          expect(error).toMatchObject({ code: 'TRUST_UNDECIDED' });
        }
      }),
      { numRuns: 500 },
    );
  });

  test('and passes on what is a bug', () => {
    expect(() => readRevocations(good, undefined as never, 'x')).toThrow(TypeError);
  });
});

test('isNameOf() tells ids of keys from digests', () => {
  for (const [kind, named, isNamed] of [
    ['key', 'a'.repeat(64), true],
    ['key', digestOf('k'), false],
    ['key', undefined, false],
    ['statement', digestOf('s'), true],
    ['package', 'acme/digits', false],
  ] as const)
    expect([kind, named, isNameOf(kind, named)]).toEqual([kind, named, isNamed]);
});

test('the published schema takes what is written', () => {
  const { payload } = parseBundle(good).envelope;
  const validate = validator(revocationSchema());
  expect(validate(JSON.parse(payload.toString()))).toEqual([]);
  expect(validate({ v: 1, serial: 0, issuedAt: '', revoked: [{}] })).not.toEqual([]);
});

describe('assertCurrent()', () => {
  const expectation = { name: 'revoked.json', maxAge: 7 * DAY, now: NOW + DAY, seen: undefined };
  const current = read(good);
  test('takes a list that is fresh and not behind', () => {
    for (const seen of [undefined, { serial: 2, digest: digestOf('x') }, { serial: 3, digest: current.digest }])
      expect(() => assertCurrent(current, { ...expectation, seen })).not.toThrow();
  });
  test.each<readonly [string, object]>([
    ['no older one', { now: NOW + 8 * DAY }],
    ['which is to come', { now: NOW - DAY }],
    ['it is a rollback: its serial is 3, and 4 was seen', { seen: { serial: 4, digest: digestOf('x') } }],
    ['two different lists', { seen: { serial: 3, digest: digestOf('x') } }],
  ])('cannot tell: %s', (message, changes) => {
    const error = thrownBy(() => assertCurrent(current, { ...expectation, ...changes }));
    expect([error.code, error.message.includes(message)]).toEqual(['TRUST_UNDECIDED', true]);
  });
});
