/** Harmless and hostile files of public collections: those of our formats are read or refused as they should be, the others are named. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { WaybillError } from '../../src/base/errors.ts';
import { openFile } from '../../src/model/model-file/byte-source.ts';
import { identify } from '../../src/model/model-file/identify.ts';
import { withVectors } from './_vectors.ts';

interface Listed {
  readonly file: string;
  readonly kind: string;
  readonly expectation: 'accept' | 'refuse' | 'either';
}

/** The folder's own texts, templates and configurations: no model files. */
const OTHERS = /\.(?:json|j2|md|txt)$/;

/** What came of it: `read` with every byte accounted for, `named` and not read, `refused`, or `unknown`. */
async function outcomeOf(file: string): Promise<string> {
  using source = openFile(file);
  try {
    const { format, opaque } = await identify(source);
    if (format === undefined) return `named ${opaque?.id}`;
    const { unaccounted = 0 } = await format.read(source);
    expect(unaccounted, file).toBe(0);
    return `read ${format.id}`;
  } catch (error) {
    if (!(error instanceof WaybillError)) throw error;
    return error.code === 'UNSUPPORTED' ? 'unknown' : 'refused';
  }
}

withVectors('external', (folder) => {
  const { files }: { files: readonly Listed[] } = JSON.parse(readFileSync(path.join(folder, 'index.json'), 'utf8'));
  const models = files.filter(({ kind, file }) => kind === 'scan' && !OTHERS.test(file));

  test('every file of the collections is read, refused or named, and none that is hostile is read', async () => {
    expect(models.length).toBeGreaterThan(70);
    for (const { file, expectation } of models) {
      const outcome = await outcomeOf(path.join(folder, file));
      if (expectation === 'refuse') expect(outcome, file).toMatch(/^(?:named|refused)/);
      if (expectation === 'accept' && /\.(?:safetensors|npy|npz)$/.test(file)) expect(outcome, file).toMatch(/^read/);
      if (/\.(?:pkl|pickle)$/.test(file)) expect(outcome, file).toBe('named pickle');
    }
  });

  test.each([
    ['modelscan/tests/data/unsafe_zip_pytorch.pt', 'named pytorch'],
    ['modelaudit/tests/assets/samples/pytorch/safe_model.pt', 'named pytorch'],
    ['picklescan/tests/data/pytorch_magic_bypass.pt', 'named pickle'],
    ['modelaudit/tests/assets/samples/pipeline.skops', 'named skops'],
    ['modelaudit/tests/assets/samples/tensorflow/malicious_pyfunc/saved_model.pb', 'named savedmodel'],
    ['picklescan/tests/data2/object_arrays_compressed.npz', 'refused'],
    ['picklescan/tests/data2/int_array.npy', 'read npy'],
    ['picklescan/tests/data/malicious1_wrong_ext.zip', 'named zip'],
    ['modelscan/tests/data/password_protected.zip', 'named zip'],
    ['picklescan/tests/data/not_a_pickle.bin', 'unknown'],
  ])('%s is %s', async (file, outcome) => {
    expect(await outcomeOf(path.join(folder, 'scan', file))).toBe(outcome);
  });
});
