/** The thread of StreamHashes: hashes streams piece by piece. */
import { createHash, type Hash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';

export type StreamRequest =
  | { readonly stream: number; readonly pieces: readonly Uint8Array[] }
  | { readonly stream: number; readonly end: true };

export interface StreamReply {
  readonly stream: number;
  /** Of all of it, hexadecimal; absent when the pieces that came first and were not answered have been hashed. */
  readonly sha256?: string;
}

const hashes = new Map<number, Hash>();

parentPort?.on('message', (request: StreamRequest) => {
  const { stream } = request;
  const hash = hashes.get(stream) ?? createHash('sha256');
  if ('pieces' in request) {
    hashes.set(stream, hash);
    for (const piece of request.pieces) hash.update(piece);
    parentPort?.postMessage({ stream } satisfies StreamReply);
  } else {
    hashes.delete(stream);
    parentPort?.postMessage({ stream, sha256: hash.digest('hex') } satisfies StreamReply);
  }
});
