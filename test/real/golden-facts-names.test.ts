/** Fact G19: which names are refused in the artifacts of others, and which are not. */
import path from 'node:path';
import { expect, test } from 'vitest';
import { openWorkshop, rawLayers } from './_hand-made.ts';
import { FILEPATH } from './_layouts.ts';
import { writeFiles } from './_packages.ts';
import { temporaryFolder, tool } from './_run.ts';
import { treeOf } from './_trees.ts';

const place = temporaryFolder();
const workshop = openWorkshop(place);

const bad = ['../x', '/x', 'a/../../x', 'a\\..\\x', 'C:\\x', 'C:x', 'a\0b', 'a/', './x', 'a//x', '..', '.', ''];
const good = ['a..b', '...', '..a', 'a.../b', '-rf', ' x', '~', '$HOME', '%2e%2e', '*'];
const at = (name: string) => JSON.stringify(name);

test.each(bad.map((name) => [at(name), name]))('%s is refused in a raw layer, nothing is written', (_, name) => {
  workshop.expectRefused(workshop.layoutOf(rawLayers({ 'README.md': 'fine\n', [name]: 'x' })));
});

test.each(['../x', '/x', 'a/../../x', 'a\\..\\x', 'C:\\x'].map((name) => [at(name), name]))(
  '%s is refused in a tar layer, nothing is written',
  (_, name) => {
    const mediaType = 'application/vnd.cncf.model.doc.v1.tar';
    workshop.expectRefused(
      workshop.layoutOf([{ mediaType, content: tarWith(name), annotations: { [FILEPATH]: '.' } }]),
    );
  },
);

test('harmless ones are restored, from raw and from tar layers', () => {
  const files = Object.fromEntries(good.map((name) => [name, `${name}\n`]));
  writeFiles(path.join(place, 'good'), files);
  const mediaType = 'application/vnd.cncf.model.doc.v1.tar';
  const { bytes } = tool('tar', ['-C', path.join(place, 'good'), '-cf', '-', '.']);
  const tar = { mediaType, content: bytes, annotations: { [FILEPATH]: '.' } };
  for (const layers of [rawLayers(files), [tar]])
    expect(treeOf(workshop.unpacked(workshop.layoutOf(layers)))).toEqual(treeOf(path.join(place, 'good')));
});

/** Python's tarfile writes any name. */
function tarWith(name: string): Buffer {
  const program =
    'import io, sys, tarfile\nwith tarfile.open(fileobj=sys.stdout.buffer, mode="w|", format=tarfile.USTAR_FORMAT) as tar:\n  entry = tarfile.TarInfo(sys.argv[1]); entry.size = 1; tar.addfile(entry, io.BytesIO(b"x"))';
  return tool('python3', ['-c', program, name]).bytes;
}
