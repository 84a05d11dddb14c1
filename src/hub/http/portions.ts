/** The body of a large request in few portions, and without leaving its memory to the collector. */
import type http from 'node:http';
import { finished } from 'node:stream';
import { CHUNK_SIZE, release } from '../../base/bytes.ts';

/** What came is given on after so long, for a client that comes back over another line asks how far it was. */
const REST_MILLISECONDS = 100;

/**
 * What arrives, gathered. A portion is valid until the next is asked for; while the reader has one, the next is
 * gathered in a second buffer, and the client waits when that is full too. Node makes a buffer for each 64 KiB that
 * come: given back at once they cost nothing, where V8 otherwise marks everything for each 32 MiB of them. A PUT of
 * 512 MiB that is written and hashed takes 0.9 s of processor time so, and 1.7 s chunk by chunk.
 * @param isUnwanted whether what was not given on yet is to be forgotten when the request fails
 * @throws what ended the request, after all that came before it
 */
export async function* portionsOf(
  request: http.IncomingMessage,
  isUnwanted: () => boolean,
): AsyncGenerator<Uint8Array, void, undefined> {
  let [filling, other] = [Buffer.allocUnsafeSlow(CHUNK_SIZE), Buffer.allocUnsafeSlow(CHUNK_SIZE)];
  let size = 0;
  let rest: { readonly chunk: Buffer; readonly from: number } | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isLate = false;
  let ended: { readonly error?: Error | null | undefined } | undefined;
  let wake = () => {};

  const add = (chunk: Buffer, from = 0) => {
    const count = chunk.copy(filling, size, from);
    size += count;
    if (from + count < chunk.length) {
      rest = { chunk, from: from + count };
      request.pause();
    } else {
      if (rest !== undefined) request.resume();
      rest = undefined;
      release(chunk as Buffer<ArrayBuffer>);
    }
    timer ??= setTimeout(() => {
      isLate = true;
      wake();
    }, REST_MILLISECONDS);
    if (size === filling.length) wake();
  };
  const takeAll = (): Uint8Array => {
    const portion = filling.subarray(0, size);
    [filling, other] = [other, filling];
    size = 0;
    clearTimeout(timer);
    timer = undefined;
    isLate = false;
    if (rest !== undefined) add(rest.chunk, rest.from);
    return portion;
  };
  const onData = (chunk: Buffer) => add(chunk);
  const forget = finished(request, { writable: false }, (error) => {
    ended = { error };
    wake();
  });
  request.on('data', onData);
  try {
    for (;;) {
      if (ended === undefined && size < filling.length && !isLate)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      if (size > 0 && !(ended?.error && isUnwanted())) yield takeAll();
      else if (ended?.error) throw ended.error;
      else if (ended !== undefined) break;
    }
    // Not after an error: the reader may have left while the system was writing from one.
    for (const buffer of [filling, other]) release(buffer);
  } finally {
    clearTimeout(timer);
    forget();
    request.off('data', onData);
    if (ended === undefined) request.pause();
  }
}
