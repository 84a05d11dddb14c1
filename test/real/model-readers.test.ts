/** Model files that the formats' own libraries wrote: ours says of them what those read. */
import path from 'node:path';
import { expect, test } from 'vitest';
import { openCli } from './_cli.ts';
import { referencePython } from './_python.ts';
import { repository, run, temporaryFolder } from './_run.ts';

interface FileJson {
  readonly tensors: readonly { readonly name: string; readonly dtype: string; readonly shape: readonly number[] }[];
}

/** NumPy's names for what safetensors, and we, call otherwise. */
const NUMPY: Readonly<Record<string, string>> = { float32: 'F32' };

test('inspect says of files what the library that wrote them reads', () => {
  const folder = temporaryFolder();
  const cli = openCli(folder);
  const written: Record<string, [string, string, number[]][]> = JSON.parse(
    run(referencePython(), [path.join(repository, 'test', 'real', '_write-models.py'), folder]).stdout,
  );
  for (const [file, tensors] of Object.entries(written)) {
    const seen = cli.json<FileJson>('inspect', path.join(folder, file), '--tensors');
    const ours = seen.tensors.map(({ name, dtype, shape }) => [name, dtype, shape]).sort();
    expect(ours, file).toEqual(tensors.map(([name, dtype, shape]) => [name, NUMPY[dtype] ?? dtype, shape]).sort());
  }
});
