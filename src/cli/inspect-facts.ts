/** What the files of a package say of its model, as `waybill inspect` tells it beside what waybill.yaml states. */
import type { Finding } from '../base/finding.ts';
import { digestLayout } from '../model/architecture/layout.ts';
import type { Structure } from '../model/artifact/structure.ts';
import { excuse } from '../model/facts/caveats.ts';
import { compareFacts } from '../model/facts/compare.ts';
import { deriveFacts } from '../model/facts/derive.ts';
import type { DescribedModel } from '../model/facts/described-model.ts';
import type { Fact, ModelFacts } from '../model/facts/facts.ts';
import { filesOfArtifact } from '../model/model-set/artifact-files.ts';
import type { ModelSet } from '../model/model-set/model-set.ts';
import { WAYBILL_FILE, type WaybillFile } from '../model/waybill-file/schema.ts';
import type { Store } from '../oci/store.ts';
import { describeTensors } from './describe-tensors.ts';
import type { PackageOutput } from './outputs/inspect.ts';

export interface InspectedFacts {
  readonly told: Pick<PackageOutput, 'facts' | 'models' | 'notRead' | 'architecture'>;
  readonly main: DescribedModel | undefined;
  readonly findings: readonly Finding[];
}

/** Headers are read, as ranges that are not verified; weights are not. */
export async function inspectFacts(
  store: Store,
  structure: Structure,
  { stated, withTensors }: { stated: WaybillFile | undefined; withTensors: boolean },
): Promise<InspectedFacts> {
  const files = await filesOfArtifact(store, structure);
  const { facts, main, sets, opaque, findings } = await deriveFacts(files, stated?.runtime?.model);
  const record = main?.described.record;
  const differing = stated === undefined ? [] : compareFacts(stated, facts);
  return {
    told: {
      facts: plainFacts(facts),
      models: sets.map((set) => modelOf(set, set === main?.set, withTensors)),
      notRead: opaque.map(({ file, opaque: { title, why } }) => ({ file, format: title, why })),
      ...(record === undefined ? {} : { architecture: { ...record } }),
    },
    main,
    findings: [
      ...excuse(findings, stated?.model?.caveats ?? []),
      ...differing.map(({ at, message }): Finding => {
        return { rule: 'model-facts', level: 'warning', path: WAYBILL_FILE, message: `${at.join('.')}: ${message}` };
      }),
    ],
  };
}

function modelOf(set: ModelSet, isMain: boolean, withTensors: boolean): PackageOutput['models'][number] {
  const { name, format, files, tensors } = set;
  return {
    name,
    format: format.id,
    files: [...files],
    isMain,
    ...(tensors.length === 0 ? {} : digestLayout(tensors)),
    ...describeTensors(tensors, withTensors),
  };
}

function plainFacts({ files, baseModels, interface: ports, ...facts }: ModelFacts): PackageOutput['facts'] {
  const single = Object.entries(facts as Readonly<Record<string, Fact<unknown>>>);
  return {
    files: [...files],
    ...Object.fromEntries(single.map(([key, { value, from }]) => [key, { value: plain(value), from }])),
    ...(baseModels.length === 0
      ? {}
      : { baseModels: baseModels.map(({ value, from }) => ({ value: { ...value }, from })) }),
    ...(ports === undefined ? {} : { interface: { value: { ...ports.value }, from: ports.from } }),
  };
}

/** Numbers that JSON cannot hold exactly are told as text. */
function plain(value: unknown): unknown {
  if (typeof value !== 'bigint') return value;
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : String(value);
}
