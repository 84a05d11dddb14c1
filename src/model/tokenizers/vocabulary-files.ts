/** Vocabularies without a description of how text becomes tokens: `vocab.txt` of WordPiece, `vocab.json` with `merges.txt`. */
import { WaybillError } from '../../base/errors.ts';
import type { JsonFile } from '../json/read-object.ts';
import { JsonReader } from './huggingface/json-reader.ts';
import { readVocabulary } from './huggingface/vocabularies.ts';
import { checkMerge, parseMerge } from './merges.ts';
import { refusalOf, type Tokenizer } from './tokenizer.ts';

/** The largest vocabularies have 5 MB, their merges 10 MB. */
const MAX_VOCABULARY_SIZE = 64 * 1024 * 1024;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** One token on each line; the number of a line, from 0 on, is the id. @throws WaybillError FORMAT_INVALID, LIMIT_EXCEEDED */
export function readVocabularyText(file: JsonFile): Tokenizer {
  const lines = linesOf(file);
  const twice = lines.length - new Set(lines).size;
  return {
    source: file.name,
    kind: 'WordPiece',
    vocabularySize: lines.length,
    addedTokens: [],
    idEnd: lines.length,
    vocabularyIdEnd: lines.length,
    ...(twice === 0 ? {} : { remarks: [`${twice} lines stand there before: the last line of each counts`] }),
  };
}

/**
 * Byte pair encoding as GPT-2 keeps it.
 * @param merges without which only the vocabulary is read
 * @throws WaybillError FORMAT_INVALID, LIMIT_EXCEEDED
 */
export function readVocabularyJson(vocabulary: JsonFile, merges?: JsonFile): Tokenizer {
  checkSize(vocabulary);
  const refuse = refusalOf(vocabulary.name, 'a vocabulary');
  const json = new JsonReader(vocabulary.bytes, refuse);
  const ids = readVocabulary(json, refuse);
  json.end();
  if (merges !== undefined) {
    const refuseMerge = refusalOf(merges.name, 'merges');
    for (const [rank, line] of linesOf(merges).entries()) {
      const merge = parseMerge(line, rank, refuseMerge);
      if (merge !== undefined) checkMerge(merge, rank, { ids, prefix: '', refuse: refuseMerge });
    }
  }
  let idEnd = ids.size;
  for (const id of ids.values()) idEnd = Math.max(idEnd, id + 1);
  return {
    source: vocabulary.name,
    kind: 'BPE',
    vocabularySize: ids.size,
    addedTokens: [],
    idEnd,
    vocabularyIdEnd: idEnd,
  };
}

/** Without the end of the last. A carriage return belongs to the end, as in the reference reader. */
function linesOf(file: JsonFile): readonly string[] {
  checkSize(file);
  let text: string;
  try {
    text = decoder.decode(file.bytes);
  } catch (cause) {
    throw new WaybillError('FORMAT_INVALID', `Cannot read ${file.name}: it is not valid UTF-8`, { cause });
  }
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function checkSize({ name, bytes }: JsonFile): void {
  if (bytes.length > MAX_VOCABULARY_SIZE)
    throw new WaybillError(
      'LIMIT_EXCEEDED',
      `Cannot read ${name}: it has ${bytes.length} bytes, the limit is ${MAX_VOCABULARY_SIZE}`,
    );
}
