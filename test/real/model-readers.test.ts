/** Model files that the formats' own libraries wrote: ours says of them what those read. */
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openCli } from './_cli.ts';
import { ourDtype } from './_dtypes.ts';
import { referencePython } from './_python.ts';
import { repository, run, temporaryFolder } from './_run.ts';

interface FileJson {
  readonly format: string;
  readonly complete: boolean;
  readonly tensors: readonly {
    readonly name: string;
    readonly dtype: string;
    readonly shape: readonly number[];
    readonly start: number;
    readonly size: number;
    readonly file?: string;
  }[];
  readonly tokenizer?: unknown;
  readonly chatTemplates?: unknown;
  readonly externalFiles?: readonly string[];
}

test('inspect says of files what the library that wrote them reads', () => {
  const folder = temporaryFolder();
  const cli = openCli(folder);
  const written: Record<string, [string, string, number[]][]> = JSON.parse(
    run(referencePython(), [path.join(repository, 'test', 'real', '_write-models.py'), folder]).stdout,
  );
  expect(Object.keys(written).length).toBeGreaterThan(15);
  const seen = new Map<string, FileJson>();
  for (const [file, tensors] of Object.entries(written)) {
    const json = cli.json<FileJson>('inspect', path.join(folder, file), '--tensors');
    seen.set(file, json);
    const ours = json.tensors.map(({ name, dtype, shape }) => [name, dtype, shape]).sort();
    expect(ours, file).toEqual(tensors.map(([name, dtype, shape]) => [name, ourDtype(dtype), shape]).sort());
    expect(json.complete, file).toBe(true);
  }
  expect(seen.get('model.gguf')).toMatchObject({
    tokenizer: { kind: 'gpt2', tokens: 200 },
    chatTemplates: [{ name: 'default', length: '{{ messages }}'.length }],
  });
  expect(seen.get('external.onnx')).toMatchObject({
    externalFiles: ['weights.bin'],
    tensors: [{ file: 'weights.bin', start: 0, size: fs.statSync(path.join(folder, 'weights.bin')).size }],
  });
});
