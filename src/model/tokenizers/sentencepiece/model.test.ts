import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyDamage, damaged, resultOf, runs } from '../../../../test/_support/properties.ts';
import { readSentencePiece } from './model.ts';

const field = (number: number, content: string | Buffer): Buffer =>
  Buffer.concat([Buffer.from([(number << 3) | 2, Buffer.byteLength(content)]), Buffer.from(content)]);
const piece = (text: string, type = 1): Buffer =>
  field(1, Buffer.concat([field(1, text), Buffer.from([0x15, 0, 0, 0x80, 0x3f, 0x18, type])]));
const trainer = (...bytes: number[]) => field(2, Buffer.from(bytes));
const sentencePiece = (...parts: readonly Buffer[]) => ({ name: 'tokenizer.model', bytes: Buffer.concat(parts) });
const some = [piece('<unk>', 2), piece('<s>', 3), piece('▁a'), piece('<x>', 4)];

test('readSentencePiece() reads pieces and how they are made', () => {
  expect(readSentencePiece(sentencePiece(...some, trainer(0x18, 2), field(3, field(1, 'nmt_nfkc'))))).toEqual({
    source: 'tokenizer.model',
    kind: 'BPE',
    vocabularySize: 4,
    addedTokens: [
      { id: 1, content: '<s>', isSpecial: true },
      { id: 3, content: '<x>', isSpecial: false },
    ],
    idEnd: 4,
    vocabularyIdEnd: 4,
    normalizer: ['nmt_nfkc'],
    usesBytes: false,
  });
});

test.each<[string, Buffer[], string]>([
  ['nothing', [], 'must have one'],
  ['no piece for what is unknown', [piece('a')], 'must have one'],
  ['two pieces for what is unknown', [...some, piece('<u>', 2)], 'must have one'],
  ['a piece twice', [...some, piece('▁a')], 'comes twice'],
  ['an empty piece', [...some, piece('')], 'without text'],
  ['a byte where there are none', [...some, piece('<0x00>', 6)], 'says that it has none'],
  ['bytes that are not all there', [...some, piece('<0x00>', 6), trainer(0x98, 2, 1)], 'must have 256'],
  ['a model of another type', [...some, trainer(0x18, 9)], 'type 9'],
  ['two trainers', [...some, trainer(0x18, 1), trainer(0x18, 2)], 'comes twice'],
  [
    'a score that is no number',
    [field(1, Buffer.concat([field(1, 'a'), Buffer.from([0x15, 0, 0, 0x80, 0x7f])]))],
    'score',
  ],
  ['a number where pieces belong', [...some, Buffer.from([8, 1])], 'is a number'],
  ['a group', [...some, Buffer.from([0x33])], 'not used'],
  ['a field that goes on', [...some, Buffer.from([10, 99, 1])], 'behind the end'],
  ['a number without end', [...some, Buffer.alloc(12, 0xff)], 'too long'],
])('readSentencePiece() refuses %s', (_, parts, message) => {
  expect(() => readSentencePiece(sentencePiece(...parts))).toThrow(
    expect.objectContaining({ code: 'FORMAT_INVALID', message: expect.stringContaining(message) }),
  );
});

test('readSentencePiece() reads or refuses whatever is damaged', () => {
  const { bytes } = sentencePiece(...some, trainer(0x18, 2), field(3, field(1, 'nmt_nfkc')));
  fc.assert(
    fc.property(anyDamage, (damage) => {
      const file = { name: 'tokenizer.model', bytes: damaged(bytes, damage) };
      resultOf(() => readSentencePiece(file), ['FORMAT_INVALID', 'LIMIT_EXCEEDED']);
    }),
    runs(10_000),
  );
});
