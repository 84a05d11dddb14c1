/**
 * Seeded mutants of good files: what ours accepts, the format's own library accepts too, and sees the same tensors in
 * it. WAYBILL_MUTANTS names another number of them for each format, WAYBILL_SEED another seed.
 */
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { WaybillError } from '../../src/base/errors.ts';
import { formats } from '../../src/model/formats/index.ts';
import { bytesSource } from '../../src/model/model-file/byte-source.ts';
import { FULL_ONNX, onnxOf } from '../_support/onnx-files.ts';
import { seeded } from '../_support/random.ts';
import { FULL_TFLITE, tfliteOf } from '../_support/tflite-files.ts';
import { mutate } from '../contracts/format.ts';
import { referencePython } from './_python.ts';
import { repository, run, temporaryFolder } from './_run.ts';

const MUTANTS = Number(process.env['WAYBILL_MUTANTS'] ?? 20_000);
const SEED = Number(process.env['WAYBILL_SEED'] ?? 5);

type Shapes = readonly (readonly [name: string | null, shape: readonly number[]])[];
type Answer = { readonly tensors: Shapes } | { readonly error: string };

interface Accepted {
  readonly bytes: Uint8Array;
  readonly tensors: Shapes;
}

const folder = temporaryFolder();
beforeAll(() => {
  run(referencePython(), [path.join(repository, 'test', 'real', '_write-models.py'), folder]);
  fs.writeFileSync(path.join(folder, 'plain.tflite'), tfliteOf());
  fs.writeFileSync(path.join(folder, 'full.tflite'), tfliteOf(FULL_TFLITE));
  fs.writeFileSync(path.join(folder, 'full.onnx'), onnxOf(FULL_ONNX));
});

test.each(formats.map(({ id }) => id))(
  'what is accepted of mutants of %s, its own library reads as we do',
  async (id) => {
    const format = formats.find((one) => one.id === id);
    if (format === undefined) throw new RangeError(id);
    const samples = fs
      .readdirSync(folder)
      .filter((file) => file.endsWith(`.${id}`))
      .map((file) => fs.readFileSync(path.join(folder, file)));
    expect(samples.length).toBeGreaterThan(0);
    const random = seeded(SEED);
    const accepted: Accepted[] = [];
    for (let round = 0; round < MUTANTS; round++) {
      const bytes = mutate(samples[round % samples.length] ?? new Uint8Array(), random);
      try {
        const { tensors } = await format.read(bytesSource(`model.${id}`, bytes));
        accepted.push({ bytes, tensors: tensors.map(({ name, shape }) => [name, shape] as const) });
      } catch (error) {
        if (!(error instanceof WaybillError)) throw error;
      }
    }
    expect(accepted.length).toBeGreaterThan(MUTANTS / 100);
    const answers = readByTheirs(id, accepted);
    const disagreements = accepted.flatMap(({ bytes, tensors }, index) => {
      const answer = answers[index];
      if (answer !== undefined && 'tensors' in answer && isSame(tensors, answer.tensors)) return [];
      const file = path.join(repository, 'node_modules', '.cache', `disagreement-${index}.${id}`);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, bytes);
      return [JSON.stringify({ file, ours: tensors, theirs: answer })];
    });
    console.info(
      `${id}: ${accepted.length} of ${MUTANTS} mutants accepted, ${disagreements.length} disagreements (seed ${SEED})`,
    );
    expect(disagreements.slice(0, 5)).toEqual([]);
  },
);

function readByTheirs(id: string, accepted: readonly Accepted[]): readonly Answer[] {
  const file = path.join(folder, `packed-${id}`);
  const length = (bytes: Uint8Array) => Buffer.from(Uint32Array.of(bytes.length).buffer);
  const name = Buffer.from(id);
  fs.writeFileSync(file, Buffer.concat(accepted.flatMap(({ bytes }) => [length(name), name, length(bytes), bytes])));
  return JSON.parse(run(referencePython(), [path.join(repository, 'test', 'real', '_read-packed.py'), file]).stdout);
}

/** The first have names; of those behind them only shapes are compared. */
function isSame(ours: Shapes, theirs: Shapes): boolean {
  const named = theirs.filter(([name]) => name !== null);
  const text = (shapes: Shapes) =>
    shapes
      .map((one) => JSON.stringify(one))
      .sort()
      .join();
  const shapesOf = (shapes: Shapes) => text(shapes.map(([, shape]) => [null, shape] as const));
  return (
    text(ours.slice(0, named.length)) === text(named) &&
    shapesOf(ours.slice(named.length)) === shapesOf(theirs.filter(([name]) => name === null))
  );
}
