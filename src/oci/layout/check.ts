/** Reads a whole layout again: every blob against its name, every name against what it reaches. */
import fs from 'node:fs';
import { WaybillError } from '../../base/errors.ts';
import type { Finding } from '../../base/finding.ts';
import type { Descriptor } from '../descriptor.ts';
import type { Digest } from '../digest.ts';
import { childrenOf, isManifestType, MAX_MANIFEST_SIZE, parseManifest } from '../manifest.ts';
import { readContent } from '../verified.ts';
import { type Watch, wrongBlobs } from '../wrong-blobs.ts';
import { readIndex } from './index-file.ts';
import type { Layout } from './layout.ts';
import { blobsOf } from './prune.ts';

export interface LayoutCheck {
  readonly findings: readonly Finding[];
  readonly blobs: number;
  /** Bytes that were read. */
  readonly bytes: number;
}

/** @throws WaybillError when the layout cannot be read at all; what is wrong in it are findings */
export async function checkLayoutContent(layout: Layout, watch: Watch): Promise<LayoutCheck> {
  const findings: Finding[] = [];
  const blobs = [...blobsOf(layout.folder)].map((blob) => ({ ...blob, size: fs.lstatSync(blob.file).size }));
  const bad = await wrongBlobs(blobs, watch);
  for (const [digest, found] of bad)
    findings.push({ rule: 'blob-digest', level: 'error', path: digest, message: `its bytes have the digest ${found}` });
  const reached = new Set<Digest>();

  const visit = async (target: Descriptor, from: string): Promise<void> => {
    const found = await layout.stat(target);
    if (found === undefined) {
      findings.push({
        rule: 'blob-missing',
        level: 'error',
        path: target.digest,
        message: `${from} needs it, and the store does not hold it`,
      });
    } else if (found.size !== target.size) {
      findings.push({
        rule: 'blob-size',
        level: 'error',
        path: target.digest,
        message: `${from} says ${target.size} bytes, the store holds ${found.size}`,
      });
    }
    if (reached.has(target.digest)) return;
    reached.add(target.digest);
    if (found === undefined || bad.has(target.digest) || !isManifestType(target.mediaType)) return;
    try {
      const bytes = await readContent(layout, { ...target, size: found.size }, MAX_MANIFEST_SIZE, 'manifest');
      for (const child of childrenOf(parseManifest(bytes, target.mediaType))) await visit(child, target.digest);
    } catch (error) {
      if (!(error instanceof WaybillError)) throw error;
      findings.push({ rule: 'manifest', level: 'error', path: target.digest, message: error.message });
    }
  };
  for (const { target, name } of readIndex(layout.folder)) await visit(target, name ?? 'index.json');

  const unreached = blobs.filter(({ digest }) => !reached.has(digest));
  if (unreached.length > 0) {
    const bytes = unreached.reduce((sum, { size }) => sum + size, 0);
    findings.push({
      rule: 'unreferenced',
      level: 'note',
      message: `${unreached.length} blobs (${bytes} bytes) are reached by no name: waybill prune frees them`,
    });
  }
  return { findings, blobs: blobs.length, bytes: blobs.reduce((sum, { size }) => sum + size, 0) };
}
