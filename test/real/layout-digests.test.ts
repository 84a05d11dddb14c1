/** Digests of layouts, of files that the formats' own libraries wrote: what Python computes with nothing of ours. */
import path from 'node:path';
import { expect, test } from 'vitest';
import { digestLayout } from '../../src/model/architecture/layout.ts';
import { openFile } from '../../src/model/model-file/byte-source.ts';
import { readModelFile } from '../../src/model/model-file/identify.ts';
import { referencePython } from './_python.ts';
import { repository, run, temporaryFolder } from './_run.ts';

test('digestLayout() gives what json and hashlib give', async () => {
  const folder = temporaryFolder();
  const script = path.join(repository, 'test', 'real', '_layout-digests.py');
  const expected: Record<string, [string, string]> = JSON.parse(run(referencePython(), [script, folder]).stdout);
  expect(Object.keys(expected)).toHaveLength(3);
  for (const [file, digests] of Object.entries(expected)) {
    using source = openFile(path.join(folder, file));
    const { layoutDigest, shapeDigest } = digestLayout((await readModelFile(source)).tensors);
    expect([layoutDigest, shapeDigest], file).toEqual(digests);
  }
});
