/** The files of a layer that is a tar, or compressed, while the layer's digest and its diffId are verified. */
import { createHash, type Hash } from 'node:crypto';
import { WaybillError } from '../../base/errors.ts';
import { readTar, type TarEntry } from '../../base/tar/read.ts';
import { type Digest, sha256Digest } from '../../oci/digest.ts';
import type { Store } from '../../oci/store.ts';
import { isKitDiffId } from '../dialect-parts/diff-ids.ts';
import { type Quirk, quirks } from '../dialect-parts/quirks.ts';
import { assertSafePath } from '../paths/rules.ts';
import { decompressed } from './decompress.ts';
import type { EntryRule, Layer } from './layer.ts';

export interface PackedLayerFile extends PackedEntry {
  readonly digest: Digest;
  readonly size: number;
}

export interface PackedLayerFiles {
  readonly files: readonly PackedLayerFile[];
  /** Of the content without its compression: the true diffId. */
  readonly plainDigest: Digest;
  readonly quirks: readonly Quirk[];
}

/** A file that is about to be read. */
export interface PackedEntry {
  readonly path: string;
  readonly isExecutable: boolean;
  /** Where its content begins in the layer without its compression, in bytes. */
  readonly offset: number;
}

export interface PackedSink {
  /** Begins a file; what it returns takes the content. Nothing may become visible yet. */
  file(entry: PackedEntry): { write(chunk: Uint8Array): void; end(): void };
}

/** Takes nothing: for whoever only wants to know the files. */
export const noSink: PackedSink = { file: () => ({ write() {}, end() {} }) };

/**
 * Reads a layer once. Only when this returns have its bytes proved to be the layer's.
 * @throws WaybillError DIGEST_INVALID, SIZE_INVALID, ARCHIVE_UNSAFE, LIMIT_EXCEEDED
 */
export async function readPackedLayer(
  store: Store,
  layer: Layer,
  sink: PackedSink,
  signal?: AbortSignal,
): Promise<PackedLayerFiles> {
  const name = layer.path === '.' ? layer.descriptor.digest : layer.path;
  const content = await store.open(layer.descriptor);
  const diff = createHash('sha256');
  const chunks = hashed(decompressed(content.verified(), layer.form, name), diff);
  const into = { sink, signal, name };
  const found =
    layer.form === 'raw+gzip' || layer.form === 'raw+zstd'
      ? {
          files: [await takeFile({ path: layer.path, isExecutable: layer.isExecutable, offset: 0 }, chunks, into)],
          quirks: [],
        }
      : await readEntries(layer, chunks, into);
  const plainDigest = sha256Digest(diff.digest('hex'));
  const quirk = checkDiffId(layer, plainDigest, name);
  return { files: found.files, plainDigest, quirks: quirk === undefined ? found.quirks : [...found.quirks, quirk] };
}

interface Into {
  readonly sink: PackedSink;
  readonly signal: AbortSignal | undefined;
  /** The layer, for messages. */
  readonly name: string;
}

async function readEntries(
  layer: Layer,
  chunks: AsyncIterable<Uint8Array>,
  into: Into,
): Promise<{ files: readonly PackedLayerFile[]; quirks: readonly Quirk[] }> {
  const { name, signal } = into;
  const files: PackedLayerFile[] = [];
  const folders = new Set<string>();
  const found = new Set<Quirk>();
  for await (const entry of readTar(chunks, name)) {
    signal?.throwIfAborted();
    const own = relativeName(entry);
    // An archive of a folder begins with the folder itself.
    if (own === undefined) continue;
    assertSafePath(own, name);
    const path = placeOf(own, layer, entry.kind, name);
    if (path !== own && layer.entries?.isOneFile) found.add(quirks.aikitTarName);
    assertSafePath(path, name);
    if (entry.kind === 'folder') {
      folders.add(path);
      continue;
    }
    if (layer.entries?.isOneFile && files.length > 0) throw unsafeEntry(own, name, 'the layer is to hold one file');
    files.push(
      await takeFile({ path, isExecutable: (entry.mode & 0o100) !== 0, offset: entry.offset }, entry.content(), into),
    );
  }
  const conflict = files.find(({ path }) => folders.has(path));
  if (conflict !== undefined)
    throw new WaybillError(
      'ARCHIVE_UNSAFE',
      `Cannot read ${name}: it has ${JSON.stringify(conflict.path)} as a folder and as a file`,
    );
  return { files, quirks: [...found] };
}

/** Without the dot before and the slash behind it; undefined for the folder that the archive is of. */
function relativeName({ kind, path }: TarEntry): string | undefined {
  const plain = kind === 'folder' ? path.replace(/\/$/, '') : path;
  if (kind === 'folder' && (plain === '.' || plain === '')) return undefined;
  return plain.replace(/^\.\//, '');
}

/** Where an entry belongs, by what its dialect says of the names. */
function placeOf(own: string, layer: Layer, kind: TarEntry['kind'], name: string): string {
  const { within, below, isOneFile }: EntryRule = layer.entries ?? {};
  if (below !== undefined && own !== below && !own.startsWith(`${below}/`))
    throw unsafeEntry(own, name, `it does not lie below ${JSON.stringify(below)}`);
  if (isOneFile && kind === 'file') {
    const last = layer.path.slice(layer.path.lastIndexOf('/') + 1);
    if (own !== layer.path && own !== last) throw unsafeEntry(own, name, `the layer is ${JSON.stringify(layer.path)}`);
    return layer.path;
  }
  return within === undefined || within === '.' ? own : `${within}/${own}`;
}

async function takeFile(
  entry: PackedEntry,
  content: AsyncIterable<Uint8Array>,
  { sink, signal }: Into,
): Promise<PackedLayerFile> {
  const hash = createHash('sha256');
  let size = 0;
  const output = sink.file(entry);
  try {
    for await (const chunk of content) {
      signal?.throwIfAborted();
      hash.update(chunk);
      size += chunk.length;
      output.write(chunk);
    }
  } finally {
    output.end();
  }
  return { ...entry, digest: sha256Digest(hash.digest('hex')), size };
}

function checkDiffId(layer: Layer, found: Digest, name: string): Quirk | undefined {
  if (layer.diffId === undefined || layer.diffId === found) return undefined;
  // Kit hashed the text of the compressed or of the plain digest.
  if (isKitDiffId(layer.diffId, found) || isKitDiffId(layer.diffId, layer.descriptor.digest)) return quirks.kitDiffId;
  throw new WaybillError(
    'DIGEST_INVALID',
    `Cannot use ${name}: its content has the digest ${found}, its diffId is ${layer.diffId}`,
    {
      expected: layer.diffId,
      found,
    },
  );
}

function unsafeEntry(entry: string, name: string, why: string): WaybillError {
  return new WaybillError('ARCHIVE_UNSAFE', `Cannot use the entry ${JSON.stringify(entry)} in ${name}: ${why}`);
}

async function* hashed(chunks: AsyncIterable<Uint8Array>, hash: Hash): AsyncIterable<Uint8Array> {
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
}
