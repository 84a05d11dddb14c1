/** Attack 33: lists of files that are signed by the right key, and that two verifiers could take for two things. */
import fs from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { digestOf, encodedOf } from '../../src/oci/digest.ts';
import { failureOf } from '../_support/refusal.ts';
import { makeScratch } from '../_support/scratch.ts';
import {
  type ModelStatementJson,
  makeSigned,
  resign,
  resignText,
  statementIn,
  verdictOn,
} from '../_support/signed-folders.ts';
import { signerNamed } from '../_support/signers.ts';

const scratch = makeScratch();
afterAll(() => scratch[Symbol.dispose]());
const alice = signerNamed('alice');
let count = 0;
const fresh = () => makeSigned(scratch.at(`model-${count++}`), alice, { a: 'a', b: 'b' });
const A = 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb';

/** With the root made right for whatever is listed then. */
function listed(change: (resources: Record<string, unknown>[]) => unknown) {
  return ({ predicate, subject }: ModelStatementJson) => {
    change(predicate.resources);
    const digests = predicate.resources.map(({ digest }) => Buffer.from(String(digest), 'hex'));
    subject[0] = { name: 'm', digest: { sha256: encodedOf(digestOf(Buffer.concat(digests))) } };
  };
}

test('a list in another order is the same list, under another root', async () => {
  const folder = await fresh();
  await resign(
    folder,
    alice,
    listed((resources) => resources.reverse()),
  );
  expect(await verdictOn(folder, alice)).toEqual(['pass']);
});

describe('verifySignedFolder() refuses, of a signer that it believes,', () => {
  type Lie = readonly [what: string, change: (statement: ModelStatementJson) => unknown];
  const lies: readonly Lie[] = [
    ['a name twice with one digest', listed((list) => list.push({ ...list[0] }))],
    ['a name twice with two digests', listed((list) => list.unshift({ ...list[0], digest: 'f'.repeat(64) }))],
    ['two subjects', ({ subject }) => subject.push({ name: 'x', digest: { sha256: A } })],
    ['the same subject twice', ({ subject }) => subject.push(...subject)],
    ['no subject', (statement) => Object.assign(statement, { subject: [] })],
    ['another root', ({ subject }) => Object.assign(subject[0] ?? {}, { digest: { sha256: A } })],
    ['the root in upper case', ({ subject }) => upper(subject[0]?.digest ?? {}, 'sha256')],
    ['no root', ({ subject }) => Object.assign(subject[0] ?? {}, { digest: {} })],
    ['a root by another algorithm', ({ subject }) => Object.assign(subject[0] ?? {}, { digest: { md5: A.slice(32) } })],
    ['a second root', ({ subject }) => Object.assign(subject[0]?.digest ?? {}, { md5: A.slice(32) })],
    ['a digest in upper case', listed(([first]) => upper(first ?? {}, 'digest'))],
    ['a digest that is cut short', listed(([first]) => Object.assign(first ?? {}, { digest: A.slice(2) }))],
    [
      'a digest with its algorithm before it',
      listed(([first]) => Object.assign(first ?? {}, { digest: `sha256:${A}` })),
    ],
    ['a weak algorithm', listed(([first]) => Object.assign(first ?? {}, { algorithm: 'md5', digest: A.slice(32) }))],
    ['an algorithm in other letters', listed(([first]) => Object.assign(first ?? {}, { algorithm: 'SHA256' }))],
    ['no algorithm', listed(([first]) => Object.assign(first ?? {}, { algorithm: undefined }))],
    ['another hash_type than the algorithms', ({ predicate }) => (predicate.serialization['hash_type'] = 'sha512')],
    ['no files', listed((list) => list.splice(0))],
    ['a single file', listed((list) => list.splice(0, 2, { name: '.', algorithm: 'sha256', digest: A }))],
    ...['../a', 'x/../a', './a', 'x//a', '/a', 'a/', 'C:\\a', '\\\\host\\a', 'a\0', 'a\n', '', '.', '..'].map(
      (name): Lie => [
        `the name ${JSON.stringify(name)}`,
        listed((list) => list.push({ name, algorithm: 'sha256', digest: A })),
      ],
    ),
    ['an unknown member', ({ predicate }) => Object.assign(predicate, { extra: [] })],
    ['an unknown member of how it was made', ({ predicate }) => Object.assign(predicate.serialization, { extra: 1 })],
    ['an unknown member of the statement', (statement) => Object.assign(statement, { extra: 1 })],
    ['a number as a name', listed(([first]) => Object.assign(first ?? {}, { name: 1 }))],
  ];
  for (const [what, change] of lies)
    test(what, async () => {
      const folder = await fresh();
      await resign(folder, alice, change);
      expect(await verdictOn(folder, alice)).toEqual(['fail', 'signature-malformed']);
    });

  const texts: readonly (readonly [string, (text: string) => string])[] = [
    ['a key twice', (text) => text.replace('"predicate":', '"predicate":{},"predicate":')],
    ['a name twice in one resource', (text) => text.replace('"name":"a"', '"name":"x","name":"a"')],
    ['__proto__', (text) => text.replace('"resources"', '"__proto__":{},"resources"')],
    ['a byte order mark', (text) => `\ufeff${text}`],
    ['text behind it', (text) => `${text}{}`],
    ['half of a surrogate pair', (text) => text.replace('"a"', '"\\ud800"')],
    ['no JSON', () => 'weights'],
  ];
  test.each(texts)('a statement with %s', async (_, change) => {
    const folder = await fresh();
    await resignText(folder, alice, change(JSON.stringify(statementIn(folder))));
    expect(await verdictOn(folder, alice)).toEqual(['fail', 'signature-malformed']);
  });
});

test('names are compared as they are: in their case, and in their form of Unicode', async () => {
  const folder = await makeSigned(scratch.at('unicode'), alice, { 'Model.bin': 'x', 'caf\u00e9': 'x' });
  fs.renameSync(`${folder}/Model.bin`, `${folder}/model.bin`);
  fs.renameSync(`${folder}/caf\u00e9`, `${folder}/cafe\u0301`);
  expect(await verdictOn(folder, alice)).toEqual([
    'fail',
    'file-missing Model.bin',
    'file-missing caf\u00e9',
    'file-extra cafe\u0301',
    'file-extra model.bin',
  ]);
});

test.each([
  ['pieces of files', { method: 'shards', shard_size: 4 }],
  ['blake2b', { hash_type: 'blake2b' }],
  ['blake3', { hash_type: 'blake3' }],
])('of %s it cannot be told, which is no pass', async (_, other) => {
  const folder = await fresh();
  await resign(folder, alice, ({ predicate }) => Object.assign(predicate.serialization, other));
  expect((await failureOf(verdictOn(folder, alice))).code).toBe('UNSUPPORTED');
});

function upper(record: Record<string, unknown>, key: string): void {
  record[key] = String(record[key]).toUpperCase();
}
