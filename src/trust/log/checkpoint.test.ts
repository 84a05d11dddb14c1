import fc from 'fast-check';
import { expect, test } from 'vitest';
import { logSigner, ORIGIN, verifierKey } from '../../../test/_support/log.ts';
import { anyText, resultOf, runs } from '../../../test/_support/properties.ts';
import { thrownBy } from '../../../test/_support/refusal.ts';
import { formatCheckpointText, openCheckpoint, parseCheckpointText } from './checkpoint.ts';
import { EMPTY_ROOT } from './merkle/hashes.ts';
import { parseVerifierKey } from './note/keys.ts';
import { cosign, signNote } from './note/sign.ts';

const root = Buffer.alloc(32, 5);
const text = formatCheckpointText({ origin: ORIGIN, size: 12, root });
const key = parseVerifierKey(verifierKey());
const witnesses = [parseVerifierKey(verifierKey(2, 'witness.example', 'cosignature'))];
const messageOf = (text: string) => thrownBy(() => parseCheckpointText(text)).message;

test('openCheckpoint() says size, root and which witnesses have seen it', async () => {
  const note = await signNote(text, ORIGIN, logSigner());
  const line = await cosign(text, { name: 'witness.example', signer: logSigner(2), seconds: 77 });
  const cosigned = Buffer.concat([note, Buffer.from(line)]);
  expect(openCheckpoint(cosigned, { origin: ORIGIN, key, witnesses })).toEqual({
    origin: ORIGIN,
    size: 12,
    root,
    note: cosigned,
    text,
    cosignatures: [{ witness: 'witness.example', time: 77 }],
  });
  expect(openCheckpoint(cosigned, { origin: ORIGIN, key }).cosignatures).toEqual([]);
});

test('openCheckpoint() refuses one of another log, of nobody, or by another key', async () => {
  const note = await signNote(text, ORIGIN, logSigner());
  expect(thrownBy(() => openCheckpoint(note, { origin: 'log.example/other', key })).message).toContain('is of the log');
  const other = parseVerifierKey(verifierKey(3));
  expect(thrownBy(() => openCheckpoint(note, { origin: ORIGIN, key: other })).message).toContain(
    'not signed by the key',
  );
});

test('parseCheckpointText() reads what formatCheckpointText() writes, and extension lines', () => {
  expect(parseCheckpointText(text)).toEqual({ origin: ORIGIN, size: 12, root });
  expect(parseCheckpointText(`${text}more\n`)).toEqual({ origin: ORIGIN, size: 12, root });
  expect(parseCheckpointText(formatCheckpointText({ origin: 'é', size: 0, root: EMPTY_ROOT })).size).toBe(0);
  const any = fc.record({
    origin: fc.string({ minLength: 1 }).filter((name) => !name.includes('\n')),
    size: fc.maxSafeNat().map((size) => size || 1),
  });
  fc.assert(
    fc.property(any, (head) => {
      expect(parseCheckpointText(formatCheckpointText({ ...head, root }))).toEqual({ ...head, root });
    }),
    runs(500),
  );
});

test('parseCheckpointText() refuses everything else', () => {
  const [origin = '', , base64 = ''] = text.split('\n');
  expect(messageOf('')).toContain('lines of their own');
  expect(messageOf('a\n1\n')).toContain('lines of their own');
  expect(messageOf('a\n1\n\n')).toContain('has 0 bytes');
  expect(messageOf(text.trimEnd())).toContain('lines of their own');
  expect(messageOf(`\n12\n${base64}\n`)).toContain('lines of their own');
  for (const size of [
    '',
    '012',
    '+12',
    '-1',
    '1.0',
    '1e3',
    ' 12',
    '12 ',
    '0x1',
    '9007199254740992',
    '99999999999999999999',
  ])
    expect(messageOf(`${origin}\n${size}\n${base64}\n`), size).toContain('no number of entries');
  expect(messageOf(`${origin}\n12\n${base64.slice(4)}\n`)).toContain('has 29 bytes');
  expect(messageOf(`${origin}\n12\n${base64.slice(0, -1)}\n`)).toContain('base64');
  expect(messageOf(`${origin}\n0\n${base64}\n`)).toContain('without entries has another root');
  expect(messageOf(`${text}\n`)).toContain('more in it');
  expect(messageOf(`${text}a\n\nb\n`)).toContain('more in it');
  expect(messageOf(`${text}${'a\n'.repeat(17)}`)).toContain('more in it');
  fc.assert(
    fc.property(anyText, (text) => void resultOf(() => parseCheckpointText(text), ['LOG_INVALID'])),
    runs(500),
  );
});
