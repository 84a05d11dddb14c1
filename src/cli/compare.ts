/** Looks at a package and compares it with a target: all of `compat` that takes a while to load. */
import { compat } from '../model/environment/compat/compat.ts';
import { type PackageView, viewArtifact, viewFolder } from '../model/environment/compat/package-view.ts';
import { partsFor } from '../model/environment/compat/parts.ts';
import type { HostPart } from '../model/environment/host/host.ts';
import { readTargetFile } from '../model/environment/target/parse.ts';
import type { Target } from '../model/environment/target/schema.ts';
import type { WaybillFile } from '../model/waybill-file/schema.ts';
import type { OpenStore } from '../oci/store-kind.ts';
import type { Context } from './context.ts';
import { locate } from './locate.ts';
import { parseLocation } from './location.ts';
import type { Output } from './outputs/compat.ts';
import { openBases } from './package-bases.ts';

export interface TargetSource {
  /** A file, or `host`. */
  readonly from: string;
  /** Gives what is known of this host, where that is the target. */
  readonly host: ((parts: ReadonlySet<HostPart>) => Promise<Target>) | undefined;
}

export async function compare(context: Context, subject: string, source: TargetSource): Promise<Output> {
  const location = parseLocation(subject);
  if (location.kind === 'folder')
    return compareView(context, { subject, view: viewFolder(location.folder), store: undefined }, source);
  await using found = await locate(context, subject);
  const view = await viewArtifact(found.store, found.target, subject);
  return {
    digest: found.target.digest,
    ...(await compareView(context, { subject, view, store: found.store }, source)),
  };
}

interface Subject {
  readonly subject: string;
  readonly view: PackageView;
  /** Where it lies, if that is a store. */
  readonly store: OpenStore | undefined;
}

async function compareView(context: Context, { subject, view, store }: Subject, source: TargetSource): Promise<Output> {
  const target = await targetOf(context, view, source);
  await using opened = await openBases(context, store, { subject, file: adapterOnly(view.file), isFar: false });
  const bases = await Promise.all(
    opened.bases.map(async ({ stated: { ref }, found }) => ({
      ref,
      view: found === undefined ? undefined : await viewArtifact(found.store, found.target, ref),
    })),
  );
  const { verdict, findings, memory } = await compat(view, target, bases);
  const optional = (key: string, value: unknown) => (value === undefined ? {} : { [key]: value });
  return {
    verdict,
    target: {
      from: source.from,
      ...optional('name', target.name),
      ...optional('os', target.os),
      ...optional('architecture', target.architecture),
    },
    findings: findings.map(({ details, ...rest }) => ({
      ...rest,
      ...(details === undefined ? {} : { details: [...details] }),
    })),
    memory: { ...memory, how: [...memory.how] },
  };
}

/** Only an adapter needs its base to run; what was merged, tuned or quantised holds all that it needs. */
function adapterOnly(file: WaybillFile | undefined): WaybillFile | undefined {
  if (file?.model?.baseModels === undefined) return undefined;
  const baseModels = file.model.baseModels.filter(({ relation }) => relation === 'adapter');
  return { ...file, model: { ...file.model, baseModels } };
}

async function targetOf(context: Context, view: PackageView, { from, host }: TargetSource): Promise<Target> {
  if (host !== undefined) return host(partsFor(view));
  const { target, findings } = readTargetFile(from);
  for (const { message } of findings) context.note(`${from}: ${message}`);
  return target;
}
