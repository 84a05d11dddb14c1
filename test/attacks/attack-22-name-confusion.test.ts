/**
 * Attack 22: names that look like others. One lower-case ASCII grammar, no registry that nobody named,
 * and no two repositories of a hub whose names read alike.
 */
import fs from 'node:fs';
import path from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Settings } from '../../src/hub/configuration/settings.ts';
import type { Hub } from '../../src/hub/main.ts';
import { collect } from '../../src/hub/registry/collect.ts';
import { reindex } from '../../src/hub/registry/reindex.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { isRepositoryName, parseReference } from '../../src/oci/reference.ts';
import { runCli } from '../_support/cli.ts';
import { startTestHub } from '../_support/hub.ts';
import { openTestStorage } from '../_support/hub-storage.ts';
import { thrownBy } from '../_support/refusal.ts';
import { makeScratch } from '../_support/scratch.ts';

const scratch = makeScratch();
let hub: Hub;
beforeAll(async () => {
  hub = await startTestHub(scratch.at('hub'));
});
afterAll(async () => {
  await hub[Symbol.asyncDispose]();
  scratch[Symbol.dispose]();
});

const lookalikes: readonly (readonly [string, string])[] = [
  ['upper case', 'Acme/digits'],
  ['a Cyrillic letter', 'аcme/digits'],
  ['a full-width letter', 'ａcme/digits'],
  ['a dotless i', 'acme/dıgits'],
  ['a combining mark', 'acme/digits\u0301'],
  ['a zero-width space', 'acme/dig\u200bits'],
  ['a soft hyphen', 'acme/dig\u00adits'],
  ['a direction mark', 'acme/\u202estigid'],
  ['a Unicode hyphen', 'acme/my\u2010digits'],
  ['a division slash', 'acme\u2215digits'],
  ['two dots', 'acme/..'],
  ['a dot at the end', 'acme/digits.'],
  ['a dot at the beginning', 'acme/.digits'],
  ['two dots in a row', 'acme/di..gits'],
  ['a dash at the end', 'acme/digits-'],
  ['three underscores', 'acme/di___gits'],
  ['an empty part', 'acme//digits'],
  ['a slash at the end', 'acme/digits/'],
  ['a slash at the beginning', '/acme/digits'],
  ['a space', 'acme/digits '],
  ['a percent sign', 'acme/%64igits'],
  ['a backslash', 'acme\\digits'],
  ['a NUL', 'acme/digits\0'],
  ['a line feed', 'acme/digits\n'],
  ['a question mark', 'acme/digits?x'],
];

describe.each(lookalikes)('a name with %s', (_, name) => {
  test('is none', () => {
    expect(isRepositoryName(name)).toBe(false);
    expect(thrownBy(() => parseReference(`${name}:1`)).code).toBe('NAME_INVALID');
    expect(thrownBy(() => parseReference(`registry.example/${name}:1`)).code).toBe('NAME_INVALID');
  });

  test('is no repository of the hub', async () => {
    const target = encodeURI(name).replaceAll('?', '%3F');
    const begun = await fetch(`${hub.address}/v2/${target}/blobs/uploads/`, { method: 'POST' });
    expect([400, 404]).toContain(begun.status);
    expect(scratch.list('hub', 'uploads')).toEqual([]);
  });
});

test.each([
  ['a Cyrillic host', 'rеgistry.example/acme/digits:1'],
  ['a host with a user in it', 'registry.example@evil.example/acme/digits:1'],
  ['a host with two ports', 'registry.example:5000:5001/acme/digits:1'],
  ['a host with a space', 'registry .example/acme/digits:1'],
  ['a host that ends in a dash', 'registry.example-/acme/digits:1'],
  ['a scheme', 'https://registry.example/acme/digits:1'],
  ['two digests', `acme/digits@sha256:${'a'.repeat(64)}@sha256:${'b'.repeat(64)}`],
  ['a tag with a slash', 'acme/digits:1/2'],
  ['a tag of look-alikes', 'acme/digits:１'],
])('a reference with %s is refused', (_, reference) => {
  expect(thrownBy(() => parseReference(reference)).code).toBe('NAME_INVALID');
});

test('a name without a host is local: no registry is guessed', async () => {
  expect(parseReference('acme/digits:1').host).toBeUndefined();
  expect(parseReference('library/digits:1').host).toBeUndefined();
  const { status, stderr } = await runCli(['pull', 'acme/digits:1'], { store: scratch.at('store') });
  expect([status, /docker\.io/.test(stderr)]).toEqual([2, false]);
});

test('a first part is a host by its form alone, and keeps its port', () => {
  const hostOf = (reference: string) => parseReference(reference).host;
  expect(hostOf('localhost/acme/x:1')).toBe('localhost');
  expect(hostOf('localhost:5000/acme/x:1')).toBe('localhost:5000');
  expect(hostOf('acme.example/x:1')).toBe('acme.example');
  expect(hostOf('local-host/acme/x:1')).toBeUndefined();
  // A tag without a slash behind it, not a port.
  expect([hostOf('acme:5000'), parseReference('acme:5000').tag]).toEqual([undefined, '5000']);
});

describe('a name that looks like that of a repository', () => {
  const INDEX = 'application/vnd.oci.image.index.v1+json';
  const EMPTY = JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests: [] });
  const BLOB = digestOf('blob');
  const VICTIM = 'acme/my-model-1.0';

  let folder: string;
  let count = 0;
  beforeEach(() => {
    folder = scratch.at(`look-alikes-${count++}`);
  });

  /** Of one hub: what requests are answered with. */
  function open({ address }: Hub) {
    const status = async (where: string, init?: RequestInit) => (await fetch(`${address}/v2/${where}`, init)).status;
    return {
      address,
      status,
      begin: (name: string) => status(`${name}/blobs/uploads/`, { method: 'POST' }),
      upload: (name: string) => status(`${name}/blobs/uploads/?digest=${BLOB}`, { method: 'POST', body: 'blob' }),
      push: (name: string) =>
        status(`${name}/manifests/1`, { method: 'PUT', body: EMPTY, headers: { 'content-type': INDEX } }),
      mount: (name: string, from: string) =>
        status(`${name}/blobs/uploads/?mount=${BLOB}&from=${from}`, { method: 'POST' }),
    };
  }

  async function withHub(
    work: (hub: ReturnType<typeof open>) => Promise<void>,
    settings: Partial<Settings> = {},
  ): Promise<void> {
    await using running = await startTestHub(folder, { settings });
    await work(open(running));
  }

  test.each([
    'acme/my_model-1.0',
    'acme/my.model-1.0',
    'acme/mymodel-1.0',
    'acme/my-model1.0',
    'acme/my-model-1-0',
    'acme/my-model-l.0',
    'acme/my-model-1.o',
    'acme/my-mode1-1.0',
    'acme/rny-model-1.0',
    'acrne/my-model-1.0',
    'ac-me/my-model-1.0',
  ])('is refused, and nothing of it is left: %s', async (name) => {
    await withHub(async ({ upload, push, begin, mount, status, address }) => {
      expect([await upload(VICTIM), await push(VICTIM)]).toEqual([201, 201]);
      expect([await begin(name), await upload(name), await push(name), await mount(name, VICTIM)]).toEqual(
        Array(4).fill(403),
      );
      expect(await status(`${name}/tags/list`)).toBe(404);
      expect(fs.readdirSync(path.join(folder, 'uploads'))).toEqual([]);
      const answer = await fetch(`${address}/v2/${name}/blobs/uploads/`, { method: 'POST' });
      const { errors } = (await answer.json()) as { errors: { code: string; message: string }[] };
      expect(errors).toMatchObject([{ code: 'DENIED', message: expect.stringContaining(name) }]);
      // Whoever asks may not be allowed to know that it is there.
      expect(JSON.stringify(errors)).not.toContain(VICTIM);
      expect([await push(VICTIM), await upload(VICTIM)]).toEqual([201, 201]);
    });
    await using storage = await openTestStorage(folder);
    expect((await reindex(storage)).manifests).toBe(1);
  });

  test.each(['acme/my-model-10', 'acme/my-model-2.0', 'acme/my/model-1.0', 'acme/my-models-1.0', 'other/my-model-1.0'])(
    'is another all the same, and accepted: %s',
    async (name) => {
      await withHub(async ({ push }) => {
        expect([await push(VICTIM), await push(name), await push(VICTIM)]).toEqual([201, 201, 201]);
      });
    },
  );

  test('cannot be kept ready by an upload that is given up before the other comes', async () => {
    const other = 'acme/my_model-1.0';
    await withHub(async ({ push, begin, address }) => {
      const { headers } = await fetch(`${address}/v2/${other}/blobs/uploads/`, { method: 'POST' });
      // First come: as long as it is under way, it has the name.
      expect(await push(VICTIM)).toBe(403);
      expect((await fetch(address + headers.get('location'), { method: 'DELETE' })).status).toBe(204);
      expect(await push(VICTIM)).toBe(201);
      expect([await begin(other), await push(other)]).toEqual([403, 403]);
    });
  });

  test('is free again once what a slip of the pen has left is collected', async () => {
    const slip = 'acme/my_model-1.0';
    await withHub(async ({ upload, push, status }) => {
      expect([await upload(slip), await push(slip)]).toEqual([201, 201]);
      expect(await status(`${slip}/manifests/1`, { method: 'DELETE' })).toBe(202);
      expect(await status(`${slip}/manifests/${digestOf(EMPTY)}`, { method: 'DELETE' })).toBe(202);
      expect(await push(VICTIM)).toBe(403);
    });
    {
      await using storage = await openTestStorage(folder, () => Date.now() + 1000);
      await collect(storage, { grace: 0 });
    }
    await withHub(async ({ push }) => {
      expect([await push(VICTIM), await push(slip)]).toEqual([201, 403]);
    });
  });

  test('is given to one of many who come at once', async () => {
    const names = ['acme/x-y', 'acme/x_y', 'acme/x.y', 'acme/xy', 'acme/x__y'];
    await withHub(async ({ push, status }) => {
      const answers = await Promise.all(names.map((name) => push(name)));
      expect(answers.toSorted()).toEqual([201, 403, 403, 403, 403]);
      const found = await Promise.all(names.map((name) => status(`${name}/manifests/1`)));
      expect(found).toEqual(answers.map((answer) => (answer === 201 ? 200 : 404)));
    });
  });

  test('is accepted where hub.yaml says so, and stays when it says so no longer', async () => {
    const other = 'acme/my_model-1.0';
    const bothWork = async ({ push, upload }: ReturnType<typeof open>) => {
      for (const name of [VICTIM, other]) expect([await push(name), await upload(name)]).toEqual([201, 201]);
    };
    await withHub(bothWork, { lookAlikes: 'allow' });
    await withHub(async (hub) => {
      await bothWork(hub);
      expect(await hub.push('acme/mymodel-1.0')).toBe(403);
    });
    // Nor does it go with a database that is made anew from the files.
    {
      await using storage = await openTestStorage(folder);
      await storage.database.write((writer) => writer.deleteFrom('repository').execute());
      expect(await reindex(storage)).toMatchObject({ manifests: 2, tags: 2, findings: [] });
    }
    await withHub(async (hub) => {
      await bothWork(hub);
      expect(await hub.push('acme/mymodel-1.0')).toBe(403);
    });
  });

  test('is refused beside repositories of before', async () => {
    await withHub(async ({ push }) => void expect(await push(VICTIM)).toBe(201));
    {
      await using storage = await openTestStorage(folder);
      await storage.database.write(async (writer) => {
        await sql`DROP INDEX repository_skeleton`.execute(writer);
        await sql`DROP INDEX upload_repository`.execute(writer);
        await sql`ALTER TABLE repository DROP COLUMN skeleton`.execute(writer);
        await sql`DELETE FROM migration WHERE id = '006-look-alikes'`.execute(writer);
      });
    }
    await withHub(async ({ push }) => {
      expect([await push('acme/my_model-1.0'), await push(VICTIM)]).toEqual([403, 201]);
    });
  });
});
