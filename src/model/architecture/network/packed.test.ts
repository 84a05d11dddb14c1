import { expect, test } from 'vitest';
import { found, llama, SIZES, t } from '../../../../test/_support/llama-layout.ts';
import type { LayoutTensor } from '../layout.ts';

/** As GPTQ and AWQ store 4 bits, 16 to a group. */
function packed(method: 'gptq' | 'awq'): LayoutTensor[] {
  return llama().flatMap((tensor): LayoutTensor[] => {
    if (!tensor.name.endsWith('proj.weight')) return [tensor];
    const module = tensor.name.slice(0, -'weight'.length);
    const [outputs = 0, inputs = 0] = tensor.shape;
    const shape = method === 'gptq' ? [inputs / 8, outputs] : [inputs, outputs / 8];
    return [
      { name: `${module}qweight`, dtype: 'I32', shape },
      { name: `${module}qzeros`, dtype: 'I32', shape: [inputs / 16, outputs / 8] },
      { name: `${module}scales`, dtype: 'F16', shape: [inputs / 16, outputs] },
      ...(method === 'gptq' ? [{ name: `${module}g_idx`, dtype: 'I32', shape: [inputs] }] : []),
    ];
  });
}

test.each(['gptq', 'awq'] as const)('describeArchitecture() sees through the packed form of %s', (method) => {
  const config = { ...SIZES, quantization_config: { quant_method: method, bits: 4, group_size: 16 } };
  expect(found(packed(method), config)).toEqual([]);
  expect(found(packed(method), { ...config, num_key_value_heads: 4 })[0]).toContain(
    'model.layers.0.self_attn.k_proj.qweight is [16, 64]',
  );
  const without = packed(method).filter(({ name }) => name !== 'model.layers.1.mlp.up_proj.qweight');
  expect(found(without, config).join()).toContain('model.layers.1.mlp.up_proj.weight is missing');
  const scale = 'model.layers.1.mlp.up_proj.scales';
  expect(
    found(
      packed(method).filter(({ name }) => name !== scale),
      config,
    ),
  ).toEqual([expect.stringContaining(`error model-quantisation: ${scale} is missing`)]);
  const other = packed(method).map((tensor) => (tensor.name === scale ? { ...tensor, shape: [2, 160] } : tensor));
  expect(found(other, config)).toEqual([expect.stringContaining(`${scale} is [2, 160], and`)]);
  expect(
    found(other, {
      ...config,
      quantization_config: {
        quant_method: method,
        bits: 4,
        group_size: 16,
        version: 'gemv',
        checkpoint_format: 'marlin',
      },
    }),
  ).toEqual([]);
});

test('describeArchitecture() knows weights in a few bits whose form is not known by their names alone', () => {
  const bytes = llama().map(
    (tensor): LayoutTensor =>
      tensor.name.endsWith('proj.weight') ? { ...tensor, dtype: 'U8', shape: [2048, 1] } : tensor,
  );
  const config = { ...SIZES, quantization_config: { load_in_4bit: true } };
  const states = bytes.flatMap((tensor) =>
    tensor.dtype === 'U8'
      ? [tensor, t(`${tensor.name}.absmax`, 64), t(`${tensor.name}.quant_state.bitsandbytes__nf4`, 90)]
      : [tensor],
  );
  expect(found(states, config)).toEqual([]);
  expect(
    found(
      states.filter(({ name }) => !name.startsWith('model.layers.2.self_attn.q_proj')),
      config,
    ),
  ).toHaveLength(1);
});

test('describeArchitecture() says nothing of weights of which each has bits of its own', () => {
  const other = packed('gptq').map((tensor) =>
    tensor.name.includes('layers.1.mlp.up_proj.qweight') ? { ...tensor, shape: [16, 160] } : tensor,
  );
  const quantization = { quant_method: 'gptq', bits: 4, group_size: 16 };
  expect(found(other, { ...SIZES, quantization_config: quantization })).not.toEqual([]);
  expect(
    found(other, { ...SIZES, quantization_config: { ...quantization, dynamic: { '.*up_proj': { bits: 8 } } } }),
  ).toEqual([]);
});
