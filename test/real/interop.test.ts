/** Artifacts that kit, modctl and oras wrote, in their own forms and as ModelPack: verified, and restored file by file. */
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type FileJson, type InspectedJson, openCli, type VerifiedJson } from './_cli.ts';
import { indexOf, manifestOf, REF_NAME } from './_layouts.ts';
import { temporaryFolder } from './_run.ts';
import { treeOf } from './_trees.ts';
import { withVectors } from './_vectors.ts';

interface Expected {
  readonly tool: string;
  readonly artifactType: string | null;
  readonly configMediaType: string;
  readonly manifestDigest: string;
  readonly manifestHasMediaType: boolean;
  readonly files: readonly { path: string; size: number; sha256: string; mode: string | null }[];
  readonly generatedFilesAlsoAllowed: readonly string[];
}

withVectors('interop', (folder) => {
  const all = fs
    .readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }): { name: string; expected: Expected } => ({
      name,
      expected: JSON.parse(fs.readFileSync(path.join(folder, name, 'expect.json'), 'utf8')),
    }));
  const place = temporaryFolder();
  const cli = openCli(place);
  const at = (name: string) => `oci:${path.join(folder, name, 'layout')}:latest`;

  /** Folder to the dialect and the quirks that the artifact in it is to have. */
  const known: Readonly<Record<string, readonly [string, ...string[]]>> = {
    'kit-modelpack-tar': ['modelpack-kit', 'quirk-kit-diff-id', 'quirk-no-media-type'],
    'kit-modelpack-tar-gzip': ['modelpack-kit', 'quirk-kit-diff-id', 'quirk-no-media-type'],
    'kit-native': ['kit', 'quirk-no-media-type'],
    'kit-native-gzip': ['kit', 'quirk-no-media-type'],
    'kit17-native': ['kit', 'quirk-no-media-type'],
    'modctl-raw': ['modelpack-modctl'],
    'modctl-raw-remote': ['modelpack-modctl'],
    'modctl-tar': ['modelpack-modctl'],
    'oras-titles': ['oras', 'quirk-oras-layer-type'],
  };

  test('these are the ones that are known', () => {
    expect(all.map(({ name }) => name).sort()).toEqual(Object.keys(known).sort());
  });

  describe.each(all)('$name', ({ name, expected }) => {
    /** What the artifact holds, without what its tool may have added. */
    const wanted = <File extends { readonly path: string }>(files: readonly File[]) =>
      files
        .filter((file) => !expected.generatedFilesAlsoAllowed.includes(file.path))
        .sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
    const files = wanted(expected.files);

    test('verify passes; quirks of its tool are warnings', () => {
      const verified = cli.json<VerifiedJson>('verify', at(name));
      expect(verified).toMatchObject({ verdict: 'pass', digest: expected.manifestDigest });
      const rules = new Set(verified.findings.map(({ rule, level }) => `${level} ${rule}`));
      const [dialect, ...quirks] = known[name] ?? [''];
      expect([...rules].sort()).toEqual(['note no-sums', ...quirks.map((quirk) => `warning ${quirk}`)].sort());
      expect(cli.json<InspectedJson>('inspect', at(name)).dialect.id).toBe(dialect);
    });

    test('inspect lists exactly its files, with size, digest and mode', () => {
      const { files: found } = cli.json<InspectedJson>('inspect', at(name));
      expect(wanted<FileJson>(found).map(({ path, size, digest, mode }) => ({ path, size, digest, mode }))).toEqual(
        files.map(({ path, size, sha256, mode }) => ({
          path,
          size,
          digest: `sha256:${sha256}`,
          mode: `0${Number.parseInt((mode ?? '0o644').slice(2), 8).toString(8)}`,
        })),
      );
    });

    test('unpack restores exactly its files', () => {
      const restored = path.join(place, name);
      cli.run('unpack', at(name), restored);
      expect(wanted(treeOf(restored)).map(({ path, size, digest }) => ({ path, size, digest }))).toEqual(
        files.map(({ path, size, sha256 }) => ({ path, size, digest: `sha256:${sha256}` })),
      );
      for (const { path: file, mode } of files)
        if (mode !== null) expect(`0o${(fs.statSync(path.join(restored, file)).mode & 0o777).toString(8)}`).toBe(mode);
    });
  });

  test.each(all)('$name can be copied as it is, whatever it is', ({ name, expected }) => {
    cli.run('copy', at(name), `acme/${name}:1`);
    const entry = indexOf(cli.store).find(({ digest }) => digest === expected.manifestDigest);
    expect(entry?.annotations).toEqual({ [REF_NAME]: `acme/${name}:1` });
    expect(manifestOf(cli.store, expected.manifestDigest).config.mediaType).toBe(expected.configMediaType);
  });
});
