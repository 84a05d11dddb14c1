/** Digests: OCI image specification, "Descriptors" § Digests, for the registered algorithms. */
import { createHash, type Hash } from 'node:crypto';
import { WaybillError } from '../base/errors.ts';

/** `sha256:` and 64, or `sha512:` and 128, lower-case hex digits. Only this file makes one. */
export type Digest = `${'sha256' | 'sha512'}:${string}` & { readonly __digest: unique symbol };

/** Packages use sha256; registries also hold sha512. */
const DIGEST = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

export function isDigest(text: unknown): text is Digest {
  return typeof text === 'string' && DIGEST.test(text);
}

/**
 * Reads a digest. Anything but the exact form is refused before it becomes part of a path or a
 * URL (CVE-2024-3727).
 * @throws WaybillError DIGEST_INVALID
 */
export function parseDigest(text: string): Digest {
  if (isDigest(text)) return text;
  const shown = text.length > 160 ? `${text.slice(0, 160)}…` : text;
  throw new WaybillError(
    'DIGEST_INVALID',
    `Cannot read digest ${JSON.stringify(shown)}: it is not sha256:<64 hex> or sha512:<128 hex>`,
  );
}

/** The digest that a hash of 64 lower-case hex digits stands for. */
export function sha256Digest(hex: string): Digest {
  return parseDigest(`sha256:${hex}`);
}

export function digestOf(bytes: Uint8Array | string): Digest {
  return sha256Digest(createHash('sha256').update(bytes).digest('hex'));
}

export function algorithmOf(digest: Digest): 'sha256' | 'sha512' {
  return digest.startsWith('sha256:') ? 'sha256' : 'sha512';
}

/** The hex digits behind the algorithm. */
export function encodedOf(digest: Digest): string {
  return digest.slice(digest.indexOf(':') + 1);
}

/** A running hash by the digest's own algorithm. */
export function hashFor(digest: Digest): Hash {
  return createHash(algorithmOf(digest));
}

/** The digest that a running hash of the same algorithm ended with. */
export function finishHash(hash: Hash, algorithm: 'sha256' | 'sha512'): Digest {
  return parseDigest(`${algorithm}:${hash.digest('hex')}`);
}

/** A digest short enough for people: the algorithm and 12 digits. */
export function shortDigest(digest: string): string {
  return digest.slice(0, digest.indexOf(':') + 13);
}
