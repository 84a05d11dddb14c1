/** Derives what can be known of a package's model from its files alone. */
import type { Finding } from '../../base/finding.ts';
import type { Architecture } from '../architecture/describe.ts';
import { digestLayout } from '../architecture/layout.ts';
import type { AdapterConfig } from '../huggingface/adapter-config.ts';
import type { ModelSet } from '../model-set/model-set.ts';
import type { PackageFile } from '../model-set/package-file.ts';
import { type ReadModels, readModels } from '../model-set/read.ts';
import { type Companions, readCompanions } from './companions.ts';
import type { DescribedModel } from './described-model.ts';
import type { ModelFacts } from './facts.ts';
import { mainModel, runtimeModelOf } from './main-model.ts';
import { fact, factsBeside, factsOf } from './model-facts.ts';

export interface Derivation extends ReadModels {
  readonly facts: ModelFacts;
  /** The model that the facts are about; undefined where it cannot be told which one of several it is. */
  readonly main: DescribedModel | undefined;
  /** What is odd, and what does not fit together: the latter are errors. */
  readonly findings: readonly Finding[];
}

/**
 * @param runtimeModel the file that `runtime.model` of waybill.yaml names
 * @throws WaybillError FILE_UNREADABLE, FILE_CHANGED, and what the store throws
 */
export async function deriveFacts(files: readonly PackageFile[], runtimeModel?: string): Promise<Derivation> {
  const models = await readModels(files);
  const set = mainModel(models.sets, runtimeModel);
  const companions = await readCompanions(files, set);
  const main = set === undefined ? undefined : { set, companions, described: await architectureOf(set, companions) };
  const running = runtimeModelOf(models.sets, runtimeModel) ?? set;
  const own = main === undefined ? factsBeside(models, companions) : factsOf(main);
  return {
    ...models,
    main,
    facts: { ...own, ...(running === undefined ? {} : interfaceOf(running)) },
    findings: [
      ...models.sets.flatMap(({ findings }) => findings),
      ...unreadFindings(models),
      ...(await misfits(main, companions)),
    ],
  };
}

/** What nothing describes has its digests alone; the rules for the others are not loaded for it. */
async function architectureOf(set: ModelSet, { config, tokenizer }: Companions): Promise<Architecture> {
  if (config === undefined && set.format.id !== 'gguf') return { ...digestLayout(set.tensors), findings: [] };
  const { describeArchitecture } = await import('../architecture/describe.ts');
  return describeArchitecture({
    name: set.name,
    format: set.format.id,
    tensors: set.tensors,
    ...(config === undefined ? {} : { config }),
    ...(tokenizer === undefined ? {} : { tokenizer }),
    ...(set.format.id === 'gguf' ? { gguf: set } : {}),
  });
}

function interfaceOf({ name, files: [file = ''], inputs, outputs }: ModelSet): Pick<ModelFacts, 'interface'> {
  if (inputs === undefined || outputs === undefined) return {};
  return fact('interface', { file, inputs, outputs }, `${name}, its inputs and outputs`);
}

function unreadFindings({ unread, skipped }: ReadModels): readonly Finding[] {
  const findings = unread.map(({ files: [path = ''], error }): Finding => {
    return { rule: 'model-unreadable', level: 'warning', path, message: error.message };
  });
  if (skipped === 0) return findings;
  const message = `${skipped} weights were not looked at: there are too many`;
  return [...findings, { rule: 'model-skipped', level: 'note', message }];
}

/** Between the weights and what lies beside them. */
async function misfits(main: DescribedModel | undefined, { unread, adapter }: Companions): Promise<readonly Finding[]> {
  const findings = unread.map(({ file, error }): Finding => {
    return { rule: 'model-unreadable', level: 'warning', path: file, message: error.message };
  });
  if (main === undefined) return findings;
  return [...findings, ...main.described.findings, ...(await adapterFindings(main.set, adapter))];
}

async function adapterFindings(set: ModelSet, config: AdapterConfig | undefined): Promise<readonly Finding[]> {
  if (config === undefined && set.metadata.get('general.type') !== 'adapter') return [];
  const { checkAdapter } = await import('../architecture/adapter/check.ts');
  const { tensors, metadata } = set;
  return checkAdapter({ tensors, metadata, ...(config === undefined ? {} : { config }) });
}
