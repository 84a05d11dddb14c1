/** Attack 18: a version is pushed again with other content, or made to go, so that its name means something else. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ServedRequest } from '../../src/hub/http/server.ts';
import { reindex } from '../../src/hub/registry/reindex.ts';
import { openAccounts } from '../../src/hub/storage.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { startTestHub } from '../_support/hub.ts';
import { openTestStorage } from '../_support/hub-storage.ts';
import { makeScratch, type Scratch } from '../_support/scratch.ts';

const INDEX = 'application/vnd.oci.image.index.v1+json';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
/** Releases everywhere, and whatever is in production. */
const RULES = ['**:v*', 'acme/production/*:*'];

let scratch: Scratch;
let folder: string;
let token: string;
let log: ServedRequest[];
let address: string;
let count = 0;
beforeAll(() => {
  scratch = makeScratch();
});
afterAll(() => scratch[Symbol.dispose]());
beforeEach(async () => {
  folder = scratch.at(`hub-${count++}`);
  log = [];
  await using opened = await openAccounts(folder, () => Date.now());
  // Whoever may do most: no role stands above a rule.
  await opened.accounts.put('root', { role: 'admin', pattern: '**' });
  const limits = { note: 'test', actions: ['pull', 'push', 'delete'], pattern: '**', expires: 9e12 } as const;
  token = (await opened.accounts.createToken('root', limits)).text;
});

async function withHub(work: () => Promise<void>, immutableTags: readonly string[] = RULES): Promise<void> {
  const settings = { immutableTags };
  await using hub = await startTestHub(folder, { settings, served: (request) => void log.push(request) });
  address = hub.address;
  await work();
}

const ask = (where: string, init: RequestInit = {}) =>
  fetch(`${address}/v2/${where}`, { ...init, headers: { authorization: `Bearer ${token}`, ...init.headers } });
const status = async (where: string, init?: RequestInit) => (await ask(where, init)).status;
/** An index of nothing: content that needs no other. */
const version = (text: string) =>
  JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests: [], annotations: { text } });
const put = (where: string, text: string) =>
  ask(where, { method: 'PUT', body: version(text), headers: { 'content-type': INDEX } });
const push = async (where: string, text: string) => (await put(where, text)).status;
const remove = (where: string) => status(where, { method: 'DELETE' });
const target = async (repository: string, tag: string) =>
  (await ask(`${repository}/manifests/${tag}`, { method: 'HEAD' })).headers.get('docker-content-digest');

const FIRST = digestOf(version('first'));
const OTHER = digestOf(version('other'));

test('a version that is pushed again with other content is refused, and says where it points', async () => {
  await withHub(async () => {
    expect(await push('acme/x/manifests/v1', 'first')).toBe(201);
    const refused = await put('acme/x/manifests/v1', 'other');
    expect([refused.status, refused.headers.get('docker-content-digest')]).toEqual([409, null]);
    const { errors } = (await refused.json()) as { errors: { code: string; message: string }[] };
    expect(errors).toMatchObject([{ code: 'DENIED', message: expect.stringContaining(FIRST) }]);
    expect(await target('acme/x', 'v1')).toBe(FIRST);
    // Nor is the other content there without a name.
    expect(await status(`acme/x/manifests/${OTHER}`)).toBe(404);
    expect(await (await ask('acme/x/tags/list')).json()).toEqual({ name: 'acme/x', tags: ['v1'] });
  });
});

test('the same content again is accepted, as often as it comes', async () => {
  await withHub(async () => {
    for (let time = 0; time < 3; time++) {
      expect(await push('acme/x/manifests/v1', 'first')).toBe(201);
      expect(await push(`acme/x/manifests/${FIRST}?tag=v1&tag=v1`, 'first')).toBe(201);
    }
    expect(await target('acme/x', 'v1')).toBe(FIRST);
  });
});

test.each([
  ['by digest, with the tag beside it', `acme/x/manifests/${OTHER}?tag=v1`],
  ['by digest, with the tag among others', `acme/x/manifests/${OTHER}?tag=free&tag=v1&tag=more`],
  ['by digest, with the tag written in percent', `acme/x/manifests/${OTHER}?tag=%761`],
  ['by the tag written in percent', 'acme/x/manifests/%761'],
])('other content %s is refused, and none of the tags is set', async (_, where) => {
  await withHub(async () => {
    expect(await push('acme/x/manifests/v1', 'first')).toBe(201);
    expect(await push(where, 'other')).toBe(409);
    expect(await (await ask('acme/x/tags/list')).json()).toEqual({ name: 'acme/x', tags: ['v1'] });
    expect(await target('acme/x', 'v1')).toBe(FIRST);
    expect(await status(`acme/x/manifests/${OTHER}`)).toBe(404);
  });
});

test('the way round is closed: it can be deleted neither by its tag nor by its digest', async () => {
  await withHub(async () => {
    expect(await push('acme/x/manifests/v1', 'first')).toBe(201);
    expect(await push('acme/x/manifests/latest', 'first')).toBe(201);
    for (const reference of ['v1', '%761', FIRST, FIRST.replace(':', '%3A')])
      expect([reference, await remove(`acme/x/manifests/${reference}`)]).toEqual([reference, 409]);
    // With the manifest its other tags stay as well.
    expect([await target('acme/x', 'v1'), await target('acme/x', 'latest')]).toEqual([FIRST, FIRST]);
    expect(await remove('acme/x/manifests/latest')).toBe(202);
    expect(await target('acme/x', 'v1')).toBe(FIRST);
  });
});

test('what a version consists of cannot be taken out from under it', async () => {
  await withHub(async () => {
    const config = { mediaType: 'application/x', digest: digestOf('{}'), size: 2 };
    await ask(`acme/x/blobs/uploads/?digest=${config.digest}`, { method: 'POST', body: '{}' });
    const image = JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config, layers: [config] });
    const headers = { 'content-type': MANIFEST };
    expect(await status('acme/x/manifests/v1', { method: 'PUT', body: image, headers })).toBe(201);
    expect(await remove(`acme/x/blobs/${config.digest}`)).toBe(405);
    expect(await status(`acme/x/blobs/${config.digest}`)).toBe(200);
  });
});

test.each([
  ['by the tag', () => 'manifests/v2'],
  ['by digest', (text: string) => `manifests/${digestOf(version(text))}?tag=v2`],
])('of many pushes at once %s one wins, and the tag stays where it put it', async (_, where) => {
  await withHub(async () => {
    const texts = Array.from({ length: 8 }, (_, index) => `racer ${index}`);
    const answers = await Promise.all(texts.map((text) => push(`acme/x/${where(text)}`, text)));
    expect(answers.toSorted()).toEqual([201, ...Array(7).fill(409)]);
    expect(await target('acme/x', 'v2')).toBe(digestOf(version(texts[answers.indexOf(201)] ?? '')));
  });
});

test('a push and a delete at once leave the tag where it was', async () => {
  await withHub(async () => {
    expect(await push('acme/x/manifests/v1', 'first')).toBe(201);
    const answers = await Promise.all([
      remove('acme/x/manifests/v1'),
      push('acme/x/manifests/v1', 'other'),
      remove(`acme/x/manifests/${FIRST}`),
      push('acme/x/manifests/v1', 'third'),
    ]);
    expect(answers).toEqual([409, 409, 409, 409]);
    expect(await target('acme/x', 'v1')).toBe(FIRST);
  });
});

test('a tag moves only where no rule covers it', async () => {
  await withHub(async () => {
    const places: [string, string, boolean][] = [
      ['acme/x', 'latest', true],
      ['acme/x', '1.0', true],
      ['acme/x', 'V1', true],
      ['acme/x', 'v', false],
      ['x', 'v1.2.3-rc.1', false],
      ['acme/deep/er/x', 'v1', false],
      ['acme/production/x', 'latest', false],
      ['acme/production/deep/x', 'latest', true],
    ];
    for (const [repository, tag, isFree] of places) {
      const where = `${repository}/manifests/${tag}`;
      expect([where, await push(where, 'first')]).toEqual([where, 201]);
      expect([where, await push(where, 'other')]).toEqual([where, isFree ? 201 : 409]);
      expect([where, await target(repository, tag)]).toEqual([where, isFree ? OTHER : FIRST]);
      expect([where, await remove(where)]).toEqual([where, isFree ? 202 : 409]);
    }
  });
});

test('a rule holds for versions from before it, and for a database that is made anew', async () => {
  await withHub(async () => {
    for (const text of ['other', 'first']) expect(await push('acme/x/manifests/v1', text)).toBe(201);
  }, []);
  const stays = async () => {
    expect(await push('acme/x/manifests/v1', 'other')).toBe(409);
    expect(await remove('acme/x/manifests/v1')).toBe(409);
    expect(await target('acme/x', 'v1')).toBe(FIRST);
  };
  await withHub(stays);
  {
    await using storage = await openTestStorage(folder);
    await reindex(storage);
  }
  await withHub(stays);
});

test('the log has every move by the name of the tag: when, from where, by whom, and whether it came true', async () => {
  await withHub(async () => {
    for (const text of ['first', 'other']) {
      await push('acme/x/manifests/latest', text);
      await push('acme/x/manifests/v1', text);
    }
    await remove('acme/x/manifests/latest');
    await remove('acme/x/manifests/v1');
  });
  const told = log.map(({ user, method, path, status, moved }) => [user, method, path, status, moved]);
  const [latest, v1] = ['/v2/acme/x/manifests/latest', '/v2/acme/x/manifests/v1'];
  expect(told).toEqual([
    ['root', 'PUT', latest, 201, [{ tag: 'latest', to: FIRST }]],
    ['root', 'PUT', v1, 201, [{ tag: 'v1', to: FIRST }]],
    ['root', 'PUT', latest, 201, [{ tag: 'latest', from: FIRST, to: OTHER }]],
    ['root', 'PUT', v1, 409, undefined],
    ['root', 'DELETE', latest, 202, [{ tag: 'latest', from: OTHER }]],
    ['root', 'DELETE', v1, 409, undefined],
  ]);
  expect(log.every(({ address, id }) => address === '127.0.0.1' && id !== '')).toBe(true);
});

test('the log has tags that are set beside a digest, and those that go with their manifest', async () => {
  await withHub(async () => {
    await push(`acme/x/manifests/${FIRST}?tag=a&tag=b`, 'first');
    await push('acme/x/manifests/a', 'first');
    await remove(`acme/x/manifests/${FIRST}`);
  });
  expect(log.map(({ moved }) => moved)).toEqual([
    [
      { tag: 'a', to: FIRST },
      { tag: 'b', to: FIRST },
    ],
    undefined,
    [
      { tag: 'a', from: FIRST },
      { tag: 'b', from: FIRST },
    ],
  ]);
});
