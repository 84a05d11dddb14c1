import fs from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { entryAt, logSigner, makeLog, ORIGIN, verifierKey } from '../../../../test/_support/log.ts';
import { anyDamage, anyText, damaged, resultOf, runs } from '../../../../test/_support/properties.ts';
import { failureOf, thrownBy } from '../../../../test/_support/refusal.ts';
import { makeScratch, type Scratch } from '../../../../test/_support/scratch.ts';
import { parseDigest } from '../../../oci/digest.ts';
import { logEntry } from '../entry.ts';
import { cosign } from '../note/sign.ts';
import { folderReader } from '../reading/folder.ts';
import { formatProof, MAX_PROOF_SIZE, parseProof } from './proof.ts';
import { proveEntry } from './prove.ts';
import { logIdentity, verifyProof } from './verify.ts';

const SIZE = 70;
const log = { origin: ORIGIN, vkey: verifierKey() };
let scratch: Scratch;
let proof: Buffer;
beforeAll(async () => {
  scratch = makeScratch();
  await makeLog(scratch.at('log'), SIZE);
  proof = await proveEntry(folderReader(scratch.at('log')), 33);
});
afterAll(() => scratch[Symbol.dispose]());

test('logEntry() is the same bytes for the same bundle', () => {
  const entry = {
    kind: 'attestation',
    bundle: parseDigest(`sha256:${'a'.repeat(64)}`),
    subject: parseDigest(`sha256:${'b'.repeat(64)}`),
    predicateType: 'https://slsa.dev/provenance/v1',
  } as const;
  expect(logEntry(entry).toString()).toBe(
    `{"bundleSha256":"sha256:${'a'.repeat(64)}","kind":"attestation","predicateType":"https://slsa.dev/provenance/v1","subject":"sha256:${'b'.repeat(64)}","v":1}`,
  );
});

describe('proveEntry()', () => {
  test('proves every entry to whoever has the key, and to nobody another entry', async () => {
    for (let index = 0; index < SIZE; index++) {
      const bytes = await proveEntry(folderReader(scratch.at('log')), index);
      expect(verifyProof(bytes, entryAt(index), log)).toMatchObject({ index, size: SIZE, cosignedAt: [] });
      const other = thrownBy(() => verifyProof(bytes, entryAt(index + 1), log));
      expect(other.message).toContain(`the entry is not at index ${index}`);
    }
  });

  test('says where there is no such entry, no log, or one that is damaged', async () => {
    const reader = folderReader(scratch.at('log'));
    for (const index of [SIZE, -1, 0.5, Number.NaN])
      expect((await failureOf(proveEntry(reader, index))).code).toBe('USAGE');
    expect((await failureOf(proveEntry(folderReader(scratch.at('none')), 0))).code).toBe('TRUST_UNDECIDED');
    const damagedLog = scratch.at('damaged');
    fs.cpSync(scratch.at('log'), damagedLog, { recursive: true });
    fs.writeFileSync(`${damagedLog}/tile/0/000.p/70`, Buffer.alloc(70 * 32));
    expect((await failureOf(proveEntry(folderReader(damagedLog), 3))).message).toContain('do not lead to the root');
    fs.writeFileSync(`${damagedLog}/tile/0/000.p/70`, Buffer.alloc(69 * 32));
    expect((await failureOf(proveEntry(folderReader(damagedLog), 3))).message).toContain('2208 bytes, not 2240');
  });
});

describe('verifyProof()', () => {
  test('says which known witnesses have seen the checkpoint', async () => {
    const { checkpoint } = parseProof(proof);
    const text = checkpoint.subarray(0, checkpoint.indexOf('\n\n') + 1).toString();
    const line = await cosign(text, { name: 'w', signer: logSigner(2), seconds: 99 });
    const cosigned = Buffer.concat([proof, Buffer.from(line)]);
    const witnesses = [verifierKey(2, 'w', 'cosignature'), verifierKey(3, 'x', 'cosignature')];
    expect(verifyProof(cosigned, entryAt(33), { ...log, witnesses }).cosignedAt).toEqual([{ witness: 'w', time: 99 }]);
  });

  test('believes no other log, no other key, and no key of another kind', () => {
    const verify = (over: object) => thrownBy(() => verifyProof(proof, entryAt(33), { ...log, ...over })).code;
    expect(verify({ origin: 'log.example/other' })).toBe('LOG_INVALID');
    expect(verify({ vkey: verifierKey(2) })).toBe('LOG_INVALID');
    expect(verify({ vkey: 'nonsense' })).toBe('KEY_INVALID');
    expect(thrownBy(() => logIdentity({ origin: ORIGIN, vkey: verifierKey(1, ORIGIN, 'cosignature') })).code).toBe(
      'KEY_INVALID',
    );
    expect(thrownBy(() => logIdentity({ ...log, witnesses: [verifierKey()] })).code).toBe('KEY_INVALID');
  });

  test('takes no log for its own witness, and no witness for two', () => {
    const [a, b] = [verifierKey(2, 'a', 'cosignature'), verifierKey(3, 'b', 'cosignature')];
    expect(logIdentity({ ...log, witnesses: [a, b] }).witnesses).toHaveLength(2);
    for (const witnesses of [[a, a], [a, verifierKey(2, 'b', 'cosignature')], [verifierKey(1, 'a', 'cosignature')]])
      expect(thrownBy(() => logIdentity({ ...log, witnesses })).message).toContain('have the same key');
  });

  test('refuses a proof in which any byte was changed', () => {
    for (let at = 0; at < proof.length; at++) {
      const flipped = Buffer.from(proof);
      flipped.writeUInt8(flipped.readUInt8(at) ^ 1, at);
      expect(thrownBy(() => verifyProof(flipped, entryAt(33), log)).code, `byte ${at}`).toBe('LOG_INVALID');
    }
  });

  test('takes a damaged proof for what it was at the most', () => {
    fc.assert(
      fc.property(anyDamage, (damage) => {
        const result = resultOf(() => verifyProof(damaged(proof, damage), entryAt(33), log), ['LOG_INVALID']);
        if ('value' in result) expect(result.value).toMatchObject({ index: 33, size: SIZE });
      }),
      runs(1000),
    );
  });
});

describe('parseProof()', () => {
  const text = () => proof.toString();
  const refused = (text: string) => thrownBy(() => parseProof(Buffer.from(text))).message;

  test('reads what formatProof() writes, and passes over what is extra', () => {
    const parsed = parseProof(proof);
    expect(formatProof(parsed)).toEqual(proof);
    expect(parseProof(Buffer.from(text().replace('index', 'extra AAAA\nindex')))).toEqual(parsed);
    const alone = { index: 0, hashes: [], checkpoint: Buffer.from('x') };
    expect(parseProof(formatProof(alone))).toEqual(alone);
  });

  test('refuses what the specification does not allow', () => {
    expect(refused('')).toContain('no blank line');
    expect(refused(text().replace('@v1', '@v2'))).toContain('first line');
    expect(refused(text().replace('index', 'extra AAA\nindex'))).toContain('base64');
    expect(refused(text().replace('index', 'extra AAAA\nextra AAAA\nindex'))).toContain('index of the entry');
    for (const index of ['033', '+33', '-1', '', '3.0', ' 33', '9007199254740992'])
      expect(refused(text().replace('index 33', `index ${index}`)), index).toContain('index of the entry');
    expect(refused('c2sp.org/tlog-proof@v1\n\nx')).toContain('index of the entry');
    expect(refused(text().replace('index 33', 'index 33\nAAAA'))).toContain('32 bytes');
    expect(refused(text().replace('index 33', 'index 33\nA'))).toContain('base64');
    expect(
      refused(text().replace('index 33', `index 33${`\n${Buffer.alloc(32).toString('base64')}`.repeat(64)}`)),
    ).toContain('more than 64');
    expect(refused(text().replaceAll('\n', '\r\n'))).toContain('no blank line');
    expect(refused('x'.repeat(MAX_PROOF_SIZE + 1))).toContain('more than');
  });

  test('reads any bytes or refuses them in words', () => {
    fc.assert(
      fc.property(anyText, (text) => void resultOf(() => parseProof(Buffer.from(text)), ['LOG_INVALID'])),
      runs(1000),
    );
  });
});
