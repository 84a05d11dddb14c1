import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { logSigner, verifierKey } from '../../../../test/_support/log.ts';
import { anyDamage, anyText, damaged, resultOf, runs } from '../../../../test/_support/properties.ts';
import { failureOf, thrownBy } from '../../../../test/_support/refusal.ts';
import { publicKeyOf } from '../../keys/public-key.ts';
import { formatVerifierKey, isKeyName, noteKey, parseVerifierKey } from './keys.ts';
import { formatSignatureLine, MAX_NOTE_SIGNATURES, MAX_NOTE_SIZE, parseNote } from './note.ts';
import { cosign, signNote } from './sign.ts';
import { cosignaturesOf, isSignedBy } from './verify.ts';

/** The example of C2SP signed-note. */
const exampleKey = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
const exampleNote = `This is an example message.

\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
`;

const NAME = 'log.example/a';
const key = (seed = 1, name = NAME) => parseVerifierKey(verifierKey(seed, name));
const witness = (seed = 2, name = 'witness.example/w') => parseVerifierKey(verifierKey(seed, name, 'cosignature'));
const note = async (text = 'text\n', seed = 1) => await signNote(text, NAME, logSigner(seed));
const refused = (bytes: string | Buffer) => thrownBy(() => parseNote(Buffer.from(bytes))).message;

describe('keys', () => {
  test('are read and written as the specification shows them', () => {
    const example = parseVerifierKey(exampleKey);
    expect(formatVerifierKey(example)).toBe(exampleKey);
    expect(isSignedBy(parseNote(Buffer.from(exampleNote)), example)).toBe(true);
    for (const text of [verifierKey(1), verifierKey(2, 'w', 'cosignature')])
      expect(formatVerifierKey(parseVerifierKey(text))).toBe(text);
  });

  test('are refused where they are of another type, length, id or name', () => {
    const wrong: readonly (readonly [string, RegExp])[] = [
      ['', /32 bytes/],
      ['a+b', /32 bytes/],
      ['example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2', /base64/],
      ['example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3Q==', /32 bytes/],
      ['example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k', /id is not 530d903a/],
      ['example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k', /id is not/],
      ['example.com/bar+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k', /id is not/],
      ['example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k', /type 2/],
      ['a b+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k', /spaces/],
    ];
    for (const [text, reason] of wrong) {
      const error = thrownBy(() => parseVerifierKey(text));
      expect([error.code, error.message]).toEqual(['KEY_INVALID', expect.stringMatching(reason)]);
    }
  });

  test('of other kinds do not sign logs', () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const error = thrownBy(() => noteKey(NAME, 'note', publicKeyOf(publicKey, 'k')));
    expect(error.message).toContain('it is ECDSA P-256 with SHA-256');
  });

  test('have names without spaces, plus signs and control characters', () => {
    for (const name of ['a', 'log.example/a:8080', 'é', 'x'.repeat(255)]) expect(isKeyName(name)).toBe(true);
    for (const name of ['', 'a b', 'a+b', 'a\nb', 'a\u00a0b', 'a\u2028', 'a\u0085', '\ud800', 'x'.repeat(256)])
      expect(isKeyName(name)).toBe(false);
  });

  test('parseVerifierKey() reads any text or refuses it in words', () => {
    fc.assert(
      fc.property(anyText, (text) => void resultOf(() => parseVerifierKey(text), ['KEY_INVALID'])),
      runs(1000),
    );
  });
});

describe('notes', () => {
  test('are signed and verified, and every flipped byte of them is refused', async () => {
    const bytes = await note();
    expect(isSignedBy(parseNote(bytes), key())).toBe(true);
    for (let at = 0; at < bytes.length; at++) {
      const flipped = Buffer.from(bytes);
      flipped.writeUInt8(flipped.readUInt8(at) ^ 1, at);
      const result = resultOf(() => isSignedBy(parseNote(flipped), key()), ['LOG_INVALID']);
      expect('value' in result && result.value, `byte ${at}`).toBe(false);
    }
  });

  test('pass over signatures of others, also of their name or their id alone', async () => {
    const bytes = await note();
    expect(isSignedBy(parseNote(bytes), key(2))).toBe(false);
    expect(isSignedBy(parseNote(bytes), key(1, 'log.example/b'))).toBe(false);
    const [first = ''] = bytes.toString().split('\n').slice(2);
    const both = Buffer.from(`text\n\n${formatSignatureLine(key(2), Buffer.alloc(64))}${first}\n`);
    expect(isSignedBy(parseNote(both), key())).toBe(true);
  });

  test('are condemned by a bad signature in the name and id of the key, even beside a good one', async () => {
    const bytes = await note();
    for (const wrong of [Buffer.alloc(64), Buffer.alloc(63), Buffer.alloc(1)]) {
      const both = Buffer.concat([bytes, Buffer.from(formatSignatureLine(key(), wrong))]);
      expect(thrownBy(() => isSignedBy(parseNote(both), key())).message).toMatch(/is not by its key$/);
    }
  });

  test('are refused where they are not as the specification says', async () => {
    const good = (await note()).toString();
    const line = good.split('\n')[2] ?? '';
    expect(refused(Buffer.from([0x61, 0xff, 0x0a]))).toContain('not valid UTF-8');
    expect(refused(good.replaceAll('\n', '\r\n'))).toContain('control characters');
    expect(refused(good.replace('text', 'te\u0000xt'))).toContain('control characters');
    for (const sign of ['\u007f', '\u009b2J', '\u2028', '\u202e', '\r', '\t'])
      expect(refused(good.replace('text', `te${sign}xt`))).toContain('control characters');
    expect(refused('text\n')).toContain('no blank line');
    expect(refused(good.trimEnd())).toContain('last line does not end');
    expect(refused('text\n\n')).toContain('nobody has signed');
    expect(refused(`${good}\n`)).toContain('nobody has signed');
    expect(refused(`${good}more\n`)).toContain('no signature');
    expect(refused(good.replace('\u2014 ', '- '))).toContain('no signature');
    expect(refused(good.replace('\u2014 ', '\u2014  '))).toContain('no signature');
    expect(refused(good.replace('log.example/a', 'log+a'))).toContain('no signature');
    expect(refused(`text\n\n\u2014 a AAA\n`)).toContain('base64');
    expect(refused(`text\n\n\u2014 a AAAAAA==\n`)).toContain('too short');
    expect(refused(good.replace('=\n', '\n'))).toContain('base64');
    expect(refused('x'.repeat(MAX_NOTE_SIZE + 1))).toContain('more than');
    expect(refused(`text\n\n${`${line}\n`.repeat(MAX_NOTE_SIGNATURES + 1)}`)).toContain('more than 100');
    expect(parseNote(Buffer.from(`text\n\n${`${line}\n`.repeat(MAX_NOTE_SIGNATURES)}`)).signatures).toHaveLength(100);
  });

  test('keep a byte order mark: it is signed like all else', () => {
    expect(parseNote(Buffer.from(`\ufeff${exampleNote}`)).text).toBe('\ufeffThis is an example message.\n');
  });

  test('parseNote() reads any damage or refuses it in words, and keeps every byte', async () => {
    const bytes = await note('log.example/a\n12\nroot\n');
    fc.assert(
      fc.property(anyDamage, (damage) => {
        const changed = damaged(bytes, damage);
        const result = resultOf(() => parseNote(changed), ['LOG_INVALID']);
        if ('value' in result) expect(result.value.bytes).toEqual(changed);
      }),
      runs(2000),
    );
    fc.assert(
      fc.property(anyText, (text) => void resultOf(() => parseNote(Buffer.from(text)), ['LOG_INVALID'])),
      runs(1000),
    );
  });

  test('are not made from what a signer returns that is not by its key', async () => {
    const signer = { ...logSigner(1), sign: async () => Buffer.alloc(64) };
    expect((await failureOf(signNote('text\n', NAME, signer))).code).toBe('SIGNER_FAILED');
    expect((await failureOf(cosign('text\n', { name: 'w', signer, seconds: 1 }))).code).toBe('SIGNER_FAILED');
  });
});

describe('cosignatures', () => {
  const w = { name: 'witness.example/w', signer: logSigner(2) };
  const add = async (...lines: readonly string[]) =>
    parseNote(Buffer.concat([await note(), Buffer.from(lines.join(''))]));

  test('say which witness has seen the note, and when: its latest time', async () => {
    const lines = [
      await cosign('text\n', { ...w, seconds: 1_700_000_000 }),
      await cosign('text\n', { ...w, seconds: 1_600_000_000 }),
    ];
    expect(cosignaturesOf(await add(...lines), [witness(3), witness()])).toEqual([
      { witness: 'witness.example/w', time: 1_700_000_000 },
    ]);
    expect(cosignaturesOf(await add(), [witness()])).toEqual([]);
  });

  test('of another note, another time or another length are refused', async () => {
    const line = await cosign('text\n', { ...w, seconds: 7 });
    const bytes = Buffer.from(line.trimEnd().split(' ').at(-1) ?? '', 'base64').subarray(4);
    const later = Buffer.from(bytes);
    later.writeUInt8(8, 7);
    const wrong = [
      await cosign('other\n', { ...w, seconds: 7 }),
      ...[later, bytes.subarray(0, 71)].map((forged) => formatSignatureLine(witness(), forged)),
    ];
    for (const one of wrong) {
      const noted = await add(one);
      expect(thrownBy(() => cosignaturesOf(noted, [witness()])).code).toBe('LOG_INVALID');
    }
  });

  test('whose time no clock shows are refused, though the witness signed it', async () => {
    // biome-ignore lint/correctness/noPrecisionLoss: beyond what a number holds exactly is the point
    const line = await cosign('text\n', { ...w, seconds: 9_223_372_036_854_774_784 });
    const noted = await add(line);
    expect(thrownBy(() => cosignaturesOf(noted, [witness()])).code).toBe('LOG_INVALID');
  });
});
