/** What transformers itself makes of many kinds of networks: layouts.jsonl, written by _write-layouts.py. */
import fs from 'node:fs';
import { type ArchitectureSources, describeArchitecture } from '../../src/model/architecture/describe.ts';
import type { LayoutTensor } from '../../src/model/architecture/layout.ts';
import { readModelConfig } from '../../src/model/huggingface/config.ts';

export type Config = Readonly<Record<string, unknown>>;

export interface PublishedLayout {
  readonly title: string;
  readonly kind: string;
  readonly config: Config;
  readonly tensors: readonly LayoutTensor[];
}

interface Entry {
  readonly kind: string;
  readonly class: string;
  readonly sizes: string;
  readonly config: Config;
  readonly tensors: readonly (readonly [name: string, dtype: string, shape: readonly number[]])[];
}

export function publishedLayouts(): readonly PublishedLayout[] {
  const lines = fs.readFileSync('test/architectures/layouts.jsonl', 'utf8').trim().split('\n');
  const entries = lines.map((line): Entry => JSON.parse(line));
  return entries.map((entry) => ({
    title: `${entry.kind} as ${entry.class}, ${entry.sizes}`,
    kind: entry.kind,
    config: entry.config,
    tensors: entry.tensors.flatMap(([name, dtype, shape]) =>
      expand(name).map((each) => ({ name: each, dtype, shape })),
    ),
  }));
}

export function describeLayout(
  tensors: readonly LayoutTensor[],
  config: Config,
  more: Partial<ArchitectureSources> = {},
): ReturnType<typeof describeArchitecture> {
  const file = { name: 'config.json', bytes: Buffer.from(JSON.stringify(config)) };
  return describeArchitecture({
    name: 'model',
    format: 'safetensors',
    tensors,
    config: readModelConfig(file),
    ...more,
  });
}

/** `layers.{0-3}.weight`. */
function expand(name: string): readonly string[] {
  const [range = '', from = '', to = ''] = /\{(\d+)-(\d+)\}/.exec(name) ?? [];
  if (range === '') return [name];
  return Array.from({ length: Number(to) - Number(from) + 1 }, (_, index) =>
    name.replace(range, String(Number(from) + index)),
  );
}
