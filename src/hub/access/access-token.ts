/**
 * Access tokens: long random secrets that stand for a user in programs. The database keeps a hash,
 * which suffices without salt and rounds because nobody can guess 256 random bits.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Lets scanners for leaked secrets find them. */
const PREFIX = 'wbt';
const FORM = /^wbt_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/;

export interface NewAccessToken {
  /** What names it in lists. */
  readonly id: string;
  /** The whole token; shown once. */
  readonly text: string;
  readonly hash: string;
}

export function makeAccessToken(): NewAccessToken {
  const id = randomBytes(8).toString('hex');
  const secret = randomBytes(32).toString('base64url');
  return { id, text: `${PREFIX}_${id}_${secret}`, hash: hashOf(secret) };
}

/** The parts of a token; undefined for any other text. */
export function parseAccessToken(text: string): { id: string; secret: string } | undefined {
  const [, id, secret] = FORM.exec(text) ?? [];
  return id === undefined || secret === undefined ? undefined : { id, secret };
}

export function isSecretOf(secret: string, hash: string): boolean {
  const expected = Buffer.from(hash, 'hex');
  const found = Buffer.from(hashOf(secret), 'hex');
  return expected.length === found.length && timingSafeEqual(expected, found);
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
