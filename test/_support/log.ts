/** Transparency logs for tests: keys that are always the same, logs in memory, and in folders. */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { localSigner, type Signer } from '../../src/trust/keys/signer.ts';
import { EMPTY_ROOT, leafHash, nodeHash } from '../../src/trust/log/merkle/hashes.ts';
import { formatVerifierKey, type NoteKeyKind, noteKey } from '../../src/trust/log/note/keys.ts';
import { createLog, openLogWriter } from '../../src/trust/log/writer/open.ts';
import type { LogStorage } from '../../src/trust/log/writer/storage.ts';

export const ORIGIN = 'log.example/models';

/** An Ed25519 key of a seed that is one byte, 32 times. */
export function logSigner(seed = 1): Signer {
  return localSigner(logKey(seed), `key ${seed}`);
}

/** The same key as a file, PKCS#8 in PEM. */
export function logKeyText(seed = 1): string {
  return logKey(seed).export({ type: 'pkcs8', format: 'pem' }).toString();
}

function logKey(seed: number): KeyObject {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, seed)]);
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}

export function verifierKey(seed = 1, name: string = ORIGIN, kind: NoteKeyKind = 'note'): string {
  return formatVerifierKey(noteKey(name, kind, logSigner(seed).publicKey));
}

export const entryAt = (index: number): Buffer => Buffer.from(`entry ${index}`);
export const entriesUpTo = (end: number, start = 0): readonly Buffer[] =>
  Array.from({ length: end - start }, (_, at) => entryAt(start + at));

/** A log of entries that are told apart, in batches. */
export async function makeLog(folder: string, size: number, { seed = 1, batch = 1000 } = {}): Promise<void> {
  await createLog(folder, ORIGIN, logSigner(seed));
  using writer = await openLogWriter(folder, logSigner(seed));
  for (let at = 0; at < size; at += batch) await writer.append(entriesUpTo(Math.min(size, at + batch), at));
}

/** The root of RFC 6962 §2.1 as it is written there: slow, and made in another way than the code under test. */
export function plainRoot(entries: readonly Uint8Array[]): Buffer {
  const [first] = entries;
  if (first === undefined) return EMPTY_ROOT;
  if (entries.length === 1) return leafHash(first);
  let middle = 1;
  while (middle * 2 < entries.length) middle *= 2;
  return nodeHash(plainRoot(entries.slice(0, middle)), plainRoot(entries.slice(middle)));
}

/** Files by path, as an object store keeps them. */
export function memoryStorage(
  files: Map<string, Buffer> = new Map(),
): LogStorage & { readonly files: Map<string, Buffer> } {
  return {
    files,
    place: 'memory',
    read: async (path) => files.get(path),
    async put(added) {
      for (const { path, bytes } of added) files.set(path, Buffer.from(bytes));
    },
    async drop(paths) {
      for (const name of files.keys()) if (paths.some((path) => name.startsWith(`${path}/`))) files.delete(name);
    },
  };
}
