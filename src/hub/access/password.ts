/** Passwords as the database keeps them: scrypt (RFC 7914), each with a salt of its own. */
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { WaybillError } from '../../base/errors.ts';

/** OWASP's recommendation for scrypt: N = 2^17, r = 8, p = 1; 128 MiB for a moment. */
const COST = { N: 2 ** 17, r: 8, p: 1 };
const KEY_BYTES = 32;
const MIN_LENGTH = 8;
/** Longer ones would only be work for the hub. */
export const MAX_PASSWORD_LENGTH = 1024;

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** @throws WaybillError USAGE for one that is too short or too long */
export async function hashPassword(password: string): Promise<string> {
  if (password.length < MIN_LENGTH || password.length > MAX_PASSWORD_LENGTH) {
    throw new WaybillError(
      'USAGE',
      `Cannot use this password: it has ${password.length} characters, ${MIN_LENGTH} to ${MAX_PASSWORD_LENGTH} are needed`,
    );
  }
  const salt = randomBytes(16);
  const key = await run(password, salt, COST);
  const { N, r, p } = COST;
  return ['scrypt', N, r, p, salt.toString('base64'), key.toString('base64')].join('$');
}

/** Whether the password is the one of this hash; false for a hash that cannot be read. */
export async function verifyPassword(password: string, hash: string): Promise<boolean> {
  const [kind, n, r, p, salt = '', key = ''] = hash.split('$');
  if (kind !== 'scrypt' || password.length > MAX_PASSWORD_LENGTH) return false;
  const expected = Buffer.from(key, 'base64');
  const found = await run(password, Buffer.from(salt, 'base64'), { N: Number(n), r: Number(r), p: Number(p) });
  return expected.length === found.length && timingSafeEqual(expected, found);
}

/** Does the work of a check for a user who does not exist, so that the time does not tell. */
export async function pretendToVerify(password: string): Promise<false> {
  await run(password.slice(0, MAX_PASSWORD_LENGTH), Buffer.alloc(16), COST);
  return false;
}

let last: Promise<unknown> = Promise.resolve();

/** One at a time: each takes 128 MiB, and whoever guesses must not take the hub's memory. */
function run(password: string, salt: Buffer, cost: typeof COST): Promise<Buffer> {
  const work = last.then(() => derive(password, salt, KEY_BYTES, { ...cost, maxmem: 256 * 1024 * 1024 }));
  last = work.catch(() => undefined);
  return work;
}
