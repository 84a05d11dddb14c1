/** One layer while it is packed: its digest known from an earlier pack, or to be learnt by reading. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { identityOf, sameIdentity } from '../base/file-identity.ts';
import type { Assembly } from '../base/hashing/assembly.ts';
import { type KnownPart, OutgoingBlob } from '../base/hashing/outgoing.ts';
import type { Job } from '../base/hashing/pool.ts';
import { END_OF_ARCHIVE } from '../base/tar/write.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { type Digest, sha256Digest } from '../oci/digest.ts';
import { type BuiltLayer, modeOf } from './artifact/build.ts';
import type { DigestCache } from './digest-cache.ts';
import type { PlannedLayer } from './layers.ts';
import type { SelectedFile } from './source/select.ts';

type File = SelectedFile & { readonly size: number };

/** One layer on its way: known from the cache, or to be read. */
export class LayerWork {
  readonly #layer: PlannedLayer<File>;
  readonly #files: readonly File[];
  readonly #digests: (string | undefined)[];
  readonly #cache: DigestCache;
  #known: { sha256: string; size: number } | undefined;

  constructor(layer: PlannedLayer<File>, cache: DigestCache) {
    this.#layer = layer;
    this.#cache = cache;
    this.#files = layer.form === 'raw' ? [layer.file] : layer.files;
    this.#digests = this.#files.map(({ identity }) => cache.file(identity));
    if (this.#digests.includes(undefined)) return;
    const [only] = this.#digests;
    if (layer.form === 'tar') this.#known = cache.bundle(this.#recipe());
    else if (only !== undefined) this.#known = { sha256: only, size: layer.file.size };
  }

  /** The layer's descriptor if nothing has to be read to know it. */
  get known(): Descriptor | undefined {
    return (
      this.#known && {
        mediaType: 'application/octet-stream',
        digest: sha256Digest(this.#known.sha256),
        size: this.#known.size,
      }
    );
  }

  /** Bytes of its files. */
  get size(): number {
    return this.#files.reduce((sum, file) => sum + file.size, 0);
  }

  /** How messages call it: its file, or the first of several. */
  get name(): string {
    const [first] = this.#files;
    if (first === undefined) return 'a layer without files';
    return this.#files.length === 1 ? first.path : `${first.path} and ${this.#files.length - 1} others`;
  }

  /** To be sent somewhere else, without a copy on this machine. */
  outgoing(signal?: AbortSignal): OutgoingBlob {
    return new OutgoingBlob(this.#parts(), signal);
  }

  job(to: string, bring: 'clone' | 'link'): Job {
    const assembly: Assembly = {
      parts: this.#parts(),
      to,
      durable: true,
      bring: this.#layer.form === 'raw' ? bring : 'copy',
    };
    return { size: this.size, assembly };
  }

  /** Takes the digests that reading gave, and remembers them for the state in which each file now is. */
  finish(result: { sha256: string; size: number; files: readonly string[] }): void {
    this.#known = { sha256: result.sha256, size: result.size };
    for (const [index, file] of this.#files.entries()) {
      const sha256 = result.files[index];
      if (sha256 === undefined) continue;
      this.#digests[index] = sha256;
      const stats = fs.lstatSync(file.file, { bigint: true, throwIfNoEntry: false });
      // A hard link moves the ctime on; any other change means that the digest is not this file's.
      if (stats === undefined || !sameIdentity({ ...identityOf(stats), ctimeNs: file.identity.ctimeNs }, file.identity))
        continue;
      this.#cache.rememberFile(identityOf(stats), sha256);
    }
    if (this.#layer.form === 'tar') this.#cache.rememberBundle(this.#recipe(), result.sha256, result.size);
  }

  built(): BuiltLayer {
    const { digest, size } = this.#require();
    const { component } = this.#layer;
    if (this.#layer.form === 'tar') return { component, digest, size };
    const { path, isExecutable } = this.#layer.file;
    return { component, path, isExecutable, digest, size };
  }

  sums(): { path: string; digest: Digest }[] {
    return this.#files.map(({ path }, index) => ({ path, digest: sha256Digest(this.#digests[index] ?? '') }));
  }

  #require(): Descriptor {
    if (this.known === undefined) throw new TypeError('the layer has not been read');
    return this.known;
  }

  #parts(): KnownPart[] {
    const isTar = this.#layer.form === 'tar';
    const parts = this.#files.map(({ path, file, identity, isExecutable }): KnownPart => {
      const part = { file, name: path, identity };
      return isTar ? { ...part, entry: { path, mode: modeOf(isExecutable) } } : part;
    });
    return isTar ? [...parts, { bytes: END_OF_ARCHIVE }] : parts;
  }

  /** What decides the bytes of a bundle: for each file its path, mode, size and digest. */
  #recipe(): string {
    const hash = createHash('sha256').update('waybill-bundle-1\n');
    for (const [index, { path, isExecutable, size }] of this.#files.entries()) {
      hash.update(`${modeOf(isExecutable)} ${size} ${this.#digests[index]} ${path}\0`);
    }
    return hash.digest('hex');
  }
}
