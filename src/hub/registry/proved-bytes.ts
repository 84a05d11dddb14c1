/** Bytes of small files that have proved their digest, kept in memory while their files stay as they are. */
import fs from 'node:fs';

interface Kept {
  readonly bytes: Buffer;
  readonly stats: fs.Stats;
}

/** Some hundred manifests, which have 1 to 10 KiB: what is asked for again and again. */
const MAX_KEPT_SIZE = 2 * 1024 * 1024;
/** One manifest alone must not push out all others. */
const MAX_KEPT_FILE_SIZE = 64 * 1024;

export class ProvedBytes {
  readonly #kept = new Map<string, Kept>();
  #size = 0;

  /**
   * The bytes of a file. That it is there and was not written to since is looked at each time, which costs a tenth of
   * reading and hashing it; what a disk damages by itself is seen when it is read again, and by `hub fsck`.
   * @param prove reads the bytes and throws when they are not what the name of the file says
   * @throws what `prove` throws
   */
  read(file: string, prove: () => Buffer): Buffer {
    const stats = fs.lstatSync(file, { throwIfNoEntry: false });
    const known = this.#kept.get(file);
    if (known !== undefined) {
      if (stats !== undefined && isUnchanged(known.stats, stats)) return known.bytes;
      this.#forget(file, known);
    }
    const bytes = prove();
    if (stats !== undefined && bytes.length <= MAX_KEPT_FILE_SIZE) this.#keep(file, { bytes, stats });
    return bytes;
  }

  #keep(file: string, kept: Kept): void {
    this.#kept.set(file, kept);
    this.#size += kept.bytes.length;
    // In the order in which they were put in: the oldest go.
    for (const [oldest, each] of this.#kept) {
      if (this.#size <= MAX_KEPT_SIZE) return;
      this.#forget(oldest, each);
    }
  }

  #forget(file: string, { bytes }: Kept): void {
    this.#kept.delete(file);
    this.#size -= bytes.length;
  }
}

function isUnchanged(before: fs.Stats, now: fs.Stats): boolean {
  return (
    before.ctimeMs === now.ctimeMs &&
    before.mtimeMs === now.mtimeMs &&
    before.size === now.size &&
    before.ino === now.ino
  );
}
