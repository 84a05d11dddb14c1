/** Whether an adapter is for a base: its modules exist there, its matrices fit them, and its ranks are those that it states. */
import type { Finding } from '../../../base/finding.ts';
import type { AdapterConfig } from '../../huggingface/adapter-config.ts';
import type { MetadataValue } from '../../model-file/format.ts';
import type { LayoutTensor } from '../layout.ts';
import type { ArchitectureRecord } from '../record/record.ts';
import { type BaseModules, baseModules } from './base.ts';
import { type AdapterTensors, type LowRank, readGgufTensors, readPeftTensors } from './low-rank.ts';
import { checkRanks } from './ranks.ts';

export interface Base {
  /** In messages. */
  readonly name: string;
  /** Undefined where they could not be read: then only the adapter itself is judged. */
  readonly tensors?: readonly LayoutTensor[];
  readonly record?: Pick<ArchitectureRecord, 'form' | 'quantisation' | 'modelType'>;
}

export interface Adapter {
  readonly tensors: readonly LayoutTensor[];
  /** `adapter_config.json` of PEFT. */
  readonly config?: AdapterConfig;
  /** Of a GGUF file. */
  readonly metadata?: ReadonlyMap<string, MetadataValue>;
}

/** As many of a kind as somebody reads. */
const SHOWN = 20;

/** Whether a GGUF file says that it is an adapter. */
export function isGgufAdapter(metadata: ReadonlyMap<string, MetadataValue>): boolean {
  return metadata.get('general.type') === 'adapter';
}

/** Says nothing of kinds of adapters that are not known. */
export function checkAdapter(adapter: Adapter, base?: Base): readonly Finding[] {
  const { config, metadata, tensors } = adapter;
  const isGguf = config === undefined && metadata !== undefined && isGgufAdapter(metadata);
  if (isGguf ? metadata.get('adapter.type') !== 'lora' : config !== undefined && !['LORA', ''].includes(config.type))
    return [];
  const read = isGguf ? readGgufTensors(tensors) : readPeftTensors(tensors);
  const own = checkRanks(read, config);
  if (base?.tensors === undefined) return own;
  const form = base.record ?? { form: isGguf ? ('gguf' as const) : ('huggingface' as const) };
  const modules = baseModules(base.tensors, form, [...read.pairs.keys()]);
  return [
    ...own,
    ...checkArchitecture(isGguf ? metadata.get('general.architecture') : undefined, base),
    ...bounded(checkPairs(read, modules, { base, isGguf })),
    ...bounded(checkWhole(read, base.tensors, base)),
    ...checkTargets(config, modules, base),
  ];
}

function checkArchitecture(stated: MetadataValue | undefined, { name, record }: Base): readonly Finding[] {
  if (typeof stated !== 'string' || record?.form !== 'gguf' || record.modelType === undefined) return [];
  if (stated === record.modelType) return [];
  return [
    {
      rule: 'adapter-base',
      level: 'error',
      message: `the adapter is for ${stated}, and ${name} is ${record.modelType}`,
    },
  ];
}

function checkPairs(
  { pairs }: AdapterTensors,
  modules: BaseModules,
  { base, isGguf }: { base: Base; isGguf: boolean },
): readonly Finding[] {
  return [...pairs.values()].flatMap((pair): readonly Finding[] => {
    const weight = modules.weight(pair.module);
    const named = pair.down?.name ?? pair.up?.name ?? pair.module;
    if (weight === undefined)
      return [
        {
          rule: 'adapter-base',
          level: 'error',
          message: `${named} is for ${pair.module}, which ${base.name} does not have`,
        },
      ];
    const problem = weight.shape && shapeProblem(pair, weight.shape, isGguf);
    if (problem === undefined) return [];
    return [
      {
        rule: 'adapter-base',
        level: 'error',
        message: `${problem}, and ${weight.stored} of ${base.name} is [${weight.shape?.join(', ')}]`,
      },
    ];
  });
}

/** Of matrices only: what is added to convolutions has another form. */
function shapeProblem(pair: LowRank, weight: readonly number[], isGguf: boolean): string | undefined {
  const { down, up, magnitude, isEmbedding } = pair;
  const [rows, columns, ...more] = weight;
  if (more.length > 0 || rows === undefined || columns === undefined) return undefined;
  const [outputs, inputs] = sidesOf(pair, { rows, columns, isGguf });
  if (down?.shape.length === 2 && inputs !== undefined && inputs !== down.shape[isGguf && isEmbedding ? 0 : 1])
    return `${down.name} is [${down.shape.join(', ')}]`;
  if (up?.shape.length === 2 && outputs !== undefined && outputs !== up.shape[0])
    return `${up.name} is [${up.shape.join(', ')}]`;
  const length = magnitude?.shape.reduce((product, each) => product * each, 1);
  if (magnitude !== undefined && length !== outputs) return `${magnitude.name} is [${magnitude.shape.join(', ')}]`;
  return undefined;
}

/** GPT-2 names its modules so, and has [inputs, outputs] in them. */
const TURNED = /(?:^|\.)(?:c_attn|c_proj|c_fc|q_attn)$/;

/** An embedding takes tokens, and gives columns. */
function sidesOf(
  { module, down, up, isEmbedding }: LowRank,
  { rows, columns }: { rows: number; columns: number; isGguf: boolean },
): readonly [outputs: number, inputs: number] {
  if (isEmbedding) return [columns, rows];
  const isTurned = TURNED.test(module) && down?.shape[1] === rows && up?.shape[0] === columns;
  return isTurned ? [columns, rows] : [rows, columns];
}

function checkWhole({ whole }: AdapterTensors, tensors: readonly LayoutTensor[], base: Base): readonly Finding[] {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  return [...whole].flatMap(([name, { name: own, shape }]): readonly Finding[] => {
    const found = byName.get(name);
    // A head that the base lacks, and an embedding that was given more rows, are what one trains such tensors for.
    const [, ...columns] = shape;
    if (found === undefined || String(found.shape.slice(1)) === String(columns)) return [];
    return [
      {
        rule: 'adapter-base',
        level: 'error',
        message: `${own} is [${shape.join(', ')}], and ${name} of ${base.name} is [${found.shape.join(', ')}]`,
      },
    ];
  });
}

/** Names and ends of names; of patterns nothing is said. */
function checkTargets(config: AdapterConfig | undefined, modules: BaseModules, base: Base): readonly Finding[] {
  const targets = config?.targetModules;
  if (targets === undefined || typeof targets === 'string') return [];
  const isThere = (target: string) =>
    modules.weight(target) !== undefined ||
    modules.names.some((name) => name === target || name.endsWith(`.${target}`));
  const absent = targets.filter((target) => !isThere(target)).slice(0, SHOWN);
  return absent.map((target) => ({
    rule: 'adapter-target',
    level: 'warning',
    message: `target_modules names ${JSON.stringify(target)}, and ${base.name} has no module of that name`,
  }));
}

function bounded(findings: readonly Finding[]): readonly Finding[] {
  const rest = findings.length - SHOWN;
  if (rest <= 0) return findings;
  return [
    ...findings.slice(0, SHOWN),
    { rule: 'adapter-base', level: 'error', message: `${rest} more tensors do not fit` },
  ];
}
