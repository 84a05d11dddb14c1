/** Attack 50: tokens that somebody else has made, or whose time is over; and refusals that tell what was wrong. */
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import fs from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { signSession } from '../../src/hub/access/session-token.ts';
import type { ServedRequest } from '../../src/hub/http/server.ts';
import type { Hub } from '../../src/hub/main.ts';
import { openAccounts } from '../../src/hub/storage.ts';
import { startTestHub } from '../_support/hub.ts';
import { basic, bearer, makeToken, sessionToken, shapeOf } from '../_support/hub-users.ts';
import { makeScratch } from '../_support/scratch.ts';

const PASSWORD = 'correct horse battery';
const WHERE = '/v2/acme/x/tags/list';

const scratch = makeScratch();
const folder = scratch.at('hub');
const log: ServedRequest[] = [];
let hub: Hub;
let late = 0;
const now = () => Date.now() + late;

beforeAll(async () => {
  await using opened = await openAccounts(folder, now);
  await opened.accounts.put('ada', { password: PASSWORD, role: 'admin', pattern: 'acme/**' });
  await opened.accounts.put('root', { role: 'admin', pattern: '**' });
  hub = await startTestHub(folder, { now, served: (request) => void log.push(request) });
  const begun = await ask('/v2/acme/x/blobs/uploads/', { method: 'POST', headers: basic('ada', PASSWORD) });
  expect(begun.status).toBe(202);
});
afterAll(async () => {
  await hub[Symbol.asyncDispose]();
  scratch[Symbol.dispose]();
});
beforeEach(() => {
  late = 0;
  log.length = 0;
});

const ask = (where: string, init?: RequestInit) => fetch(new URL(where, hub.address), init);
const right = () => sessionToken(hub.address, 'repository:acme/x:pull', basic('ada', PASSWORD));
/** One of each kind: nothing of them is done before the token is looked at. */
const deeds = [
  ['GET', WHERE],
  ['HEAD', '/v2/acme/x/manifests/1'],
  ['PUT', '/v2/acme/x/manifests/1'],
  ['POST', '/v2/acme/x/blobs/uploads/'],
  ['DELETE', '/v2/acme/x/manifests/1'],
  ['GET', '/v2/'],
] as const;

describe('a forged session token', () => {
  const key = () => fs.readFileSync(scratch.at('hub', 'session.key'));
  const encode = (value: unknown) =>
    Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
  const scopes = [{ type: 'repository', name: 'acme/x', actions: ['pull', 'push', 'delete'], refused: [] }];
  const claims = (changes: object = {}) => ({
    iss: 'waybill',
    aud: 'waybill',
    sub: 'root',
    iat: 0,
    exp: 9e9,
    access: scopes,
    ...changes,
  });
  const HS256 = { alg: 'HS256', typ: 'JWT' };
  const hmac = (header: unknown, payload: unknown, secret: string | Buffer, hash = 'sha256') => {
    const signed = `${encode(header)}.${encode(payload)}`;
    return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`;
  };
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = publicKey.export({ type: 'spki', format: 'pem' });
  const rsa = (header: unknown) => {
    const signed = `${encode(header)}.${encode(claims())}`;
    return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
  };
  const split = (token: string) => token.split('.') as [string, string, string];
  const seconds = () => Math.floor(Date.now() / 1000);
  const signed = (secret: Buffer, expires: number) =>
    signSession(
      { user: 'root', access: [{ name: 'acme/x', actions: ['pull'], refused: [] }], issued: 0, expires },
      secret,
    );

  const forgeries: Record<string, () => string | Promise<string>> = {
    'with alg none': () => `${encode({ alg: 'none' })}.${encode(claims())}.`,
    'with alg None and a signature': () => `${encode({ alg: 'None', typ: 'JWT' })}.${encode(claims())}.AAAA`,
    'with alg none and the signature of another': async () =>
      `${encode({ alg: 'none', typ: 'JWT' })}.${encode(claims())}.${split(await right())[2]}`,
    'without a signature': () => `${encode(HS256)}.${encode(claims())}.`,
    'without the part for a signature': () => `${encode(HS256)}.${encode(claims())}`,
    'with alg RS256 by a key of his own': () => rsa({ alg: 'RS256', typ: 'JWT' }),
    'with alg RS256 and its key in the header': () =>
      rsa({ alg: 'RS256', typ: 'JWT', jwk: publicKey.export({ format: 'jwk' }) }),
    'with alg HS256 and a public key as the secret': () => hmac(HS256, claims(), String(pem)),
    'by the right key with another algorithm': () => hmac({ alg: 'HS512', typ: 'JWT' }, claims(), key(), 'sha512'),
    'by the right key with another header': () => hmac({ ...HS256, kid: 'x' }, claims(), key()),
    'with a kid that is an empty file': () => hmac({ ...HS256, kid: '/dev/null' }, claims(), ''),
    'with a kid that is a path of the hub': () => hmac({ ...HS256, kid: '../../hub/session.key' }, claims(), ''),
    'with a kid that is a query': () => hmac({ ...HS256, kid: "x' UNION SELECT 'a" }, claims(), 'a'),
    'with the address of its keys': () => rsa({ alg: 'RS256', jku: `${hub.address}/healthz` }),
    'by no key': () => hmac(HS256, claims(), ''),
    'by the key of another hub': () => signed(Buffer.alloc(32, 7), seconds() + 60),
    'with another payload': async () => {
      const [header, , signature] = split(await right());
      return `${header}.${encode(claims())}.${signature}`;
    },
    'with keys twice in its payload': async () => {
      const [header, payload, signature] = split(await right());
      const text = Buffer.from(payload, 'base64url').toString();
      const twice = text.replace(/}$/, `,"sub":"root","access":${JSON.stringify(scopes)}}`);
      return `${header}.${encode(twice)}.${signature}`;
    },
    'with keys twice in its header': async () => {
      const [, payload, signature] = split(await right());
      return `${encode('{"alg":"none","alg":"HS256","typ":"JWT"}')}.${payload}.${signature}`;
    },
    'that is cut short': async () => (await right()).slice(0, -1),
    'that is cut short by a part': async () =>
      split(await right())
        .slice(0, 2)
        .join('.'),
    'that goes on': async () => `${await right()}A`,
    'that has a part more': async () => `${await right()}.${encode('{}')}`,
    'whose signature is padded': async () => `${await right()}=`,
    'whose signature has signs between that a decoder skips': async () => `${await right()}*`,
    'whose signature ends in other unused bits': async () => {
      const token = await right();
      const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
      return token.slice(0, -1) + alphabet[alphabet.indexOf(token.at(-1) ?? '') ^ 1];
    },
    'of many kibibytes': () => `${encode(HS256)}.${'A'.repeat(20_000)}.AAAA`,
    'that was right, and whose time is over': () => signed(key(), seconds() - 1),
    'of no parts': () => 'token',
    'of empty parts': () => '..',
  };

  test.each(Object.entries(forgeries))('%s is answered as one whose time is over', async (_, forge) => {
    const over = await ask(WHERE, { headers: bearer(signed(key(), seconds() - 60)) });
    const expected = await shapeOf(over);
    expect(expected.status).toBe(401);
    const token = await forge();
    log.length = 0;
    for (const [method, where] of deeds) {
      const found = await shapeOf(await ask(where, { method, headers: bearer(token) }));
      expect([method, where, found]).toEqual([method, where, method === 'HEAD' ? { ...expected, body: '' } : expected]);
    }
    // Nor does the hub ask anybody for keys.
    expect(log.map(({ status, user }) => [status, user])).toEqual(deeds.map(() => [401, undefined]));
  });

  test('that the hub has signed itself is accepted, so that the others are refused for what is wrong in them', async () => {
    const tokens = [signed(key(), seconds() + 60), hmac(HS256, claims(), key()), await right()];
    for (const token of tokens) expect((await ask(WHERE, { headers: bearer(token) })).status).toBe(200);
  });

  test('larger than any header ends its request, and not the hub', async () => {
    const answer = await ask('/v2/', { headers: bearer('A'.repeat(100_000)) }).then(({ status }) => status);
    expect(answer).toBe(431);
    expect((await ask('/healthz')).status).toBe(200);
  });
});

test('a session token ends with its time, though the hub has seen that it was right', async () => {
  const token = await right();
  const status = async () => (await ask(WHERE, { headers: bearer(token) })).status;
  expect(await status()).toBe(200);
  late = 299_000;
  expect(await status()).toBe(200);
  late = 301_000;
  expect(await status()).toBe(401);
});

describe('refusals', () => {
  /** Made anew each time: a token that is revoked, unknown, over, or whose secret is another. */
  async function deadTokens(): Promise<Record<string, string>> {
    const [revoked, gone, kept] = [
      await makeToken(folder, 'ada'),
      await makeToken(folder, 'ada'),
      await makeToken(folder, 'ada'),
    ];
    await using opened = await openAccounts(folder, now);
    expect(await opened.accounts.revokeToken(revoked.id)).toBe(true);
    const limits = { note: 'over', actions: ['pull'], pattern: '**', expires: now() - 1 } as const;
    return {
      revoked: revoked.text,
      unknown: gone.text.replace(gone.id, '0'.repeat(16)),
      'with the secret of another': kept.text.slice(0, 21) + gone.text.slice(21),
      over: (await opened.accounts.createToken('ada', limits)).text,
    };
  }

  test('of access tokens are alike, and like those of session tokens, whatever was wrong', async () => {
    const shapes = [await shapeOf(await ask(WHERE, { headers: bearer('a.b.c') }))];
    for (const text of Object.values(await deadTokens()))
      shapes.push(await shapeOf(await ask(WHERE, { headers: bearer(text) })));
    expect(shapes).toEqual(Array(5).fill({ ...shapes[0], status: 401 }));
  });

  test.each([WHERE, '/v2/', '/token?scope=repository:acme/x:pull'])(
    'of names and passwords are alike at %s, whatever was wrong',
    async (where) => {
      const wrong = {
        'the password': basic('ada', 'wrong'),
        'the user': basic('nobody', PASSWORD),
        'the user, who has no password': basic('root', PASSWORD),
        'the case of the name': basic('ADA', PASSWORD),
        'a NUL behind the name': basic('ada\0', PASSWORD),
        everything: basic('', ''),
        ...Object.fromEntries(
          Object.entries(await deadTokens()).map(([name, text]) => [`a token that is ${name}`, basic('ada', text)]),
        ),
      };
      const expected = { ...(await shapeOf(await ask(where, { headers: basic('ada', 'not it') }))), status: 401 };
      for (const [name, headers] of Object.entries(wrong))
        expect([name, await shapeOf(await ask(where, { headers }))]).toEqual([name, expected]);
      expect(log.map(({ status, user }) => [status, user])).toEqual(log.map(() => [401, undefined]));
    },
    60_000,
  );

  test('for too many guesses come for users that are there and that are not', async () => {
    late = 3_600_000;
    const guesses = async (name: string) => {
      const seen: unknown[] = [];
      for (let round = 0; round < 11; round++)
        seen.push(await shapeOf(await ask('/v2/', { headers: basic(name, `guess ${round}`) })));
      return seen;
    };
    const known = await guesses('ada');
    expect(known.at(-1)).toMatchObject({ status: 429 });
    expect(await guesses('nobody')).toEqual(known);
    expect(await guesses('root')).toEqual(known);
  }, 60_000);
});
