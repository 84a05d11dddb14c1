/** A proof that an entry is in a log, as one file that needs no network: C2SP tlog-proof. */
import { WaybillError } from '../../../base/errors.ts';
import { decodeBase64 } from '../../../base/strict-base64.ts';
import { HASH_SIZE } from '../merkle/hashes.ts';

export interface Proof {
  /** Of the entry in the log, from 0. */
  readonly index: number;
  /** From the neighbour of the leaf up to the child of the root. */
  readonly hashes: readonly Buffer[];
  /** The signed note. */
  readonly checkpoint: Buffer;
}

const FIRST_LINE = 'c2sp.org/tlog-proof@v1';
/** A tree has fewer levels than this, as long as its size is a safe integer. */
const MAX_PROOF_LINES = 64;
/** The checkpoint, and before it lines of 45 bytes; what is `extra` is of no use to us. */
export const MAX_PROOF_SIZE: number = 384 * 1024;

export function formatProof({ index, hashes, checkpoint }: Proof): Buffer {
  const lines = [FIRST_LINE, `index ${index}`, ...hashes.map((hash) => hash.toString('base64')), ''];
  return Buffer.concat([Buffer.from(`${lines.join('\n')}\n`), checkpoint]);
}

/**
 * Reads the form; what the proof says is not verified.
 * @throws WaybillError LOG_INVALID
 */
export function parseProof(bytes: Uint8Array): Proof {
  if (bytes.length > MAX_PROOF_SIZE) throw refuse(`it has more than ${MAX_PROOF_SIZE} bytes`);
  const all = Buffer.from(bytes);
  const split = all.indexOf('\n\n');
  if (split < 0) throw refuse('there is no blank line before a checkpoint');
  const [first, ...lines] = all.subarray(0, split).toString('latin1').split('\n');
  if (first !== FIRST_LINE) throw refuse(`its first line is not ${FIRST_LINE}`);
  const [line = ''] = lines;
  if (line.startsWith('extra ')) {
    // Not covered by any signature: nothing may depend on it.
    decodeBase64(line.slice('extra '.length), 'the extra line', 'LOG_INVALID');
    lines.shift();
  }
  const [, index] = /^index (0|[1-9][0-9]{0,15})$/.exec(lines.shift() ?? '') ?? [];
  if (index === undefined || !Number.isSafeInteger(Number(index)))
    throw refuse('it does not say the index of the entry');
  if (lines.length > MAX_PROOF_LINES) throw refuse(`it has more than ${MAX_PROOF_LINES} hashes`);
  const hashes = lines.map((line) => decodeBase64(line, 'a hash of the proof', 'LOG_INVALID'));
  if (hashes.some(({ length }) => length !== HASH_SIZE)) throw refuse(`a hash does not have ${HASH_SIZE} bytes`);
  return { index: Number(index), hashes, checkpoint: all.subarray(split + 2) };
}

const refuse = (found: string) => new WaybillError('LOG_INVALID', `Cannot read the log proof: ${found}`);
