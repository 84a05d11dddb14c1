/**
 * Session tokens: what the token endpoint gives a client for some minutes, naming what it may do
 * with which repository. JSON Web Tokens (RFC 7519) with HMAC-SHA256 and the `access` claim of the
 * distribution project's "Token Authentication Specification". Only the hub reads them.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { type Action, isAction } from './actions.ts';

export interface Scope {
  readonly name: string;
  readonly actions: readonly Action[];
  /** What the client asked for and did not get: then asking again would not help. */
  readonly refused: readonly Action[];
}

export interface Session {
  /** Absent for a client without a name. */
  readonly user?: string;
  readonly access: readonly Scope[];
  /** Seconds since 1970. */
  readonly issued: number;
  readonly expires: number;
}

/** There is one way to sign them; what another header asks for is never looked at. */
const HEADER = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url');
/** Fifty scopes with long names; what a header holds. */
const MAX_TOKEN_LENGTH = 16 * 1024;

export function signSession({ user, access, issued, expires }: Session, key: Buffer): string {
  const claims = {
    iss: 'waybill',
    aud: 'waybill',
    ...(user === undefined ? {} : { sub: user }),
    iat: issued,
    exp: expires,
    // No two are the same: some clients take that for a refusal.
    jti: randomBytes(9).toString('base64url'),
    access: access.map(({ name, actions, refused }) => ({ type: 'repository', name, actions, refused })),
  };
  const payload = `${HEADER}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
  return `${payload}.${signatureOf(payload, key)}`;
}

/**
 * What a token says; undefined unless this hub signed it and its time has not passed.
 * @param now seconds since 1970
 */
export function readSession(text: string, key: Buffer, now: number): Session | undefined {
  if (text.length > MAX_TOKEN_LENGTH) return undefined;
  const [header, payload, signature, ...more] = text.split('.');
  if (header !== HEADER || payload === undefined || signature === undefined || more.length > 0) return undefined;
  // Compared as it is written: decoding skips signs and bits, and one token would have many forms.
  const expected = Buffer.from(signatureOf(`${header}.${payload}`, key));
  const found = Buffer.from(signature);
  if (expected.length !== found.length || !timingSafeEqual(expected, found)) return undefined;
  const { sub, iat, exp, access } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  if (typeof exp !== 'number' || exp <= now) return undefined;
  return {
    ...(typeof sub === 'string' ? { user: sub } : {}),
    access: access.map((scope: Scope) => ({
      name: String(scope.name),
      actions: scope.actions.filter(isAction),
      refused: scope.refused.filter(isAction),
    })),
    issued: Number(iat),
    expires: exp,
  };
}

function signatureOf(payload: string, key: Buffer): string {
  return createHmac('sha256', key).update(payload).digest('base64url');
}
