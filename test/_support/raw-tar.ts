/**
 * Writes tar archives that no honest program writes: every field of every header can be said, and
 * nothing is checked. Made apart from src/base/tar, so that the two cannot share a mistake.
 */

const BLOCK = 512;

export interface RawEntry {
  readonly name: string | Uint8Array;
  /** POSIX: 0 file, 1 hard link, 2 symbolic link, 3 and 4 devices, 5 folder, 6 pipe, x and g pax; GNU: L, K, S. */
  readonly type?: string;
  readonly content?: string | Uint8Array;
  /** What the header states; the length of the content if absent. */
  readonly size?: number;
  readonly mode?: number;
  readonly link?: string;
  readonly prefix?: string;
  /** Bytes put over the finished header before its checksum is made. */
  readonly patch?: { readonly at: number; readonly bytes: Uint8Array };
  /** What the header states; the right one if absent. */
  readonly checksum?: number;
}

/** An archive of these entries, with the two zero blocks that end one. */
export function rawTar(...entries: readonly (RawEntry | Uint8Array)[]): Buffer {
  return Buffer.concat([...entries.map(asBytes), Buffer.alloc(2 * BLOCK)]);
}

/** Header, content and padding of one entry. */
export function rawEntry(entry: RawEntry): Buffer {
  const content = Buffer.from(entry.content ?? '');
  const block = Buffer.alloc(BLOCK);
  Buffer.from(entry.name).copy(block, 0, 0, 100);
  field(block, 100, 7, entry.mode ?? 0o644);
  field(block, 108, 7, 0);
  field(block, 116, 7, 0);
  field(block, 124, 11, entry.size ?? content.length);
  field(block, 136, 11, 0);
  block.write(entry.type ?? '0', 156, 'latin1');
  block.write(entry.link ?? '', 157, 100);
  block.write('ustar\x0000', 257, 'latin1');
  block.write(entry.prefix ?? '', 345, 155);
  if (entry.patch !== undefined) Buffer.from(entry.patch.bytes).copy(block, entry.patch.at);
  block.fill(' ', 148, 156);
  const sum = entry.checksum ?? block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return Buffer.concat([block, content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)]);
}

/** An extended header for the next entry (`x`) or for all that follow (`g`). */
export function paxEntry(records: Readonly<Record<string, string>> | Uint8Array, type: 'x' | 'g' = 'x'): Buffer {
  const content =
    records instanceof Uint8Array
      ? records
      : Buffer.concat(Object.entries(records).map(([key, value]) => record(key, value)));
  return rawEntry({ name: 'PaxHeaders/entry', type, content });
}

/** GNU's way to say a long name: an entry whose content is the name of the next one. */
export function gnuLongName(name: string): Buffer {
  return rawEntry({ name: '././@LongLink', type: 'L', content: `${name}\0` });
}

function record(key: string, value: string): Buffer {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + 1;
  while (String(length).length + rest !== length) length += 1;
  return Buffer.from(`${length} ${key}=${value}\n`);
}

function field(block: Buffer, at: number, digits: number, value: number): void {
  block.write(Math.trunc(value).toString(8).padStart(digits, '0').slice(-digits), at, 'latin1');
}

function asBytes(entry: RawEntry | Uint8Array): Uint8Array {
  return entry instanceof Uint8Array ? entry : rawEntry(entry);
}
