import { canonicalJson, type JsonValue } from '../../base/canonical-json.ts';
import type { Finding } from '../../base/finding.ts';
import { IMAGE_MANIFEST } from '../../oci/media-types.ts';
import { fileAnnotations } from '../artifact/build.ts';
import type { ConvertFile, Form, LayerContent } from '../convert/form.ts';
import { factLicences, factText, modelText } from '../convert/statement.ts';
import { modelAnnotations } from '../media-types.ts';

const MANIFEST = 'application/vnd.kitops.modelkit.manifest.v1+json';
const CONFIG = 'application/vnd.kitops.modelkit.config.v1+json';
const KITFILE = 'Kitfile';

type Kind = 'model' | 'modelpart' | 'code' | 'dataset' | 'docs';

interface Entry {
  readonly kind: Kind;
  readonly file: ConvertFile;
  readonly content: LayerContent;
}

/** A ModelKit as kit 1.15 restores it: a raw layer for each file, and a Kitfile that names each. */
export const kit: Form = {
  id: 'kit',
  title: 'ModelKit, the own form of kit',
  plan({ files, facts }) {
    const entries = withTwinsApart(sorted(files));
    return {
      contents: entries.map(({ content }) => content),
      files: new Map(files.map(({ path, digest }) => [path, digest])),
      findings: files.flatMap(problemsOf),
      configType: CONFIG,
      artifactType: MANIFEST,
      write(blobs) {
        const digestAt = (index: number) => blobs[index]?.digest ?? '';
        const of = (kind: Kind, licence?: string) =>
          entries.flatMap((entry, index) =>
            entry.kind === kind
              ? [{ path: entry.file.path, license: licence, digest: digestAt(index), diffId: digestAt(index) }]
              : [],
          );
        const [model] = of('model');
        const licences = factLicences(facts);
        const kitfile: JsonValue = {
          manifestVersion: '1.0.0',
          package: {
            name: factText(facts, 'name'),
            version: factText(facts, 'version'),
            description: factText(facts, 'description'),
            license: licences.length === 1 ? licences[0] : undefined,
            authors: listOrNone(facts.descriptor?.['authors']),
          },
          model:
            model === undefined
              ? undefined
              : { ...model, format: modelText(facts, 'format'), parts: noneIfEmpty(of('modelpart')) },
          code: noneIfEmpty(of('code')),
          datasets: noneIfEmpty(of('dataset')),
          docs: noneIfEmpty(of('docs')),
        };
        return {
          config: canonicalJson(kitfile),
          manifest: ({ digest, size }) =>
            canonicalJson({
              schemaVersion: 2,
              mediaType: IMAGE_MANIFEST,
              artifactType: MANIFEST,
              config: { mediaType: CONFIG, digest, size },
              layers: entries.map(({ kind, file, content }, index) => ({
                mediaType: `application/vnd.kitops.modelkit.${kind}.v1.${content.kind === 'tar' ? 'tar' : 'raw'}`,
                digest: digestAt(index),
                size: blobs[index]?.size ?? 0,
                annotations:
                  content.kind === 'tar' ? { [modelAnnotations.filepath]: file.path } : fileAnnotations(file),
              })),
            }),
        };
      },
    };
  },
};

/** In kit's order. The largest weight file is the model, the others and all configuration are its parts. */
function sorted(files: readonly ConvertFile[]): readonly { readonly kind: Kind; readonly file: ConvertFile }[] {
  const weights = files.filter(({ component }) => component === 'weights');
  const model = weights.reduce<ConvertFile | undefined>(
    (largest, file) => (largest === undefined || file.size > largest.size ? file : largest),
    undefined,
  );
  const kindOf = (file: ConvertFile): Kind => {
    if (file === model) return 'model';
    if (file.component === 'weights') return 'modelpart';
    // A Kitfile without a model has no parts either.
    if (file.component === 'config') return model === undefined ? 'code' : 'modelpart';
    return ({ code: 'code', docs: 'docs', data: 'dataset' } as const)[file.component];
  };
  const order: readonly Kind[] = ['model', 'modelpart', 'code', 'dataset', 'docs'];
  return order.flatMap((kind) => files.filter((file) => kindOf(file) === kind).map((file) => ({ kind, file })));
}

/** kit finds a layer by its digest: of two files with the same bytes it restores one twice. In a tar they differ. */
function withTwinsApart(entries: readonly { kind: Kind; file: ConvertFile }[]): readonly Entry[] {
  const seen = new Set<string>();
  return entries.map(({ kind, file }) => {
    const isTwin = seen.has(file.digest);
    seen.add(file.digest);
    return {
      kind,
      file,
      content: isTwin ? { kind: 'tar', files: [file], hasFolders: true } : { kind: 'file', file },
    };
  });
}

function problemsOf({ path }: ConvertFile): readonly Finding[] {
  if (path.includes('..'))
    return [
      {
        rule: 'convert-kit-name',
        level: 'warning',
        path,
        message: 'kit refuses names with two dots side by side (seen in 1.15): it will not unpack this file',
      },
    ];
  if (path === KITFILE)
    return [
      {
        rule: 'convert-kit-kitfile',
        level: 'warning',
        path,
        message: 'kit writes a Kitfile of its own when it unpacks: it stops here unless it is told to overwrite',
      },
    ];
  return [];
}

function noneIfEmpty<Item>(items: readonly Item[]): readonly Item[] | undefined {
  return items.length === 0 ? undefined : items;
}

function listOrNone(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? noneIfEmpty(value.filter((item) => typeof item === 'string')) : undefined;
}
