/**
 * A file that is written from one end to the other by the system's threads, while this one goes
 * on: gathered into few calls, one at a time, so that what is in the file is always a beginning.
 */
import fs from 'node:fs';
import { promisify } from 'node:util';

const writeGathered = promisify(fs.writev);
const synchronise = promisify(fs.fsync);
const synchroniseBytes = promisify(fs.fdatasync);

/** A call costs as much as copying some 100 KiB; what is more no longer lies in the cache of the processor. */
const GATHERED_SIZE = 256 * 1024;
/** More waits in memory only where the disk is slower than what is written comes. */
const MAX_WAITING = 2 * 1024 * 1024;
/** After so much the disk is set to work: left to itself it begins when all is there. */
const SYNC_SIZE = 16 * 1024 * 1024;

/** One file after the other: Node has four threads for all that waits for the disk, and writing needs some. */
let lastSync: Promise<unknown> = Promise.resolve();

export class WriteBehind {
  readonly #descriptor: number;
  readonly #written: ((bytes: Uint8Array) => void) | undefined;
  /** Where the next bytes go that are handed to the system. */
  #position: number;
  #gathered: Uint8Array[] = [];
  #gatheredSize = 0;
  #waitingSize = 0;
  #unsynchronised = 0;
  #isSynchronising = false;
  #last: Promise<void> = Promise.resolve();
  #background: Promise<unknown> = Promise.resolve();

  /**
   * @param position where the first bytes go
   * @param written is given each piece when it is in the file
   */
  constructor(
    descriptor: number,
    { position, written }: { position: number; written?: ((bytes: Uint8Array) => void) | undefined },
  ) {
    this.#descriptor = descriptor;
    this.#position = position;
    this.#written = written;
  }

  /**
   * Takes bytes over, which must not change any more; waits when too many have not been written.
   * @throws errors of the system, also those of earlier bytes
   */
  async write(bytes: Uint8Array): Promise<void> {
    this.#gathered.push(bytes);
    this.#gatheredSize += bytes.length;
    if (this.#gatheredSize < GATHERED_SIZE) return;
    this.#pass();
    if (this.#waitingSize > MAX_WAITING) await this.#last;
  }

  /** @returns once all bytes are in the file @throws errors of the system */
  async flush(): Promise<void> {
    if (this.#gatheredSize > 0) this.#pass();
    try {
      await this.#last;
    } finally {
      await this.#background;
    }
  }

  /** Makes all of it survive a power cut. */
  async sync(): Promise<void> {
    await this.flush();
    await synchronise(this.#descriptor);
  }

  #pass(): void {
    const [bytes, size] = [this.#gathered, this.#gatheredSize];
    [this.#gathered, this.#gatheredSize] = [[], 0];
    this.#waitingSize += size;
    this.#last = this.#last.then(() => this.#put(bytes, size));
    // Whoever writes next, or flushes, is told.
    this.#last.catch(() => {});
  }

  async #put(bytes: readonly Uint8Array[], size: number): Promise<void> {
    for (let rest = bytes; rest.length > 0; ) {
      const { bytesWritten } = await writeGathered(this.#descriptor, rest, this.#position);
      this.#position += bytesWritten;
      rest = without(rest, bytesWritten);
    }
    this.#waitingSize -= size;
    if (this.#written !== undefined) for (const piece of bytes) this.#written(piece);
    this.#unsynchronised += size;
    if (this.#unsynchronised < SYNC_SIZE || this.#isSynchronising) return;
    this.#unsynchronised = 0;
    // The system tells each failure once: it must not be lost here, and flush() waits for it.
    this.#background = Promise.all([this.#background, this.#synchronise()]);
    this.#background.catch(() => {});
  }

  async #synchronise(): Promise<void> {
    this.#isSynchronising = true;
    const sync = lastSync.then(() => synchroniseBytes(this.#descriptor));
    lastSync = sync.catch(() => {});
    await sync;
    this.#isSynchronising = false;
  }
}

/** One call may take fewer bytes than it was given. */
function without(bytes: readonly Uint8Array[], taken: number): readonly Uint8Array[] {
  let left = taken;
  for (const [index, chunk] of bytes.entries()) {
    if (left < chunk.length) return [chunk.subarray(left), ...bytes.slice(index + 1)];
    left -= chunk.length;
  }
  return [];
}
