/** One case of the conformance suite, and the pieces that most of them are made of. */
import type { CaseArtifact, CaseLayer } from './artifact.ts';
import { type Entry, tar } from './pack.ts';

export interface ConformanceCase {
  readonly id: string;
  /** What it is about, for those who read cases.json. */
  readonly about: string;
  readonly artifact: CaseArtifact;
  /** The rules that are broken, each once; none for what is allowed. */
  readonly breaks: readonly string[];
}

export const FILEPATH = 'org.cncf.model.filepath';
export const METADATA = 'org.cncf.model.file.metadata+json';

export function metadataOf(name: string, size: number, changes: object = {}): string {
  return JSON.stringify({
    name,
    mode: 0o644,
    uid: 0,
    gid: 0,
    size,
    mtime: '1970-01-01T00:00:00Z',
    typeflag: 0,
    ...changes,
  });
}

export const typeOf = (kind: string, form: string): string => `application/vnd.cncf.model.${kind}.v1.${form}`;

/** A raw layer as it should be; `changes` are put over it. */
export function raw(path: string, content: string, changes: Partial<CaseLayer> = {}, kind = 'weight'): CaseLayer {
  const bytes = Buffer.from(content);
  const name = path.slice(path.lastIndexOf('/') + 1);
  return {
    mediaType: typeOf(kind, 'raw'),
    content: bytes,
    annotations: { [FILEPATH]: path, [METADATA]: metadataOf(name, bytes.length) },
    ...changes,
  };
}

/** Weights, configuration and a licence. */
export const usual = (): readonly CaseLayer[] => [
  raw('config.json', '{}\n', {}, 'weight.config'),
  raw('model.safetensors', 'weights of a model'),
  raw('LICENSE', 'Apache-2.0\n', {}, 'doc'),
];

export type Json = Readonly<Record<string, unknown>>;

export const case_ = (
  id: string,
  about: string,
  layers: readonly CaseLayer[],
  breaks: readonly string[] = [],
): ConformanceCase => ({
  id,
  about,
  artifact: { layers },
  breaks,
});

/** The usual layers under another configuration. */
export const withConfig = (
  id: string,
  about: string,
  config: (config: Json) => unknown,
  breaks: readonly string[] = [],
): ConformanceCase => ({
  id,
  about,
  artifact: { layers: usual(), config },
  breaks,
});

export const withManifest = (
  id: string,
  about: string,
  manifest: (manifest: Json) => unknown,
  breaks: readonly string[],
): ConformanceCase => ({
  id,
  about,
  artifact: { layers: usual(), manifest },
  breaks,
});

export const section = (name: string, members: Json) => (config: Json) => ({ ...config, [name]: members });
export const diffIds = (change: (ids: readonly unknown[]) => readonly unknown[]) => (config: Json) => {
  const modelfs = config['modelfs'] as { diffIds: readonly unknown[] };
  return { ...config, modelfs: { ...modelfs, diffIds: change(modelfs.diffIds) } };
};
export const without = (member: string) => (document: Json) =>
  Object.fromEntries(Object.entries(document).filter(([name]) => name !== member));

export const files = tar({ name: 'src/run.py', content: 'run\n' }, { name: 'src/empty.py' });
export const archive = (form: string, content: Uint8Array, changes: Partial<CaseLayer> = {}): CaseLayer => ({
  mediaType: typeOf('code', form),
  content,
  annotations: { [FILEPATH]: '.' },
  ...changes,
});
export const archived = (id: string, about: string, ...entries: readonly Entry[]): ConformanceCase =>
  case_(id, about, [archive('tar', tar(...entries))], ['modelpack-archive']);
export const named = (id: string, path: string): ConformanceCase =>
  case_(
    id,
    `A raw layer whose path is ${JSON.stringify(path)}.`,
    [raw(path, 'x', { annotations: { [FILEPATH]: path } })],
    ['modelpack-filepath'],
  );
