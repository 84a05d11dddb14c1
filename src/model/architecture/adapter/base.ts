/** The modules of a base that an adapter can be for, under the names that the adapter uses. */
import type { LayoutTensor } from '../layout.ts';
import { type LogicalTensor, logicalTensors } from '../network/logical-shape.ts';
import type { ArchitectureRecord } from '../record/record.ts';

export interface BaseModules {
  /** The weight of a module, under the adapter's name of it. */
  weight(module: string): LogicalTensor | undefined;
  /** Names of all modules that have a weight, as the base calls them. */
  readonly names: readonly string[];
}

/** What saved models have before their names, and what programs that loaded them may have not, or have. */
const PREFIXES = [
  'model.',
  'transformer.',
  'bert.',
  'roberta.',
  'gpt_neox.',
  'language_model.',
  'model.language_model.',
];

/**
 * A model may be saved with or without its outer name. Whichever fits most modules of the adapter counts.
 * @param modules names as the adapter has them
 */
export function baseModules(
  tensors: readonly LayoutTensor[],
  record: Pick<ArchitectureRecord, 'form' | 'quantisation'>,
  modules: readonly string[],
): BaseModules {
  const logical = logicalTensors(tensors, record);
  const renamings: readonly ((module: string) => string)[] = [
    (module) => module,
    ...PREFIXES.map((prefix) => (module: string) => prefix + module),
    ...PREFIXES.map((prefix) => (module: string) => (module.startsWith(prefix) ? module.slice(prefix.length) : module)),
  ];
  const fitting = renamings.map((rename) => ({
    rename,
    count: modules.filter((module) => logical.has(`${rename(module)}.weight`)).length,
  }));
  const { rename } = fitting.reduce((best, each) => (each.count > best.count ? each : best));
  return {
    weight: (module) => logical.get(`${rename(module)}.weight`),
    names: [...logical.keys()]
      .filter((name) => name.endsWith('.weight'))
      .map((name) => name.slice(0, -'.weight'.length)),
  };
}
