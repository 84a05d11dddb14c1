/** Interfaces of all kinds, for properties of what is done with them. */
import fc from 'fast-check';
import { datatypes } from '../../src/model/interface/datatypes.ts';
import type { InputTensor, ModelInterface } from '../../src/model/waybill-file/interface.ts';
import type { Semantic } from '../../src/model/waybill-file/semantics.ts';

const anyName = fc.oneof(
  fc.string({ minLength: 1, maxLength: 8 }),
  fc.constantFrom('image', 'sepal length (cm)', 'größe', 'a"b', '__proto__', 'constructor'),
);

const anySemantic: fc.Arbitrary<Semantic> = fc.oneof(
  fc.constantFrom<Semantic>(
    { meaning: 'text' },
    { meaning: 'column' },
    { meaning: 'column', unit: 'cm' },
    { meaning: 'bytes' },
    { meaning: 'bytes', mediaTypes: ['image/png'] },
    { meaning: 'time' },
    { meaning: 'time', unit: 'ns' },
    { meaning: 'label', values: ['cat', 'dog'] },
    { meaning: 'json' },
    { meaning: 'json', schema: { type: 'array', items: { type: 'number', format: 'double' } } },
    { meaning: 'json', schema: { type: 'string', pattern: '^a' } },
    { meaning: 'tokens' },
  ),
);

const anyTensor = (size: fc.Arbitrary<number | string>): fc.Arbitrary<InputTensor> =>
  fc.record(
    {
      name: anyName,
      datatype: fc.constantFrom(...datatypes),
      shape: fc.array(size, { maxLength: 4 }),
      description: fc.string(),
      minimum: fc.integer({ min: 0, max: 1 }),
      maximum: fc.integer({ min: 2, max: 100 }),
      nan: fc.constantFrom('reject', 'accept'),
      semantic: anySemantic,
      required: fc.boolean(),
    },
    { requiredKeys: ['name', 'datatype', 'shape'] },
  );

const anySize = fc.oneof(fc.constantFrom('batch', 'rows', 'n'), fc.constant(-1), fc.nat(1000));

const anySide = (isOutput: boolean): fc.Arbitrary<InputTensor[]> =>
  fc
    .oneof(
      fc.uniqueArray(anyTensor(anySize), { maxLength: 4, selector: ({ name }) => name }),
      // Columns of one table.
      fc
        .uniqueArray(anyTensor(anySize), { maxLength: 4, selector: ({ name }) => name })
        .map((tensors) => tensors.map((tensor) => ({ ...tensor, shape: ['rows'] }))),
    )
    .map((tensors) => (isOutput ? tensors.map(({ required: _, ...tensor }) => tensor) : tensors));

export const anyInterface: fc.Arbitrary<ModelInterface> = fc.record({
  inputs: anySide(false),
  outputs: anySide(true),
});
