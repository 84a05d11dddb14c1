/** Looks at a package and compares it with a target: all of `compat` that takes a while to load. */
import { compat } from '../model/environment/compat/compat.ts';
import { type PackageView, viewArtifact, viewFolder } from '../model/environment/compat/package-view.ts';
import { partsFor } from '../model/environment/compat/parts.ts';
import type { HostPart } from '../model/environment/host/host.ts';
import { readTargetFile } from '../model/environment/target/parse.ts';
import type { Target } from '../model/environment/target/schema.ts';
import type { Context } from './context.ts';
import { locate } from './locate.ts';
import { parseLocation } from './location.ts';
import type { Output } from './outputs/compat.ts';

export interface TargetSource {
  /** A file, or `host`. */
  readonly from: string;
  /** Gives what is known of this host, where that is the target. */
  readonly host: ((parts: ReadonlySet<HostPart>) => Promise<Target>) | undefined;
}

export async function compare(context: Context, subject: string, source: TargetSource): Promise<Output> {
  const location = parseLocation(subject);
  if (location.kind === 'folder') return compareView(context, viewFolder(location.folder), source);
  await using found = await locate(context, subject);
  const view = await viewArtifact(found.store, found.target, subject);
  return { digest: found.target.digest, ...(await compareView(context, view, source)) };
}

async function compareView(context: Context, view: PackageView, source: TargetSource): Promise<Output> {
  const target = await targetOf(context, view, source);
  const { verdict, findings, memory } = await compat(view, target);
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

async function targetOf(context: Context, view: PackageView, { from, host }: TargetSource): Promise<Target> {
  if (host !== undefined) return host(partsFor(view));
  const { target, findings } = readTargetFile(from);
  for (const { message } of findings) context.note(`${from}: ${message}`);
  return target;
}
