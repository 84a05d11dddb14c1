/** Content on its way into a layout: a file in `.waybill/ingest` until it has proved its digest. */
import { createHash, type Hash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { randomName, writeFully } from '../../base/files.ts';
import { explainSystemError } from '../../base/system-errors.ts';
import type { Descriptor } from '../descriptor.ts';
import { algorithmOf, type Digest, finishHash } from '../digest.ts';
import type { Upload } from '../store.ts';
import { checkContent } from '../verified.ts';
import { ingestPath } from './folder.ts';

export class LayoutUpload implements Upload {
  readonly id = randomName();
  offset = 0;
  readonly #file: string;
  readonly #expected: Descriptor | undefined;
  readonly #adopt: (reserved: string, digest: Digest) => Promise<void>;
  readonly #hashes: ReadonlyMap<'sha256' | 'sha512', Hash>;
  #descriptor: number | undefined;

  constructor(
    folder: string,
    expected: Descriptor | undefined,
    adopt: (reserved: string, digest: Digest) => Promise<void>,
  ) {
    this.#file = path.join(ingestPath(folder), this.id);
    this.#expected = expected;
    this.#adopt = adopt;
    // Without a digest to expect, the commit may name either algorithm.
    const algorithms = expected === undefined ? (['sha256', 'sha512'] as const) : [algorithmOf(expected.digest)];
    this.#hashes = new Map(algorithms.map((name) => [name, createHash(name)]));
    try {
      this.#descriptor = fs.openSync(this.#file, 'wx', 0o644);
    } catch (error) {
      throw explainSystemError(`Cannot write into the store ${folder}`, error);
    }
  }

  async write(chunk: Uint8Array): Promise<void> {
    const descriptor = this.#open();
    for (const hash of this.#hashes.values()) hash.update(chunk);
    try {
      writeFully(descriptor, chunk);
    } catch (error) {
      throw explainSystemError('Cannot write into the store', error);
    }
    this.offset += chunk.length;
  }

  async commit(digest: Digest): Promise<void> {
    const descriptor = this.#open();
    const algorithm = algorithmOf(digest);
    const hash = this.#hashes.get(algorithm) ?? createHash(algorithm);
    checkContent(
      { digest, size: this.#expected?.size ?? this.offset },
      { digest: finishHash(hash, algorithm), size: this.offset },
    );
    fs.fsyncSync(descriptor);
    this.#close();
    await this.#adopt(this.#file, digest);
  }

  async abort(): Promise<void> {
    if (this.#descriptor === undefined) return;
    this.#close();
    fs.rmSync(this.#file, { force: true });
  }

  #open(): number {
    if (this.#descriptor === undefined) throw new TypeError('the upload has ended');
    return this.#descriptor;
  }

  #close(): void {
    if (this.#descriptor !== undefined) fs.closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}
