/**
 * Writes a package anew in another form. Layers that are files as they are keep their blobs, of which
 * no byte is read or written; only what must be is packed again.
 */
import fs from 'node:fs';
import { collect, compareBytes, streamOf } from '../../base/bytes.ts';
import { WaybillError } from '../../base/errors.ts';
import { readRange } from '../../base/files.ts';
import type { Finding } from '../../base/finding.ts';
import { type Progress, silent } from '../../base/progress.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { type Digest, digestOf } from '../../oci/digest.ts';
import { IMAGE_MANIFEST } from '../../oci/media-types.ts';
import { moveBlobs } from '../../oci/move-blobs.ts';
import type { ArtifactStore, Bringing } from '../../oci/store.ts';
import { push, verifyWhileReading } from '../../oci/verified.ts';
import { assertRestorable, readStructure } from '../artifact/structure.ts';
import { compareSums } from '../compare-sums.ts';
import type { Dialect } from '../dialect-parts/dialect.ts';
import { findCollision } from '../paths/collisions.ts';
import { MAX_SUMS_SIZE, parseSums, SUMS_FILE } from '../sums.ts';
import { MAX_WAYBILL_FILE_SIZE } from '../waybill-file/parse.ts';
import { WAYBILL_FILE } from '../waybill-file/schema.ts';
import { type Attached, reattach } from './attached.ts';
import { Contents } from './contents.ts';
import type { Blob, Form, LayerContent } from './form.ts';
import { writeTar } from './write-tar.ts';

export interface ConvertRequest {
  readonly from: ArtifactStore;
  readonly target: Descriptor;
  readonly to: ArtifactStore & Bringing;
  readonly form: Form;
  /** The name that the result gets. */
  readonly name: string;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

export interface Converted {
  readonly manifest: Descriptor;
  /** What it was written in. */
  readonly dialect: Dialect;
  readonly setDigest: Digest | undefined;
  readonly fileCount: number;
  readonly layerCount: number;
  /** Layers whose blobs the store had, so that nothing of them was read or written. */
  readonly blobsReused: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
  readonly attached: readonly Attached[];
  readonly findings: readonly Finding[];
}

/** @throws WaybillError as `unpack` does for a package that must not be restored; the store then has no new name */
export async function convert(request: ConvertRequest): Promise<Converted> {
  const { from, target, to, form, progress = silent, signal } = request;
  const structure = await readStructure(from, target);
  assertRestorable(structure, target.digest);
  using contents = await Contents.read(from, structure, to, signal);
  contents.files.sort((a, b) => compareBytes(a.path, b.path));
  refuseTwins(contents);
  const work = new Conversion(request, contents);
  await holdToSums(work);
  const waybill = await work.text(WAYBILL_FILE, MAX_WAYBILL_FILE_SIZE);
  const plan = form.plan({ files: contents.files, facts: structure.config, waybill });

  const raw = plan.contents.flatMap((content) => (content.kind === 'file' ? [content.file.digest] : []));
  await work.bring(raw, progress);
  const blobs: Blob[] = [];
  for (const content of plan.contents) blobs.push(await work.put(content));
  const documents = plan.write(blobs);
  const config = await work.putText(plan.configType, documents.config);
  const written = await work.putText(IMAGE_MANIFEST, documents.manifest(config));
  const manifest = { ...written, ...(plan.artifactType === undefined ? {} : { artifactType: plan.artifactType }) };
  await to.settle();
  const attached = await reattach({
    from,
    to,
    before: target,
    after: manifest,
    hasSameFiles: sameFiles(contents, plan.files),
  });
  await to.tag(request.name, manifest);
  return {
    manifest,
    dialect: structure.dialect,
    setDigest: plan.setDigest,
    fileCount: plan.files.size,
    layerCount: blobs.length,
    blobsReused: work.reused,
    bytesRead: contents.bytesRead + work.bytesRead,
    bytesWritten: contents.bytesWritten + work.bytesWritten,
    attached,
    findings: [...structure.findings, ...plan.findings],
  };
}

class Conversion {
  reused = 0;
  bytesRead = 0;
  bytesWritten = 0;
  readonly #request: ConvertRequest;
  readonly #contents: Contents;

  constructor(request: ConvertRequest, contents: Contents) {
    this.#request = request;
    this.#contents = contents;
  }

  get contents(): Contents {
    return this.#contents;
  }

  /** Brings blobs that are layers as they are, where the store has them not. */
  async bring(digests: readonly Digest[], progress: Progress): Promise<void> {
    const { from, to, signal } = this.#request;
    const missing: Descriptor[] = [];
    for (const digest of new Set(digests)) {
      const blob = this.#contents.raw.get(digest);
      if (blob === undefined) continue;
      if ((await to.stat(blob))?.size === blob.size) this.reused += 1;
      else missing.push(blob);
    }
    const { bytes } = await moveBlobs(from, to, missing, { progress, signal, label: 'Converting' });
    this.bytesRead += bytes;
    this.bytesWritten += bytes;
  }

  async put(content: LayerContent): Promise<Blob> {
    const { to } = this.#request;
    if (content.kind === 'text') return this.putText('text/plain', content.text);
    if (content.kind === 'file') {
      const { digest, size } = content.file;
      const taken = this.#contents.taken(digest);
      if (taken !== undefined && fs.existsSync(taken)) await to.adopt(taken, digest);
      return { digest, size };
    }
    const reserved = to.reserve();
    try {
      const blob = await writeTar(reserved, content, (digest, size) => this.read(digest, size));
      const target = { mediaType: 'application/octet-stream', ...blob };
      if ((await to.stat(target))?.size === blob.size) return blob;
      await to.adopt(reserved, blob.digest);
      this.bytesWritten += blob.size;
      return blob;
    } finally {
      fs.rmSync(reserved, { force: true });
    }
  }

  async putText(mediaType: string, text: string): Promise<Descriptor> {
    const { to } = this.#request;
    const bytes = Buffer.from(text);
    const target = { mediaType, digest: digestOf(bytes), size: bytes.length };
    if ((await to.stat(target))?.size === target.size) return target;
    await push(to, target, streamOf(bytes));
    this.bytesWritten += bytes.length;
    return target;
  }

  /** The bytes of a file of the package, verified. */
  async *read(digest: Digest, size: number): AsyncIterable<Uint8Array> {
    const { from, to } = this.#request;
    this.bytesRead += size;
    const taken = this.#contents.taken(digest);
    if (taken !== undefined && fs.existsSync(taken)) {
      const descriptor = fs.openSync(taken, 'r');
      try {
        yield* verifyWhileReading(readRange(descriptor, 0, size), { digest, size });
      } finally {
        fs.closeSync(descriptor);
      }
      return;
    }
    const blob = this.#contents.raw.get(digest) ?? { mediaType: 'application/octet-stream', digest, size };
    // What was taken out and has become a blob lies where it was put.
    const store = (await from.stat(blob)) === undefined ? to : from;
    yield* (await store.open(blob)).verified();
  }

  /** A small file of the package as text. */
  async text(path: string, limit: number): Promise<string | undefined> {
    const file = this.#contents.files.find((candidate) => candidate.path === path);
    if (file === undefined) return undefined;
    return (await collect(this.read(file.digest, file.size), limit, path)).toString('utf8');
  }
}

function refuseTwins({ files }: Contents): void {
  const collision = findCollision(files.map(({ path }) => path));
  if (collision === undefined) return;
  const [a, b] = collision.map((path) => JSON.stringify(path));
  throw new WaybillError(
    'ARCHIVE_UNSAFE',
    a === b
      ? `Cannot convert ${a}: it stands in the artifact twice`
      : `Cannot convert ${a} and ${b}: some file systems could keep only one of them`,
  );
}

/** A package that contradicts its own list is not written anew as if all were well. */
async function holdToSums(work: Conversion): Promise<void> {
  const text = await work.text(SUMS_FILE, MAX_SUMS_SIZE);
  if (text === undefined) return;
  const others = new Map(
    work.contents.files.filter(({ path }) => path !== SUMS_FILE).map(({ path, digest }) => [path, digest]),
  );
  const [first] = compareSums(parseSums(text), others);
  if (first !== undefined)
    throw new WaybillError(
      'DIGEST_INVALID',
      `Cannot convert: ${first.path} ${first.message}; the artifact contradicts its own ${SUMS_FILE}`,
    );
}

function sameFiles({ files }: Contents, after: ReadonlyMap<string, Digest>): boolean {
  return files.length === after.size && files.every(({ path, digest }) => after.get(path) === digest);
}
