/** What every format promises: whatever a file holds, it is read whole or refused in words, never half and never for long. */
import { expect, test } from 'vitest';
import { WaybillError } from '../../src/base/errors.ts';
import { bytesSource } from '../../src/model/model-file/byte-source.ts';
import { type Format, HEAD_SIZE, type ModelFile } from '../../src/model/model-file/format.ts';
import { elementsOf } from '../../src/model/model-file/tensor.ts';
import { seeded } from '../_support/random.ts';

export interface Sample {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Lengths at which it may be cut short, and nobody could tell. */
  readonly wholes?: readonly number[];
}

/** Mutants of each sample. */
const MUTANTS = 20_000;

export function testFormat(format: Format, samples: readonly Sample[]): void {
  const read = (bytes: Uint8Array) => format.read(bytesSource(`sample${format.extensions[0]}`, bytes));

  test.each(samples)(`${format.id} knows $name by its first bytes, and its tensors lie in it`, async ({ bytes }) => {
    expect(format.detects(bytes.subarray(0, HEAD_SIZE), bytes.length)).toBe(true);
    const file = await read(bytes);
    expectSound(file, bytes.length);
  });

  test.each(samples)(
    `${format.id} refuses $name cut short anywhere, and with bytes behind it`,
    async ({ bytes, wholes }) => {
      const step = Math.max(1, Math.floor(bytes.length / 400));
      for (let length = 0; length < bytes.length; length += step)
        if (wholes?.includes(length)) expectSound(await read(bytes.subarray(0, length)), length);
        else await expect(read(bytes.subarray(0, length)), `${length} bytes`).rejects.toBeInstanceOf(WaybillError);
      await expect(read(Buffer.concat([bytes, Buffer.alloc(1_000, 1)]))).rejects.toBeInstanceOf(WaybillError);
    },
  );

  test(`${format.id} reads or refuses ${MUTANTS} mutants`, { timeout: 120_000 }, async () => {
    const random = seeded(20);
    let refused = 0;
    for (let round = 0; round < MUTANTS; round++) {
      const sample = samples[round % samples.length]?.bytes ?? new Uint8Array();
      const mutant = mutate(sample, random);
      try {
        expectSound(await read(mutant), mutant.length);
      } catch (error) {
        if (!(error instanceof WaybillError)) throw error;
        expect(['FORMAT_INVALID', 'LIMIT_EXCEEDED']).toContain(error.code);
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(MUTANTS / 10);
  });
}

/** Tensors lie within the file and apart from each other, and have the bytes that they need. */
function expectSound({ tensors }: ModelFile, size: number): void {
  let at = 0;
  const here = tensors.filter(({ file }) => file === undefined);
  for (const tensor of here.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    expect(tensor.start).toBeGreaterThanOrEqual(at);
    expect(tensor.end).toBeLessThanOrEqual(size);
    at = tensor.end;
    if (tensor.end > tensor.start) expect(elementsOf(tensor)).toBeGreaterThan(0n);
  }
}

/** A few bytes changed, mostly where the description is; a piece taken out, doubled or put in. */
export function mutate(sample: Uint8Array, random: ReturnType<typeof seeded>): Uint8Array {
  const bytes = Buffer.from(sample);
  const place = () => (random.below(4) === 0 ? random.below(bytes.length) : random.below(Math.min(bytes.length, 400)));
  const kind = random.below(6);
  if (kind === 4) {
    const from = place();
    return Buffer.concat([
      bytes.subarray(0, from),
      bytes.subarray(Math.min(bytes.length, from + 1 + random.below(16))),
    ]);
  }
  if (kind === 5) {
    const from = place();
    return Buffer.concat([bytes.subarray(0, from), random.bytes(1 + random.below(16)), bytes.subarray(from)]);
  }
  for (let count = 0; count <= random.below(4); count++) {
    const interesting = [0, 1, 0x7f, 0x80, 0xff, 0x22, 0x7b, 0x2c, 0x30, 0x39];
    bytes[place()] = random.below(2) === 0 ? random.below(256) : (interesting[random.below(interesting.length)] ?? 0);
  }
  return bytes;
}
