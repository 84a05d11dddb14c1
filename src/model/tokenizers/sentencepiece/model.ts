/**
 * `.model` of SentencePiece: `sentencepiece_model.proto`, `ModelProto`. Refuses what the library refuses to load
 * (`model_interface.cc`, `InitializePieces`; `normalizer.cc`).
 */
import { WaybillError } from '../../../base/errors.ts';
import { charsmapProblem } from '../charsmap.ts';
import { type AddedToken, type Refuse, refusalOf, type Tokenizer } from '../tokenizer.ts';
import { readFields, type WireField } from './wire.ts';

/** The largest have 5 MB. */
const MAX_SENTENCEPIECE_SIZE = 64 * 1024 * 1024;

const MODEL = { pieces: 1, trainer: 2, normalizer: 3, selfTest: 4, denormalizer: 5 };
const PIECE = { piece: 1, score: 2, type: 3 };
const TRAINER = { modelType: 3, byteFallback: 35 };
const NORMALIZER = { name: 1, charsmap: 2 };

const NORMAL = 1;
const UNKNOWN = 2;
const CONTROL = 3;
const USER_DEFINED = 4;
const UNUSED = 5;
const BYTE = 6;

/** `ModelType`. */
const KINDS = new Map([
  [1, 'Unigram'],
  [2, 'BPE'],
  [3, 'Word'],
  [4, 'Char'],
]);

interface Piece {
  readonly text: string;
  readonly type: number;
}

/** @throws WaybillError FORMAT_INVALID, LIMIT_EXCEEDED */
export function readSentencePiece({ name, bytes }: { readonly name: string; readonly bytes: Uint8Array }): Tokenizer {
  if (bytes.length > MAX_SENTENCEPIECE_SIZE)
    throw new WaybillError(
      'LIMIT_EXCEEDED',
      `Cannot read ${name}: it has ${bytes.length} bytes, the limit is ${MAX_SENTENCEPIECE_SIZE}`,
    );
  const refuse = refusalOf(name, 'a model of SentencePiece');
  const pieces: Piece[] = [];
  let kind = 1;
  let usesBytes = false;
  let normalizer: string | undefined;
  const seen = new Set<number>();
  for (const field of readFields(bytes, refuse)) {
    if (field.number <= MODEL.denormalizer && field.type !== 'length')
      throw refuse(`field ${field.number} is a number`);
    if (field.number !== MODEL.pieces && seen.has(field.number))
      throw refuse(`field ${field.number} comes twice, and readers would merge the two`);
    seen.add(field.number);
    if (field.number === MODEL.pieces) pieces.push(readPiece(field.bytes, refuse));
    else if (field.number === MODEL.trainer) ({ kind, usesBytes } = readTrainer(field.bytes, refuse));
    else if (field.number === MODEL.normalizer || field.number === MODEL.denormalizer) {
      const spec = readNormalizer(field.bytes, refuse);
      if (field.number === MODEL.normalizer) normalizer = spec;
    }
  }
  checkPieces(pieces, usesBytes, refuse);
  return {
    source: name,
    kind: KINDS.get(kind) ?? String(kind),
    vocabularySize: pieces.length,
    addedTokens: pieces.flatMap(({ text, type }, id): readonly AddedToken[] =>
      type === USER_DEFINED || type === CONTROL ? [{ id, content: text, isSpecial: type === CONTROL }] : [],
    ),
    idEnd: pieces.length,
    vocabularyIdEnd: pieces.length,
    ...(normalizer === undefined ? {} : { normalizer: [normalizer] }),
    usesBytes,
  };
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function readPiece(bytes: Uint8Array, refuse: Refuse): Piece {
  let text: string | undefined;
  let type = NORMAL;
  for (const field of single(bytes, refuse)) {
    if (field.number === PIECE.piece) text = textOf(field, refuse);
    else if (field.number === PIECE.score) checkScore(field, refuse);
    else if (field.number === PIECE.type) type = numberOf(field, refuse);
  }
  if (text === undefined || text === '') throw refuse('it has a piece without text');
  if (text.includes('\0')) throw refuse(`the piece ${JSON.stringify(text)} has a NUL`);
  if (type < NORMAL || type > BYTE) throw refuse(`the piece ${JSON.stringify(text)} has the type ${type}`);
  return { text, type };
}

function checkScore(field: WireField, refuse: Refuse): void {
  mustBe(field, 'fixed32', refuse);
  const exponent = (field.integer >> 23n) & 0xffn;
  if (exponent === 0xffn) throw refuse('it has a score that is no number');
}

function readTrainer(bytes: Uint8Array, refuse: Refuse): { kind: number; usesBytes: boolean } {
  let kind = 1;
  let usesBytes = false;
  for (const field of readFields(bytes, refuse)) {
    if (field.number === TRAINER.modelType) kind = numberOf(field, refuse);
    else if (field.number === TRAINER.byteFallback) usesBytes = numberOf(field, refuse) !== 0;
  }
  if (!KINDS.has(kind)) throw refuse(`its model has the type ${kind}, which is not known`);
  return { kind, usesBytes };
}

function readNormalizer(bytes: Uint8Array, refuse: Refuse): string {
  let name = '';
  for (const field of single(bytes, refuse)) {
    if (field.number === NORMALIZER.name) name = textOf(field, refuse);
    else if (field.number === NORMALIZER.charsmap) {
      mustBe(field, 'length', refuse);
      const problem = field.bytes.length === 0 ? undefined : charsmapProblem(field.bytes);
      if (problem !== undefined) throw refuse(`its table of characters ${problem}`);
    }
  }
  return name;
}

/** Fields of which each comes once: of one that comes twice, readers take the last. */
function* single(bytes: Uint8Array, refuse: Refuse): Generator<WireField> {
  const seen = new Set<number>();
  for (const field of readFields(bytes, refuse)) {
    if (seen.has(field.number)) throw refuse(`field ${field.number} of a part comes twice`);
    seen.add(field.number);
    yield field;
  }
}

function checkPieces(pieces: readonly Piece[], usesBytes: boolean, refuse: Refuse): void {
  const texts = new Set<string>();
  for (const { text, type } of pieces) {
    if (texts.has(text)) throw refuse(`the piece ${JSON.stringify(text)} comes twice`);
    texts.add(text);
    if (type === BYTE && !usesBytes) throw refuse(`it has the byte ${JSON.stringify(text)}, and says that it has none`);
    if (type === BYTE && !/^<0x[\dA-F]{2}>$/.test(text)) throw refuse(`the byte ${JSON.stringify(text)} is none`);
  }
  const count = (kind: number) => pieces.filter(({ type }) => type === kind).length;
  if (count(UNKNOWN) !== 1) throw refuse(`it has ${count(UNKNOWN)} pieces for what is unknown, and must have one`);
  if (usesBytes && count(BYTE) !== 256) throw refuse(`it has ${count(BYTE)} bytes, and must have 256`);
  if (count(UNUSED) === pieces.length) throw refuse('it has no piece that is used');
}

function textOf(field: WireField, refuse: Refuse): string {
  mustBe(field, 'length', refuse);
  try {
    return decoder.decode(field.bytes);
  } catch {
    throw refuse('it has a text that is not valid UTF-8');
  }
}

function numberOf(field: WireField, refuse: Refuse): number {
  mustBe(field, 'varint', refuse);
  return Number(BigInt.asIntN(32, field.integer));
}

function mustBe({ number, type }: WireField, wanted: WireField['type'], refuse: Refuse): void {
  if (type !== wanted) throw refuse(`field ${number} of a part is of another type`);
}
