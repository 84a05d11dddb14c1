/**
 * What files had which digest, so that an unchanged file is never read again. Private to the user;
 * an entry holds only while device, inode, size and both times are the same to the nanosecond.
 */
import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { FileIdentity } from '../base/file-identity.ts';

export interface DigestCache extends Disposable {
  /** SHA-256 as hex of the file in this state, if it is known. */
  file(identity: FileIdentity): string | undefined;
  /** SHA-256 and size of a bundle with this recipe, if it is known. */
  bundle(recipe: string): { readonly sha256: string; readonly size: number } | undefined;
  /** SHA-256 as hex of content that lies in a store in this state, if it is known. */
  content(identity: FileIdentity): string | undefined;
  /** Remembers a file, unless it is so young that it could change again within the same tick. */
  rememberFile(identity: FileIdentity, sha256: string): void;
  rememberBundle(recipe: string, sha256: string, size: number): void;
  /** Remembers content of a store whose next change would show: stored-content.ts sees to that. */
  rememberContent(identity: FileIdentity, sha256: string): void;
  /** Writes down what it was told so far, so that it outlives a kill. Disposing does so too. */
  save(): void;
}

/** Coarse file systems keep times to 2 s; "racy git" is the same rule. */
const YOUNG_MILLISECONDS = 2_000;
/** An entry takes about 110 bytes on disk; a cache of more than 220 MB is begun anew. */
const MAX_ENTRIES = 2_000_000;

/** Knows nothing and forgets everything. */
export const noCache: DigestCache = {
  file: () => undefined,
  bundle: () => undefined,
  content: () => undefined,
  rememberFile() {},
  rememberBundle() {},
  rememberContent() {},
  save() {},
  [Symbol.dispose]() {},
};

/**
 * Opens the cache, making it if need be. A cache that cannot be used is no reason to fail: one
 * that is damaged is made anew, one that cannot be opened knows nothing.
 * @param now milliseconds since 1970, when this operation began
 * @param forget whether to answer nothing and only remember
 */
export function openDigestCache(file: string, now: number, forget = false): DigestCache {
  const cache = openFile(file, now);
  return forget ? writeOnly(cache) : cache;
}

function writeOnly(cache: DigestCache): DigestCache {
  return {
    ...noCache,
    rememberFile: (identity, sha256) => cache.rememberFile(identity, sha256),
    rememberBundle: (recipe, sha256, size) => cache.rememberBundle(recipe, sha256, size),
    rememberContent: (identity, sha256) => cache.rememberContent(identity, sha256),
    save: () => cache.save(),
    [Symbol.dispose]: () => cache[Symbol.dispose](),
  };
}

function openFile(file: string, now: number): DigestCache {
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    return new SqliteCache(file, now);
  } catch {
    try {
      fs.rmSync(file, { force: true });
      return new SqliteCache(file, now);
    } catch {
      return noCache;
    }
  }
}

class SqliteCache implements DigestCache {
  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #now: number;
  readonly #files = new Map<FileIdentity, string>();
  readonly #bundles = new Map<string, { sha256: string; size: number }>();
  readonly #contents = new Map<FileIdentity, string>();
  readonly #findFile: ReturnType<DatabaseSync['prepare']>;
  readonly #findBundle: ReturnType<DatabaseSync['prepare']>;
  readonly #findContent: ReturnType<DatabaseSync['prepare']>;
  #isReading = false;
  #isDamaged = false;

  constructor(file: string, now: number) {
    this.#path = file;
    this.#database = new DatabaseSync(file, { timeout: 5_000 });
    try {
      fs.chmodSync(file, 0o600);
      this.#database.exec(`
        CREATE TABLE IF NOT EXISTS file (device INTEGER, inode INTEGER, size INTEGER, mtime INTEGER, ctime INTEGER, sha256 TEXT, PRIMARY KEY (device, inode)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS bundle (recipe TEXT PRIMARY KEY, sha256 TEXT, size INTEGER) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS content (device INTEGER, inode INTEGER, size INTEGER, mtime INTEGER, ctime INTEGER, sha256 TEXT, PRIMARY KEY (device, inode)) WITHOUT ROWID;`);
      const inState = 'WHERE device = ? AND inode = ? AND size = ? AND mtime = ? AND ctime = ?';
      this.#findFile = this.#database.prepare(`SELECT sha256 FROM file ${inState}`);
      this.#findContent = this.#database.prepare(`SELECT sha256 FROM content ${inState}`);
      this.#findBundle = this.#database.prepare('SELECT sha256, size FROM bundle WHERE recipe = ?');
    } catch (error) {
      this.#database.close();
      throw error;
    }
    this.#now = now;
  }

  file(identity: FileIdentity): string | undefined {
    return hexIn(this.#look(() => this.#findFile.get(...keyOf(identity))));
  }

  content(identity: FileIdentity): string | undefined {
    return hexIn(this.#look(() => this.#findContent.get(...keyOf(identity))));
  }

  bundle(recipe: string): { sha256: string; size: number } | undefined {
    const row = this.#look(() => this.#findBundle.get(recipe));
    return row === undefined ? undefined : { sha256: String(row['sha256']), size: Number(row['size']) };
  }

  rememberFile(identity: FileIdentity, sha256: string): void {
    const age = this.#now - Number(identity.mtimeNs / 1_000_000n);
    if (age >= YOUNG_MILLISECONDS) this.#files.set(identity, sha256);
  }

  rememberBundle(recipe: string, sha256: string, size: number): void {
    this.#bundles.set(recipe, { sha256, size });
  }

  rememberContent(identity: FileIdentity, sha256: string): void {
    this.#contents.set(identity, sha256);
  }

  save(): void {
    try {
      this.#endReading();
      if (this.#database.isOpen && this.#files.size + this.#bundles.size + this.#contents.size > 0) this.#write();
      this.#files.clear();
      this.#bundles.clear();
      this.#contents.clear();
    } catch (error) {
      // Another process holds it, or the disk is full: the next pack reads again.
      this.#isDamaged ||= isDamage(error);
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
    }
  }

  [Symbol.dispose](): void {
    try {
      this.save();
    } finally {
      if (this.#database.isOpen) this.#database.close();
      if (this.#isDamaged) remove(this.#path);
    }
  }

  /**
   * Looks up a row. Each look-up by itself would take and give back a lock, which costs more than
   * the look-up: those that follow one another share it, and nobody waits for them, because it is
   * given back before anything else runs.
   */
  #look<Row>(find: () => Row): Row | undefined {
    if (!this.#database.isOpen) return undefined;
    try {
      if (!this.#isReading) {
        this.#database.exec('BEGIN');
        this.#isReading = true;
        queueMicrotask(() => this.#endReading());
      }
      return find();
    } catch (error) {
      // Damaged inside, or held by another process for too long: from now on it knows nothing.
      this.#isReading = false;
      this.#isDamaged = isDamage(error);
      this.#database.close();
      return undefined;
    }
  }

  #endReading(): void {
    if (this.#isReading) this.#database.exec('COMMIT');
    this.#isReading = false;
  }

  #write(): void {
    this.#database.exec('BEGIN IMMEDIATE');
    const { count } = this.#database
      .prepare(
        'SELECT (SELECT count(*) FROM file) + (SELECT count(*) FROM bundle) + (SELECT count(*) FROM content) AS count',
      )
      .get() as { count: number };
    if (count > MAX_ENTRIES) this.#database.exec('DELETE FROM file; DELETE FROM bundle; DELETE FROM content;');
    for (const [table, digests] of Object.entries({ file: this.#files, content: this.#contents })) {
      const row = this.#database.prepare(`INSERT OR REPLACE INTO ${table} VALUES (?, ?, ?, ?, ?, ?)`);
      for (const [identity, sha256] of digests) row.run(...keyOf(identity), sha256);
    }
    const bundle = this.#database.prepare('INSERT OR REPLACE INTO bundle VALUES (?, ?, ?)');
    for (const [recipe, { sha256, size }] of this.#bundles) bundle.run(recipe, sha256, size);
    this.#database.exec('COMMIT');
  }
}

/** For the next to make it anew; where that cannot be, it goes on knowing nothing. */
function remove(file: string): void {
  try {
    fs.rmSync(file, { force: true });
  } catch {
    // The folder may have become read-only: that is no reason for a pack to fail.
  }
}

const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

function isDamage(error: unknown): boolean {
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
  return code === SQLITE_CORRUPT || code === SQLITE_NOTADB;
}

function hexIn(row: Record<string, unknown> | undefined): string | undefined {
  const sha256 = row?.['sha256'];
  return typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256) ? sha256 : undefined;
}

/** SQLite's integers are signed; inode numbers are not. */
function keyOf({ device, inode, size, mtimeNs, ctimeNs }: FileIdentity): [bigint, bigint, number, bigint, bigint] {
  return [BigInt.asIntN(64, device), BigInt.asIntN(64, inode), size, mtimeNs, ctimeNs];
}
