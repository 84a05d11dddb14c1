/**
 * A Kitfile as kit stores it: the configuration of a ModelKit, in which each entry names its layer
 * (pkg/artifact/kitfile.go of github.com/kitops-ml/kitops).
 */
import type { ModelConfig } from '../artifact/layer.ts';
import { asRecord, listIn, stated, textIn } from './facts.ts';

export const KITFILE_ANNOTATION = 'ml.kitops.modelkit.kitfile';
/** A layer of type code that is a prompt. */
export const SUBTYPE_ANNOTATION = 'ml.kitops.modelkit.layer-subtype';

export type KitKind = 'model' | 'modelpart' | 'code' | 'dataset' | 'docs' | 'prompt' | 'mcpb';

export interface KitEntry {
  readonly kind: KitKind;
  readonly path: string | undefined;
  /** Of its layer; absent in what kit wrote before 0.5. */
  readonly digest: string | undefined;
  readonly diffId: string | undefined;
  /** What is not in this artifact, but somewhere else. */
  readonly remote: string | undefined;
}

type Members = Readonly<Record<string, unknown>>;

/** All entries, in the order in which kit writes their layers. */
export function kitEntries(kitfile: Members): readonly KitEntry[] {
  const model = kitfile['model'] === undefined || kitfile['model'] === null ? undefined : asRecord(kitfile['model']);
  const all = (kind: KitKind, member: string) => listIn(kitfile, member).map((value) => entryOf(kind, asRecord(value)));
  return [
    ...(model === undefined ? [] : [entryOf('model', model)]),
    ...listIn(model ?? {}, 'parts').map((value) => entryOf('modelpart', asRecord(value))),
    ...all('code', 'code'),
    ...all('dataset', 'datasets'),
    ...all('docs', 'docs'),
    ...all('prompt', 'prompts'),
    ...all('mcpb', 'mcpServers'),
  ];
}

function entryOf(kind: KitKind, members: Members): KitEntry {
  const path = textIn(members, 'path');
  const isReference = kind === 'model' && path !== undefined && textIn(members, 'digest') === undefined;
  return {
    kind,
    path: path === undefined ? undefined : path.replace(/^(?:\.\/)+/, '').replace(/\/+$/, '') || '.',
    digest: textIn(members, 'digest'),
    diffId: textIn(members, 'diffId'),
    // kit writes no layer for a model that is a reference to another ModelKit.
    remote: textIn(members, 'remotePath') ?? (isReference && looksLikeReference(path) ? path : undefined),
  };
}

/** As kit tells a reference from a path: a tag or a digest, and no file ending behind it. */
function looksLikeReference(path: string): boolean {
  return /(?::[\w][\w.-]{0,127}|@sha256:[0-9a-f]{64})$/.test(path);
}

/** What a Kitfile says of the model. */
export function factsOfKitfile(kitfile: Members): ModelConfig {
  const own = asRecord(kitfile['package']);
  const model = asRecord(kitfile['model']);
  const authors = listIn(own, 'authors').filter((author) => typeof author === 'string');
  const licences = [...new Set([textIn(own, 'license'), textIn(model, 'license')])].filter(
    (licence) => licence !== undefined,
  );
  return {
    descriptor: stated({
      name: textIn(own, 'name'),
      version: textIn(own, 'version'),
      description: textIn(own, 'description'),
      authors: authors.length === 0 ? undefined : authors,
      licenses: licences.length === 0 ? undefined : licences,
    }),
    config: stated({ format: textIn(model, 'format') }),
  };
}
