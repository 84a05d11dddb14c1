/**
 * Attack 51: somebody who may not read a repository finds out that it is there, because it is refused
 * in another way than one that is not.
 */
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Anonymous } from '../../src/hub/access/access.ts';
import type { Hub } from '../../src/hub/main.ts';
import { Registry } from '../../src/hub/registry/registry.ts';
import { openAccounts } from '../../src/hub/storage.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { startTestHub } from '../_support/hub.ts';
import { type Image, imageIn } from '../_support/hub-content.ts';
import { openTestStorage } from '../_support/hub-storage.ts';
import { basic, bearer, type Headers, makeToken, type Shape, sessionToken, shapeOf } from '../_support/hub-users.ts';
import { makeScratch } from '../_support/scratch.ts';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
/** One is there, one is not; both as long, so that lengths can be compared. */
const PRIVATE = 'victim/private';
const NOWHERE = 'victim/nowhere';
const PASSWORD = 'correct horse battery';

const scratch = makeScratch();
const folder = scratch.at('hub');
let hub: Hub;
let image: Image;
let referrer: Image;
/** An upload into the private repository. */
let upload: string;

beforeAll(async () => {
  await using opened = await openAccounts(folder, () => Date.now());
  await opened.accounts.put('mallory', { password: PASSWORD, role: 'admin', pattern: 'evil/**' });
  await opened.accounts.put('root', { role: 'admin', pattern: '**' });
  await using storage = await openTestStorage(folder);
  const registry = new Registry(storage);
  image = await imageIn(registry, PRIVATE, Buffer.from('secret weights'), { tags: ['1'] });
  referrer = await imageIn(registry, PRIVATE, Buffer.from('a signature'), { subject: image });
  upload = await registry.beginUpload(registry.repository(PRIVATE));
  await imageIn(registry, 'evil/own', Buffer.from('own'), { tags: ['1'] });
});
afterEach(() => hub[Symbol.asyncDispose]());

const start = async (anonymous: Anonymous) => {
  hub = await startTestHub(folder, { settings: { anonymous } });
};

type Ask = readonly [method: string, where: (name: string) => string];

const elsewhere = digestOf('elsewhere');
const reading = (): readonly Ask[] => [
  ...['1', 'none', image.manifest, referrer.manifest, elsewhere].flatMap((reference): Ask[] => [
    ['GET', (name) => `/v2/${name}/manifests/${reference}`],
    ['HEAD', (name) => `/v2/${name}/manifests/${reference}`],
  ]),
  ...[image.layer, image.config, image.manifest, elsewhere].flatMap((digest): Ask[] => [
    ['GET', (name) => `/v2/${name}/blobs/${digest}`],
    ['HEAD', (name) => `/v2/${name}/blobs/${digest}`],
  ]),
  ['GET', (name) => `/v2/${name}/tags/list`],
  ['GET', (name) => `/v2/${name}/tags/list?n=1&last=0`],
  ['GET', (name) => `/v2/${name}/referrers/${image.manifest}`],
  ['GET', (name) => `/v2/${name}/referrers/${elsewhere}?artifactType=x`],
];
const writing = (): readonly Ask[] => [
  ['PUT', (name) => `/v2/${name}/manifests/1`],
  ['PUT', (name) => `/v2/${name}/manifests/${image.manifest}?tag=1`],
  ['DELETE', (name) => `/v2/${name}/manifests/1`],
  ['DELETE', (name) => `/v2/${name}/manifests/${image.manifest}`],
  ['DELETE', (name) => `/v2/${name}/blobs/${image.layer}`],
  ['POST', (name) => `/v2/${name}/blobs/uploads/`],
  ['POST', (name) => `/v2/${name}/blobs/uploads/?digest=${image.layer}`],
  ['POST', (name) => `/v2/${name}/blobs/uploads/?mount=${image.layer}&from=evil/own`],
  ...[() => upload, () => '0'.repeat(32)].flatMap((id): Ask[] => [
    ['GET', (name) => `/v2/${name}/blobs/uploads/${id()}`],
    ['PATCH', (name) => `/v2/${name}/blobs/uploads/${id()}`],
    ['PUT', (name) => `/v2/${name}/blobs/uploads/${id()}?digest=${image.layer}`],
    ['DELETE', (name) => `/v2/${name}/blobs/uploads/${id()}`],
  ]),
];

async function ask(method: string, where: string, headers: Headers): Promise<Response> {
  const body = method === 'PUT' || method === 'PATCH' ? { body: '{}' } : {};
  return fetch(hub.address + where, { method, headers: { ...headers, 'content-type': MANIFEST }, ...body });
}

/** A shape in which a name and ids that nobody can guess do not count. */
function without(name: string, shape: Shape): Shape {
  const bare = (text: string) => text.replaceAll(name, 'NAME').replace(/\b[0-9a-f]{32}\b/g, 'ID');
  return {
    ...shape,
    headers: shape.headers.map(([header, value]) => [header, bare(value)]),
    body: bare(shape.body),
  };
}

/** @param statuses with what everything may be refused */
async function expectAlike(asks: readonly Ask[], headers: Headers, statuses: readonly number[]): Promise<void> {
  expect(asks.length).toBeGreaterThan(10);
  for (const [method, where] of asks) {
    const [there, not] = await Promise.all(
      [PRIVATE, NOWHERE].map(async (name) => without(name, await shapeOf(await ask(method, where(name), headers)))),
    );
    expect([method, where('NAME'), there]).toEqual([method, where('NAME'), not]);
    expect([method, where('NAME'), statuses.includes(there?.status ?? 0)]).toEqual([method, where('NAME'), true]);
  }
}

/** Everybody who may do nothing with the two, and with what he is refused. */
const callers: Record<string, () => Promise<[Headers, number]>> = {
  'nobody in particular': async () => [{}, 401],
  'a user with rights elsewhere': async () => [basic('mallory', PASSWORD), 403],
  'his access token': async () => [bearer((await makeToken(folder, 'mallory')).text), 403],
  'an access token of an administrator, for elsewhere': async () => [
    bearer((await makeToken(folder, 'root', { pattern: 'evil/**' })).text),
    403,
  ],
  'a session token for something else': async () => [
    bearer(await sessionToken(hub.address, 'repository:evil/own:pull,push', basic('mallory', PASSWORD))),
    401,
  ],
  'a session token that was asked for both': async () => [
    bearer(
      await sessionToken(hub.address, `repository:${PRIVATE}:*+repository:${NOWHERE}:*`, basic('mallory', PASSWORD)),
    ),
    403,
  ],
  'a session token without a name': async () => [
    bearer(await sessionToken(hub.address, `repository:${PRIVATE}:pull+repository:${NOWHERE}:pull`)),
    401,
  ],
  'a forged session token': async () => [bearer('e30.e30.AAAA'), 401],
  'a wrong password': async () => [basic('mallory', 'wrong'), 401],
};

describe('a private repository and one that is not there are refused alike', () => {
  test.each(Object.entries(callers).filter(([name]) => name !== 'a wrong password'))('to %s', async (_, caller) => {
    await start('nothing');
    const [headers, status] = await caller();
    await expectAlike([...reading(), ...writing()], headers, [status]);
  });

  test('to a wrong password, until it has been wrong too often and from then on', async () => {
    await start('nothing');
    const [headers] = await (callers['a wrong password']?.() ?? Promise.reject());
    await expectAlike(reading(), headers, [401, 429]);
  }, 60_000);

  test('when everybody may read and nobody in particular wants to write', async () => {
    await start('pull');
    await expectAlike(writing(), {}, [401]);
    const session = await sessionToken(hub.address, `repository:${PRIVATE}:*+repository:${NOWHERE}:*`);
    await expectAlike(writing(), bearer(session), [401]);
  });

  test('when everybody may read and a user with rights elsewhere wants to write', async () => {
    await start('pull');
    await expectAlike(writing(), basic('mallory', PASSWORD), [403]);
  });

  test('and whoever may read it sees both as they are, so that what is alike is so for a reason', async () => {
    await start('nothing');
    const root = bearer((await makeToken(folder, 'root')).text);
    for (const [method, where] of reading().filter(([, where]) => !/none|elsewhere|last=0/.test(where('')))) {
      const status = (await ask(method, where(PRIVATE), root)).status;
      if (!where('').includes(elsewhere)) expect([where(PRIVATE), status]).toEqual([where(PRIVATE), 200]);
    }
    expect((await ask('GET', `/v2/${NOWHERE}/tags/list`, root)).status).toBe(404);
    expect((await ask('GET', `/v2/${PRIVATE}/blobs/uploads/${upload}`, root)).status).toBe(204);
  });
});

describe('from a repository of his own', () => {
  const own = async () => bearer((await makeToken(folder, 'mallory')).text);

  test('mounting from it is answered as mounting from one that is not there, whatever is mounted', async () => {
    await start('nothing');
    const headers = await own();
    const session = bearer(await sessionToken(hub.address, 'repository:evil/own:*', basic('mallory', PASSWORD)));
    for (const credentials of [headers, session])
      for (const digest of [image.layer, image.manifest, elsewhere]) {
        const shapes = [];
        for (const from of [`&from=${PRIVATE}`, `&from=${NOWHERE}`, '']) {
          const where = `/v2/evil/own/blobs/uploads/?mount=${digest}${from}`;
          shapes.push(without(PRIVATE, await shapeOf(await ask('POST', where, credentials))));
        }
        expect(shapes).toEqual(Array(3).fill({ ...shapes[0], status: 202, body: '' }));
      }
  });

  test('its content, its uploads and what is attached to it are not there', async () => {
    await start('nothing');
    const headers = await own();
    const compare = async (method: string, where: (id: string) => string, ids: readonly [string, string]) => {
      const [there, not] = await Promise.all(
        ids.map(async (id) => {
          const { body, ...shape } = await shapeOf(await ask(method, where(id), headers));
          return { ...shape, body: body.replaceAll(id, 'ID') };
        }),
      );
      expect([method, where('ID'), there]).toEqual([method, where('ID'), not]);
    };
    for (const digest of [image.layer, image.manifest]) {
      for (const method of ['GET', 'HEAD', 'DELETE']) {
        await compare(method, (id) => `/v2/evil/own/blobs/${id}`, [digest, elsewhere]);
        await compare(method, (id) => `/v2/evil/own/manifests/${id}`, [digest, elsewhere]);
      }
      await compare('GET', (id) => `/v2/evil/own/referrers/${id}`, [digest, elsewhere]);
    }
    for (const method of ['GET', 'PATCH', 'DELETE'])
      await compare(method, (id) => `/v2/evil/own/blobs/uploads/${id}`, [upload, '0'.repeat(32)]);
  });
});

describe('the token endpoint', () => {
  test.each([
    ['to a user with rights elsewhere', 'nothing', basic('mallory', PASSWORD), []],
    ['to nobody in particular', 'nothing', {}, []],
    ['to nobody in particular where everybody may read', 'pull', {}, ['pull']],
  ] as const)('grants the same for both %s', async (_, anonymous, headers, granted) => {
    await start(anonymous);
    const answers = [];
    for (const name of [PRIVATE, NOWHERE]) {
      const response = await fetch(`${hub.address}/token?scope=repository:${name}:pull,push,delete`, { headers });
      const { body, ...shape } = await shapeOf(response);
      const { token, access_token, issued_at, ...rest } = JSON.parse(body);
      const { access, sub } = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
      expect(access).toMatchObject([{ name, actions: granted }]);
      answers.push({ ...shape, rest, sub, refused: access[0].refused, lengths: [token.length, issued_at.length] });
      expect(access_token).toBe(token);
    }
    expect(answers[0]).toEqual(answers[1]);
  });
});

test.each(['/v2/_catalog', '/v2/_catalog?n=1000', '/_catalog', '/v2/', '/metrics', '/healthz', '/readyz', '/token'])(
  'nothing at %s names a repository of others',
  async (where) => {
    await start('nothing');
    for (const headers of [{}, basic('mallory', PASSWORD), bearer((await makeToken(folder, 'root')).text)]) {
      const answer = await shapeOf(await ask('GET', where, headers));
      expect(JSON.stringify(answer)).not.toContain('victim');
      if (where.includes('catalog')) expect(answer.status).toBe(404);
    }
  },
);
