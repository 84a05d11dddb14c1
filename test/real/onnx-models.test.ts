/** The models inside the onnx library's own wheel, and those of the vectors: ours says of them what the library reads. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openFile } from '../../src/model/model-file/byte-source.ts';
import type { Port } from '../../src/model/model-file/format.ts';
import { readModelFile } from '../../src/model/model-file/identify.ts';
import { ourDtype } from './_dtypes.ts';
import { referencePython } from './_python.ts';
import { repository, run } from './_run.ts';
import { withVectors } from './_vectors.ts';

type TheirPort = [name: string, type: string, shape: (number | string)[] | null];

interface Facts {
  readonly file: string;
  readonly version: string;
  readonly inputs: readonly TheirPort[];
  readonly outputs: readonly TheirPort[];
  readonly opsets: Readonly<Record<string, number>>;
  readonly tensors: readonly [string, string, number[]][];
  readonly producer: string;
}

async function compare(files: readonly string[]): Promise<readonly Facts[]> {
  const script = path.join(repository, 'test', 'real', '_onnx-facts.py');
  const all: readonly Facts[] = JSON.parse(run(referencePython(), [script, ...files]).stdout);
  for (const theirs of all) {
    using source = openFile(theirs.file);
    const ours = await readModelFile(source);
    const shown = {
      file: theirs.file,
      version: ours.version,
      inputs: ours.inputs?.map(shownPort),
      outputs: ours.outputs?.map(shownPort),
      opsets: Object.fromEntries(ours.opsets ?? []),
      tensors: ours.tensors
        .filter(({ name }) => !name.includes('_branch/'))
        .map(({ name, dtype, shape }) => [name, dtype, shape]),
      producer: ours.producer ?? '',
    };
    const same = (ports: readonly TheirPort[]) => ports.map(([name, type, shape]) => [name, ourDtype(type), shape]);
    const tensors = theirs.tensors.map(([name, type, shape]) => [name, ourDtype(type), shape]);
    expect(shown).toEqual({ ...theirs, inputs: same(theirs.inputs), outputs: same(theirs.outputs), tensors });
  }
  return all;
}

function shownPort({ name, dtype, shape }: Port): readonly unknown[] {
  return [
    name,
    dtype.startsWith('seq') ? 'sequence' : dtype.startsWith('optional') ? 'optional_type' : dtype,
    shape ?? null,
  ];
}

test('of all models in the wheel of onnx, inputs, outputs, operator sets and tensors are the same', async () => {
  expect((await compare([])).length).toBeGreaterThanOrEqual(149);
});

withVectors('models', (folder) => {
  test('of all models of the vectors, inputs, outputs, operator sets and tensors are the same', async () => {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.onnx'));
    expect(files.length).toBeGreaterThanOrEqual(9);
    await compare(files.map((file) => path.join(folder, file)));
  });
});
