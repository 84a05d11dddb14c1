/** Attack 42: what goes wrong while verifying never becomes a pass, and "pass" is never said too early. */
import fs from 'node:fs';
import process from 'node:process';
import { afterAll, describe, expect, test } from 'vitest';
import { WaybillError } from '../../src/base/errors.ts';
import type { Progress } from '../../src/base/progress.ts';
import { silent } from '../../src/base/progress.ts';
import { unpack } from '../../src/model/unpack/unpack.ts';
import { verify } from '../../src/model/verify.ts';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import { checkLayoutContent } from '../../src/oci/layout/check.ts';
import { openLayout } from '../../src/oci/layout/layout.ts';
import { prune } from '../../src/oci/layout/prune.ts';
import type { Content, Store } from '../../src/oci/store.ts';
import { blobFile, type Made, makeArtifact } from '../_support/artifact-maker.ts';
import { runCli } from '../_support/cli.ts';
import { rawTar } from '../_support/raw-tar.ts';
import { failureOf } from '../_support/refusal.ts';
import { makeScratch } from '../_support/scratch.ts';
import { openAttack, storeKinds } from '../_support/stores.ts';

const scratch = makeScratch();
afterAll(() => scratch[Symbol.dispose]());

let count = 0;
const fresh = () => scratch.at(`layout-${count++}`);

function writeHonest(): Made {
  return makeArtifact()
    .file('weights/model.bin', Buffer.alloc(300_000, 'weights'))
    .file('README.md', '# hi', { component: 'doc' })
    .tar(rawTar({ name: 'run.py', content: Buffer.alloc(300_000, 'x') }), {
      files: { 'run.py': Buffer.alloc(300_000, 'x') },
    })
    .tar(rawTar({ name: 'data.csv', content: '1,2' }), {
      component: 'dataset',
      compression: 'gzip',
      files: { 'data.csv': '1,2' },
    })
    .sums()
    .write(fresh());
}

/** Takes the right to read away; root may read everything, so for root a folder lies in the file's place. */
function makeUnreadable(file: string): void {
  if (process.getuid?.() !== 0) return fs.chmodSync(file, 0);
  fs.rmSync(file);
  fs.mkdirSync(file);
}

const damages: readonly (readonly [string, (file: string) => void])[] = [
  ['is missing', (file) => fs.rmSync(file)],
  ['cannot be read', makeUnreadable],
  ['is empty', (file) => fs.truncateSync(file)],
  ['is a link to itself', linkToItself],
];

describe.each(damages)('a blob that %s', (_, damage) => {
  test('never passes verify() nor unpack(), whichever it is', async () => {
    for (const digest of writeHonest().blobs) {
      const made = writeHonest();
      damage(blobFile(made.folder, digest));
      await using attack = await openAttack('oci', made);
      const verdict = await verify(attack.store, attack.target).then(
        (result) => result.verdict,
        (error: unknown) => (error instanceof WaybillError ? 'error' : error),
      );
      expect(['fail', 'error']).toContain(verdict);
      const place = scratch.at(`out-${count++}`);
      fs.mkdirSync(place);
      await failureOf(unpack(attack.store, attack.target, `${place}/model`));
      expect(fs.readdirSync(place)).toEqual([]);
    }
  });

  test('makes the command line exit with 1 or 2 and never say pass', async () => {
    const made = writeHonest();
    const [weights = ''] = made.blobs;
    damage(blobFile(made.folder, weights));
    for (const words of [
      ['verify', `oci:${made.folder}`],
      ['verify', '--store', made.folder],
    ]) {
      const { status, stdout } = await runCli(words, { store: made.folder });
      expect([1, 2]).toContain(status);
      expect(stdout).not.toContain('pass');
    }
  });
});

/** A store in which the n-th thing that is asked of it goes wrong. */
function failingAt(store: Store, turn: number, error: Error): { store: Store; hasFailed(): boolean } {
  let asked = 0;
  let hasFailed = false;
  const step = () => {
    if (++asked !== turn) return;
    hasFailed = true;
    throw error;
  };
  const chunks = async function* (source: AsyncIterable<Uint8Array>) {
    step();
    for await (const chunk of source) {
      yield chunk;
      step();
    }
  };
  const failing: Store = {
    stat: async (target: Descriptor) => {
      step();
      return store.stat(target);
    },
    start: (expected) => store.start(expected),
    open: async (target: Descriptor): Promise<Content> => {
      step();
      const content = await store.open(target);
      // Without a file, so that every byte comes through here.
      return {
        size: content.size,
        verified: () => chunks(content.verified()),
        unverifiedRange: (range) => chunks(content.unverifiedRange(range)),
      };
    },
  };
  return { store: failing, hasFailed: () => hasFailed };
}

describe('whatever a store throws, and whenever:', () => {
  const errors: readonly Error[] = [
    new Error('unexpected'),
    new RangeError('a limit of the language'),
    Object.assign(new Error('EIO: i/o error'), { code: 'EIO' }),
    new WaybillError('BLOB_UNKNOWN', 'Cannot read it: it is gone'),
    new WaybillError('DIGEST_INVALID', 'Cannot use it: other bytes'),
    new WaybillError('FILE_UNREADABLE', 'Cannot read it: permission denied'),
    new WaybillError('STORE_BUSY', 'Cannot read it: busy'),
  ];
  test.each(errors)('%s', async (error) => {
    await using attack = await openAttack('oci', writeHonest());
    let turn = 1;
    for (; turn < 1_000; turn++) {
      const failing = failingAt(attack.store, turn, error);
      const outcome = await verify(failing.store, attack.target).then(
        ({ verdict }) => verdict,
        () => 'error',
      );
      if (!failing.hasFailed()) {
        expect(outcome).toBe('pass');
        break;
      }
      expect(outcome, `at ${turn}`).not.toBe('pass');
      const place = scratch.at(`failing-${count++}`);
      fs.mkdirSync(place);
      const again = failingAt(attack.store, turn, error);
      const thrown = await unpack(again.store, attack.target, `${place}/model`).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (again.hasFailed()) expect(thrown, `at ${turn}`).toBeDefined();
      expect(fs.readdirSync(place)).toEqual(thrown === undefined ? ['model'] : []);
    }
    expect(turn).toBeGreaterThan(15);
  });
});

/** Does something once, when work has begun. */
function when(act: () => void): Progress {
  let isDone = false;
  return {
    ...silent,
    begin() {
      if (!isDone) act();
      isDone = true;
    },
  };
}

describe('a store that vanishes half-way', () => {
  test('never passes verify() nor unpack()', async () => {
    for (const kind of storeKinds.filter((kind) => kind !== 'memory')) {
      const made = writeHonest();
      await using attack = await openAttack(kind, made);
      const gone = when(() => {
        fs.rmSync(made.folder, { recursive: true });
        if (kind === 'oci-archive') fs.truncateSync(`${made.folder}.tar`, 2_000);
      });
      const outcome = await verify(attack.store, attack.target, { progress: gone }).then(
        ({ verdict }) => verdict,
        (error: unknown) => (error instanceof WaybillError ? 'error' : error),
      );
      expect(['fail', 'error']).toContain(outcome);
    }
  });

  test.each(['the whole folder', 'index.json', 'blobs'])('never passes verify --store without %s', async (what) => {
    const made = writeHonest();
    await using layout = await openLayout(made.folder, 'read');
    const gone = when(() =>
      fs.rmSync(what.includes('folder') ? made.folder : `${made.folder}/${what}`, { recursive: true }),
    );
    const outcome = await checkLayoutContent(layout, { progress: gone }).then(
      ({ findings }) => (findings.some(({ level }) => level === 'error') ? 'fail' : 'pass'),
      (error: unknown) => (error instanceof WaybillError ? 'error' : error),
    );
    expect(['fail', 'error']).toContain(outcome);
  });
});

describe('a store without its index', () => {
  test('is not taken for an empty one by the command line', async () => {
    for (const words of [
      ['verify', '--store'],
      ['list'],
      ['verify', 'acme/attack:1'],
      ['prune'],
      ['tag', 'acme/attack:1', 'acme/attack:2'],
    ]) {
      const made = writeHonest();
      fs.rmSync(`${made.folder}/index.json`);
      const { status, stdout, stderr } = await runCli(words, { store: made.folder });
      expect(status, words.join(' ')).toBe(2);
      expect(stdout).not.toContain('pass');
      expect(stderr).toMatch(/index\.json/);
      expect(fs.readdirSync(`${made.folder}/blobs/sha256`)).toHaveLength(made.blobs.length);
    }
  });

  test('keeps its content from prune()', async () => {
    const made = writeHonest();
    fs.rmSync(`${made.folder}/index.json`);
    expect((await failureOf(prune(made.folder))).code).toBe('STORE_UNAVAILABLE');
    expect(fs.readdirSync(`${made.folder}/blobs/sha256`)).toHaveLength(made.blobs.length);
  });

  test('is one that was made before anything was packed into it', async () => {
    const folder = scratch.at('empty-store');
    await using layout = await openLayout(folder, 'write');
    expect(await layout.tags()).toEqual([]);
    expect(JSON.parse(fs.readFileSync(`${folder}/index.json`, 'utf8')).manifests).toEqual([]);
    expect((await checkLayoutContent(layout, { progress: silent })).findings).toEqual([]);
  });
});

test('prune() removes nothing when it cannot read what a name reaches', async () => {
  for (const damage of damages) {
    const made = writeHonest();
    damage[1](blobFile(made.folder, made.digest));
    const before = fs.readdirSync(`${made.folder}/blobs/sha256`);
    await failureOf(prune(made.folder));
    expect(fs.readdirSync(`${made.folder}/blobs/sha256`)).toEqual(before);
  }
});

test('the command line prints its verdict once, at the end, in one JSON document', async () => {
  const made = writeHonest();
  const [weights = ''] = made.blobs;
  fs.writeFileSync(blobFile(made.folder, weights), Buffer.alloc(300_000, 'evil'));
  const { status, stdout } = await runCli(['verify', `oci:${made.folder}`, '--json'], { store: scratch.at('store') });
  expect(status).toBe(1);
  expect(JSON.parse(stdout).verdict).toBe('fail');
  expect(stdout).not.toContain('pass');
});

function linkToItself(file: string): void {
  fs.rmSync(file);
  fs.symlinkSync(file, file);
}
