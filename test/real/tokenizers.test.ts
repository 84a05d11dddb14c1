/** Tokenizers that their own libraries trained: ours reads what they say, and no mutant that those refuse. */
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { WaybillError } from '../../src/base/errors.ts';
import { readTokenizerJson } from '../../src/model/tokenizers/huggingface/tokenizer-json.ts';
import { readSentencePiece } from '../../src/model/tokenizers/sentencepiece/model.ts';
import type { Tokenizer } from '../../src/model/tokenizers/tokenizer.ts';
import { readVocabularyJson, readVocabularyText } from '../../src/model/tokenizers/vocabulary-files.ts';
import { type Random, seeded } from '../_support/random.ts';
import { referencePython } from './_python.ts';
import { repository, run, temporaryFolder } from './_run.ts';

interface Answer {
  readonly kind?: string;
  readonly size?: number;
  readonly end?: number;
  readonly refused?: string;
}

const script = path.join(repository, 'test', 'real', '_tokenizers.py');
const folder = temporaryFolder();
const bytesOf = (name: string) => fs.readFileSync(path.join(folder, name));
const fileOf = (name: string) => ({ name, bytes: bytesOf(name) });

function reference(files: readonly { name: string; bytes: Uint8Array }[]): readonly Answer[] {
  const lines = files.map(({ name, bytes }) => JSON.stringify([name, Buffer.from(bytes).toString('base64')]));
  const { stdout } = run(referencePython(), [script, 'read'], { input: lines.join('\n') });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

const read = (file: { name: string; bytes: Uint8Array }): Tokenizer =>
  file.name.endsWith('.model') ? readSentencePiece(file) : readTokenizerJson(file);

beforeAll(() => {
  run(referencePython(), [script, 'train', folder]);
});

const jsonFiles = ['byte-level', 'metaspace', 'word-piece', 'unigram', 'word-level'].map((name) => `${name}.json`);
const models = ['unigram', 'bpe', 'char', 'word'].map((name) => `${name}.model`);

test.each([...jsonFiles, ...models])('%s is what its library reads', (name) => {
  const { kind, vocabularySize, idEnd, remarks } = read(fileOf(name));
  const [answer] = reference([fileOf(name)]);
  expect({ size: vocabularySize, ...(answer?.kind === undefined ? {} : { kind, end: idEnd }) }).toEqual(answer);
  expect(remarks).toBeUndefined();
});

test('vocabularies without a description have as many tokens as the tokenizers that wrote them', () => {
  const [wordPiece] = reference([fileOf('word-piece.json')]);
  expect(readVocabularyText(fileOf('vocab.txt')).vocabularySize).toBe(wordPiece?.size);
  const vocabulary = Object.values<number>(JSON.parse(bytesOf('gpt-vocab.json').toString()));
  expect(readVocabularyJson(fileOf('gpt-vocab.json'), fileOf('gpt-merges.txt')).idEnd).toBe(
    Math.max(...vocabulary) + 1,
  );
});

test.each(jsonFiles.map((name) => [name, 3000] as const))(
  '%s: no mutant is read that its library refuses',
  (name, count) => {
    const random = seeded(count);
    const good = JSON.parse(bytesOf(name).toString());
    const mutants = Array.from({ length: count }, (_, round) => {
      const bytes =
        round % 3 === 0 ? mutateBytes(bytesOf(name), random) : Buffer.from(JSON.stringify(mutateJson(good, random)));
      return { name, bytes };
    });
    expectNoMore(mutants);
  },
);

test.each([
  ['unigram.model', 3000],
  ['bpe.model', 3000],
  ['char.model', 60],
  ['word.model', 150],
] as const)('%s: no mutant is read that its library refuses', (name, count) => {
  const random = seeded(count);
  expectNoMore(Array.from({ length: count }, () => ({ name, bytes: mutateBytes(bytesOf(name), random) })));
});

/** Whatever ours reads without a remark, the library reads too, with the same size. */
function expectNoMore(mutants: readonly { name: string; bytes: Uint8Array }[]): void {
  const answers = reference(mutants);
  expect(answers.length).toBe(mutants.length);
  let accepted = 0;
  let bothRefused = 0;
  for (const [index, mutant] of mutants.entries()) {
    const answer = answers[index];
    try {
      const ours = read(mutant);
      if (ours.remarks !== undefined) continue;
      accepted += 1;
      expect(answer, `${mutant.name}: ${shown(mutant.bytes)}`).toMatchObject({
        size: ours.vocabularySize,
      });
    } catch (error) {
      if (!(error instanceof WaybillError)) throw error;
      if (answer?.refused !== undefined) bothRefused += 1;
    }
  }
  expect(accepted).toBeGreaterThan(mutants.length / 50);
  expect(bothRefused).toBeGreaterThan(mutants.length / 50);
}

function shown(bytes: Uint8Array): string {
  return JSON.stringify(Buffer.from(bytes.subarray(0, 4000)).toString('latin1'));
}

function mutateBytes(bytes: Buffer, random: Random): Buffer {
  const at = random.below(bytes.length);
  const kind = random.below(4);
  if (kind === 0) return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(8))]);
  if (kind === 1) return Buffer.concat([bytes.subarray(0, at), random.bytes(1 + random.below(4)), bytes.subarray(at)]);
  const copy = Buffer.from(bytes);
  const interesting = [0, 1, 0x20, 0x22, 0x2c, 0x2e, 0x30, 0x31, 0x5c, 0x7d, 0x80, 0xff];
  copy[at] = kind === 2 ? random.below(256) : (interesting[random.below(interesting.length)] ?? 0);
  return copy;
}

const VALUES = [
  null,
  true,
  false,
  0,
  1,
  -1,
  1.5,
  7,
  2 ** 32,
  '',
  'x',
  '<unk>',
  'Sequence',
  [],
  {},
  [['a', 'b']],
  [1],
  { type: 'NFC' },
];

/** One value somewhere is replaced, removed, doubled or moved. Small parts are as likely as the vocabulary. */
function mutateJson(value: unknown, random: Random): unknown {
  const other = VALUES[random.below(VALUES.length)];
  if (typeof value !== 'object' || value === null || random.below(12) === 0) return other;
  if (Array.isArray(value)) {
    const at = random.below(value.length + 1);
    const kind = random.below(8);
    if (kind === 0 || value.length === 0) return value.toSpliced(at, 0, other);
    if (kind === 1) return value.toSpliced(at, 1);
    return value.toSpliced(at, 1, mutateJson(value[at], random));
  }
  const entries = Object.entries(value);
  const at = random.below(entries.length + 1);
  const [key = 'x', inner] = entries[at] ?? [];
  const kind = random.below(8);
  if (kind === 0 || entries.length === 0) return Object.fromEntries([...entries, [String(other), inner ?? other]]);
  if (kind === 1) return Object.fromEntries(entries.toSpliced(at, 1));
  return Object.fromEntries(entries.toSpliced(at, 1, [key, mutateJson(inner, random)]));
}
