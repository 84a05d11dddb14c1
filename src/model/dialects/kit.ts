import path from 'node:path/posix';
import type { Finding } from '../../base/finding.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Layer, Packing } from '../artifact/layer.ts';
import { componentByName } from '../dialect-parts/component-by-name.ts';
import type { Dialect } from '../dialect-parts/dialect.ts';
import { checkRawDiffIds } from '../dialect-parts/diff-ids.ts';
import { objectIn } from '../dialect-parts/facts.ts';
import { readFileMetadata } from '../dialect-parts/file-metadata.ts';
import {
  factsOfKitfile,
  type KitEntry,
  type KitKind,
  kitEntries,
  SUBTYPE_ANNOTATION,
} from '../dialect-parts/kitfile.ts';
import { quirkFinding, quirks } from '../dialect-parts/quirks.ts';
import { type Component, modelAnnotations } from '../media-types.ts';
import { refusalOf } from '../paths/rules.ts';

const MANIFEST = 'application/vnd.kitops.modelkit.manifest.v1+json';
const CONFIG = 'application/vnd.kitops.modelkit.config.v1+json';
const LAYER =
  /^application\/vnd\.kitops\.modelkit\.(model|modelpart|dataset|code|docs|mcpb)\.v1\.((?:raw|tar)(?:\+gzip|\+zstd)?)$/;

const components: Readonly<Record<KitKind, Component>> = {
  model: 'weights',
  modelpart: 'config',
  code: 'code',
  prompt: 'code',
  mcpb: 'code',
  dataset: 'data',
  docs: 'docs',
};

/** kit's own form, the ModelKit: the Kitfile is its configuration and says which layer is what. */
export const kit: Dialect = {
  id: 'kit',
  title: 'ModelKit, the own form of kit',
  writers: 'kit (`pack`)',
  source: 'https://github.com/kitops-ml/kitops/blob/main/pkg/artifact/spec.md',
  knownBy: `\`artifactType\` is \`${MANIFEST}\`, or the configuration is \`${CONFIG}\``,
  names: '`org.cncf.model.filepath`, or the path in the Kitfile; a tar has the whole paths of its files',
  detects: ({ artifactType, config }) => artifactType === MANIFEST || config.mediaType === CONFIG,
  read({ manifest, config: bytes }) {
    const kitfile = objectIn(bytes, 'Kitfile');
    const entries = kitEntries(kitfile);
    const local = entries.filter(({ remote }) => remote === undefined);
    const hasLayerInfo = local.some(({ digest }) => digest !== undefined);
    const findings: Finding[] = [];
    if (manifest.config.mediaType !== CONFIG) {
      const message = `The configuration has the type ${manifest.config.mediaType}, not ${CONFIG}`;
      findings.push({ rule: 'config-type', level: 'error', message });
    }
    if (!hasLayerInfo && local.length > 0) findings.push(quirkFinding(quirks.kitNoLayerInfo));
    const find = hasLayerInfo ? byDigest(local) : inOrder(local);
    const layers = manifest.layers.flatMap((descriptor) => readLayer(descriptor, find, hasLayerInfo, findings));
    return {
      layers,
      config: factsOfKitfile(kitfile),
      findings: [...findings, ...checkRawDiffIds(layers), ...missing(local, manifest.layers), ...elsewhere(entries)],
    };
  },
};

type Find = (kind: KitKind, descriptor: Descriptor) => KitEntry | undefined;

/** Twins share a digest: each entry is used once. */
function byDigest(entries: readonly KitEntry[]): Find {
  const left = [...entries];
  return (_, { digest, annotations }) => {
    const own = annotations?.[modelAnnotations.filepath];
    const alike = left.filter((entry) => entry.digest === digest);
    const found = alike.find((entry) => entry.path === own) ?? alike[0];
    if (found !== undefined) left.splice(left.indexOf(found), 1);
    return found;
  };
}

function inOrder(entries: readonly KitEntry[]): Find {
  const left = [...entries];
  return (kind) => {
    const at = left.findIndex((entry) => entry.kind === kind);
    return at < 0 ? undefined : left.splice(at, 1)[0];
  };
}

function readLayer(descriptor: Descriptor, find: Find, hasLayerInfo: boolean, findings: Finding[]): Layer[] {
  const annotations = descriptor.annotations ?? {};
  const [, type, form] = LAYER.exec(descriptor.mediaType) ?? [];
  const refuse = (rule: string, message: string) => {
    findings.push({ rule, level: 'error', path: descriptor.digest, message });
    return [];
  };
  if (type === undefined || form === undefined)
    return refuse('layer-type', `${descriptor.mediaType} is not one of the layer types of a ModelKit`);
  const kind = type === 'code' && annotations[SUBTYPE_ANNOTATION] === 'prompt' ? 'prompt' : (type as KitKind);
  const entry = find(kind, descriptor);
  const own = annotations[modelAnnotations.filepath] ?? entry?.path;
  const isFile = form.startsWith('raw');
  const isWhole = own === undefined || own === '.';
  if (isFile && isWhole) return refuse('path', 'A raw layer states no file name');
  const refusal = isWhole ? undefined : refusalOf(own);
  if (refusal !== undefined) return refuse('path', `The name ${JSON.stringify(own)} of a layer is refused: ${refusal}`);
  const place = isWhole ? '.' : own;
  const metadata = readFileMetadata({
    text: annotations[modelAnnotations.fileMetadata],
    path: place,
    size: form === 'raw' ? descriptor.size : undefined,
  });
  findings.push(...metadata.findings);
  return [
    {
      component: componentOf(kind, place, descriptor.size),
      form: form as Packing,
      descriptor,
      path: place,
      isExecutable: metadata.isExecutable,
      diffId: entry?.diffId,
      ...(isFile || hasLayerInfo ? {} : { entries: { within: path.dirname(place) } }),
    },
  ];
}

/** A ModelKit has one model; its other weights are parts, as its configuration files are. */
function componentOf(kind: KitKind, place: string, size: number): Component {
  if (kind !== 'modelpart') return components[kind];
  return componentByName(place, size) === 'weights' ? 'weights' : 'config';
}

function missing(entries: readonly KitEntry[], layers: readonly Descriptor[]): readonly Finding[] {
  const there = new Set<string>(layers.map(({ digest }) => digest));
  return entries
    .filter(({ digest }) => digest !== undefined && !there.has(digest))
    .map(({ path: name, digest }) => ({
      rule: 'kitfile-layer',
      level: 'error',
      path: name ?? digest,
      message: `The Kitfile says that it is in the layer ${digest}, which the manifest does not name`,
    }));
}

function elsewhere(entries: readonly KitEntry[]): readonly Finding[] {
  return entries
    .filter(({ remote }) => remote !== undefined)
    .map(({ path: name, remote }) => ({
      rule: 'kitfile-remote',
      level: 'warning',
      path: name ?? remote,
      message: `It is not in this artifact: the Kitfile refers to ${JSON.stringify(remote)}`,
    }));
}
