/** Attack 41: statements that two programs read as two things, signed by whoever is trusted. */
import { expect, test } from 'vitest';
import { readAttestations } from '../../src/trust/attestations/read.ts';
import { parsePredicate } from '../../src/trust/predicate/parse.ts';
import { signStatement } from '../../src/trust/sign-statement.ts';
import { openTarget, type Target } from '../_support/attached.ts';
import { thrownBy } from '../_support/refusal.ts';
import { newSigner } from '../_support/statements.ts';

const signer = newSigner();
const TYPE = 'https://slsa.dev/verification_summary/v1';

const good = ({ subject }: Target, predicate = '{"verificationResult":"PASSED"}') =>
  `{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"x","digest":{"sha256":"${subject.digest.slice(7)}"}}],"predicateType":"${TYPE}","predicate":${predicate}}`;

const predicates: readonly (readonly [string, string | Buffer])[] = [
  ['a result that stands twice', '{"verificationResult":"FAILED","verificationResult":"PASSED"}'],
  ['one that stands twice, once with an escape', '{"verificationResult":"FAILED","verification\\u0052esult":"PASSED"}'],
  ['__proto__', '{"__proto__":{"verificationResult":"PASSED"}}'],
  ['__proto__ with an escape', '{"\\u005f_proto__":{"verificationResult":"PASSED"}}'],
  ['NaN', '{"score":NaN}'],
  ['infinity', '{"score":1e999}'],
  ['a number of 400 digits', `{"score":${'9'.repeat(400)}}`],
  ['a number with a leading zero', '{"score":01}'],
  ['a number in hex', '{"score":0x10}'],
  ['half of a surrogate pair', '{"by":"\\ud83d"}'],
  ['half of one in a key', '{"\\ude00":1}'],
  ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
  ['an overlong slash', Buffer.from([0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a, 0x31, 0x7d])],
  ['a thousand levels', `${'{"a":'.repeat(1_000)}1${'}'.repeat(1_000)}`],
  ['single quotes', "{'a':1}"],
  ['a comment', '{"a":1/**/}'],
  ['a comma too many', '{"a":1,}'],
];

test.each(predicates)('a statement with %s is shown as unreadable, whoever signed it', async (_, predicate) => {
  await using target = await openTarget();
  const [before = '', after = ''] = good(target, '@').split('@');
  const payload = Buffer.concat([Buffer.from(before), Buffer.from(predicate), Buffer.from(after)]);
  await target.plant(await signStatement(signer, payload));
  expect(await target.said(signer.publicKey)).toEqual(['STATEMENT_INVALID']);
});

test.each(predicates)('a predicate with %s is not signed', (_, predicate) => {
  expect(thrownBy(() => parsePredicate(Buffer.from(predicate), 'https://example.com/x', 'it')).code).toBe(
    'PREDICATE_INVALID',
  );
});

test.each<[string, (text: string) => string]>([
  ['a member that nobody knows', (text) => text.replace('{', '{"extra":1,')],
  ['predicateType in another case', (text) => text.replace('"predicateType"', '"PredicateType"')],
  ['a second predicate type', (text) => text.replace('{', '{"predicateType":"https://example.com/x",')],
  ['a second subject member', (text) => text.replace('{', '{"subject":[],')],
  ['a predicate type that is no URI', (text) => text.replace(TYPE, 'verification_summary')],
  ['a predicate type with a line end', (text) => text.replace(TYPE, `${TYPE}\\n`)],
  ['a predicate that is a list', (text) => text.replace(/"predicate":\{.*\}\}$/, '"predicate":[]}')],
  ['a predicate that is null', (text) => text.replace(/"predicate":\{.*\}\}$/, '"predicate":null}')],
  ['a _type of its own', (text) => text.replace('Statement/v1', 'Statement/v2')],
  ['no _type', (text) => text.replace('"_type":"https://in-toto.io/Statement/v1",', '')],
  ['a byte order mark', (text) => `\ufeff${text}`],
  ['another document behind it', (text) => `${text}\n{}`],
])('a statement with %s is shown as unreadable', async (_, change) => {
  await using target = await openTarget();
  await target.plant(await signStatement(signer, Buffer.from(change(good(target)))));
  expect(await target.said(signer.publicKey)).toEqual(['STATEMENT_INVALID']);
});

test('what every program reads alike is read: line separators, escapes, constructor, numbers of any form', async () => {
  await using target = await openTarget();
  const predicate = '{"by":"a\u2028b","\\u0061":1.50e1,"constructor":{"prototype":1},"toString":null}';
  await target.plant(await signStatement(signer, Buffer.from(good(target, predicate))));
  expect(await target.said(signer.publicKey)).toEqual(['believed']);
  const [found] = await readAttestations(target.store, target.subject);
  expect(found?.statement?.predicate).toEqual(
    Object.assign(Object.create(null), { by: 'a\u2028b', a: 15, constructor: { prototype: 1 }, toString: null }),
  );
  expect(Object.getPrototypeOf(found?.statement?.predicate)).toBe(Object.prototype);
});
