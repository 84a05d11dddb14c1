/** What clients send and take, for as long as they go on sending and taking. */
import type http from 'node:http';
import { CHUNK_SIZE, release } from '../../base/bytes.ts';
import { systemCode, WaybillError } from '../../base/errors.ts';
import { portionsOf } from './portions.ts';

export interface Body extends AsyncIterable<Uint8Array> {
  /** The same for whoever is done with each chunk when he asks for the next one: its memory is used again. */
  portions(): AsyncIterable<Uint8Array>;
  /** Ends the connection if not all has come yet; whoever reads gets the reason as an error. */
  breakOff(reason: WaybillError): void;
}

/** A line over which nothing came for so long is dead; the client goes on with another one. */
const PATIENCE_MILLISECONDS = 60_000;
/** Of what nobody wants any more so much is read, so that the client sees the answer; RFC 9112 §9.6. */
const MAX_UNWANTED = 64 * 1024 * 1024;

/** The body of a request. Reading it throws WaybillError SIZE_INVALID when the client breaks off or says nothing more. */
export function bodyOf(request: http.IncomingMessage, patience: number = PATIENCE_MILLISECONDS): Body {
  let isTakenOver = false;
  const isSmall = Number(request.headers['content-length']) <= CHUNK_SIZE;
  return {
    breakOff(reason) {
      if (request.complete) return;
      isTakenOver = true;
      request.destroy(reason);
    },
    // Whoever takes over has asked how far the upload is: nothing may be added behind that.
    portions: () => read(request, patience, isSmall ? released(request) : portionsOf(request, () => isTakenOver)),
    [Symbol.asyncIterator]: () => read(request, patience, chunksOf(request)),
  };
}

/** Whoever stops early must not end the connection before the answer has gone. */
const chunksOf = (request: http.IncomingMessage): AsyncIterable<Buffer<ArrayBuffer>> =>
  request.iterator({ destroyOnReturn: false });

async function* released(request: http.IncomingMessage): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunksOf(request)) {
    yield chunk;
    release(chunk);
  }
}

async function* read(
  request: http.IncomingMessage,
  patience: number,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const late = () => request.destroy(brokenOff(`its client sent nothing for ${patience / 1000} seconds`));
  request.setTimeout(patience, late);
  try {
    yield* chunks;
  } catch (error) {
    throw systemCode(error) === 'ECONNRESET' ? brokenOff('the line broke', error) : error;
  } finally {
    request.off('timeout', late);
    request.setTimeout(0);
  }
}

function brokenOff(found: string, cause?: unknown): WaybillError {
  return new WaybillError('SIZE_INVALID', `Cannot read the request: ${found}`, { cause });
}

/** Reads what was not wanted of a request that is answered, for it would be taken for the next one. */
export function discardRest(request: http.IncomingMessage): void {
  if (request.complete || request.readableEnded || request.destroyed) return;
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > MAX_UNWANTED) request.destroy();
  });
  request.setTimeout(PATIENCE_MILLISECONDS, () => request.destroy());
  request.resume();
}

/** Ends an answer whose client takes nothing of it for so long: it holds a file open. */
export function endWhenStalled(response: http.ServerResponse, patience: number = PATIENCE_MILLISECONDS): void {
  response.setTimeout(patience, () => response.destroy());
}
