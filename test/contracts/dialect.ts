/** What every dialect promises: its files come back as they are, and nothing hostile or damaged does. */
import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readFiles } from '../../src/model/artifact/read-files.ts';
import { readStructure } from '../../src/model/artifact/structure.ts';
import type { Dialect } from '../../src/model/dialect-parts/dialect.ts';
import { diffFiles } from '../../src/model/diff.ts';
import { unpack } from '../../src/model/unpack/unpack.ts';
import { verify } from '../../src/model/verify.ts';
import { copy } from '../../src/oci/copy.ts';
import { parseDigest } from '../../src/oci/digest.ts';
import { memory } from '../../src/oci/stores/memory.ts';
import { blobFile, sha256 } from '../_support/artifact-maker.ts';
import { type DialectSample, samples } from '../_support/dialect-samples.ts';
import { type Foreign, type ForeignLayer, writeForeign } from '../_support/foreign-artifact.ts';
import { expectAccepted, failureOf } from '../_support/refusal.ts';
import { makeScratch } from '../_support/scratch.ts';
import { openAttack } from '../_support/stores.ts';
import { treeOf } from '../_support/tree.ts';

const BAD_NAMES = ['../evil', '/evil', 'a/../../evil', 'a\\..\\evil', 'C:/evil', 'a\u0000b', 'a//b', ''];
const NAME_KEYS = ['org.cncf.model.filepath', 'org.cnai.model.filepath', 'org.opencontainers.image.title'];

export function testDialect(dialect: Dialect): void {
  const own = samples.filter((sample) => sample.dialect === dialect.id);
  const scratch = makeScratch();
  let count = 0;
  const write = (artifact: Foreign) => writeForeign(scratch.at(`${dialect.id}-${++count}`), artifact);

  test('it has samples, and says of itself what the reference page needs', () => {
    expect(own.length).toBeGreaterThan(0);
    for (const text of [dialect.title, dialect.writers, dialect.knownBy, dialect.names]) expect(text).not.toBe('');
    expect(dialect.source).toMatch(/^https:\/\//);
  });

  describe.each(own)('$name', (sample: DialectSample) => {
    test('is known as this dialect, verified and restored file by file, in every store', async () => {
      const made = write(sample.artifact);
      const [first] = await expectAccepted(made);
      const rules = (first?.findings ?? []).map(({ rule }) => rule).filter((rule) => rule !== 'no-sums');
      expect([...new Set(rules)].sort()).toEqual([...(sample.rules ?? [])].sort());
      const expected = Object.fromEntries(
        Object.entries(sample.files).map(([path, content]) => [
          path,
          `${sample.executable?.includes(path) ? '755' : '644'} ${sha256(content).slice(7)}`,
        ]),
      );
      const tree = treeOf(`${made.folder}-oci-out`);
      expect(Object.fromEntries(Object.entries(tree).filter(([, kind]) => kind !== 'folder'))).toEqual(expected);
    });

    test('is copied as it is, and compared with its copy', async () => {
      await using from = await openAttack('oci', write(sample.artifact));
      await using to = await memory.open('', { access: 'write' });
      await copy(from.store, to, from.target, { name: 'copy' });
      const target = await to.resolve('copy');
      expect(target?.digest).toBe(from.target.digest);
      if (target === undefined) return;
      const [before, after] = [await readStructure(from.store, from.target), await readStructure(to, target)];
      expect(after.dialect.id).toBe(dialect.id);
      expect(diffFiles(await readFiles(from.store, before), await readFiles(to, after))).toEqual([]);
    });

    test('with a byte changed in any blob fails', async () => {
      const made = write(sample.artifact);
      for (const digest of new Set(made.blobs)) {
        const file = blobFile(made.folder, digest);
        const bytes = fs.readFileSync(file);
        const changed = Buffer.from(bytes);
        changed[bytes.length >> 1] = (changed[bytes.length >> 1] ?? 0) ^ 1;
        fs.writeFileSync(file, changed);
        await using attack = await openAttack('oci', made);
        expect((await verify(attack.store, { ...attack.target, digest: parseDigest(made.digest) })).verdict).toBe(
          'fail',
        );
        fs.writeFileSync(file, bytes);
      }
    });

    // Where a dialect has no names there are none to forge.
    const named = sample.artifact.layers.findIndex(({ annotations = {} }) =>
      NAME_KEYS.some((key) => key in annotations),
    );
    if (named >= 0)
      test.each(BAD_NAMES)('with the name %j is refused', async (name) => {
        await expectFail(write(renamed(sample.artifact, named, name)));
      });

    const alike = sample.artifact.layers.filter(({ annotations = {} }) => NAME_KEYS.some((key) => key in annotations));
    const [first, last] = [alike[0], alike.at(-1)];
    if (first !== undefined && last !== undefined && first !== last)
      test('with one name for two files is refused', async () => {
        const at = sample.artifact.layers.indexOf(last);
        await expectFail(write({ ...sample.artifact, layers: sample.artifact.layers.with(at, first) }));
      });
  });

  async function expectFail(made: ReturnType<typeof write>): Promise<void> {
    await using attack = await openAttack('oci', made);
    const { verdict, findings } = await verify(attack.store, attack.target);
    expect(verdict, JSON.stringify(findings)).toBe('fail');
    const place = scratch.at(`place-${++count}`);
    fs.mkdirSync(place);
    const { code } = await failureOf(unpack(attack.store, attack.target, `${place}/out`));
    expect(['ARCHIVE_UNSAFE', 'MANIFEST_INVALID', 'DIGEST_INVALID']).toContain(code);
    expect(fs.readdirSync(place)).toEqual([]);
  }
}

function renamed(artifact: Foreign, at: number, name: string): Foreign {
  const layer = artifact.layers[at] as ForeignLayer;
  const annotations = Object.fromEntries(
    Object.entries(layer.annotations ?? {}).map(([key, value]) => [key, NAME_KEYS.includes(key) ? name : value]),
  );
  return { ...artifact, layers: artifact.layers.with(at, { ...layer, annotations }) };
}
