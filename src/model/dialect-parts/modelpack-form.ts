/**
 * Reads artifacts that are built as ModelPack says (docs/spec.md): layer types for components and
 * forms, file names and metadata in annotations, diffIds in the configuration. Older names of the
 * specification and types that some tools add are given by the dialect.
 */
import type { Finding } from '../../base/finding.ts';
import { parseStrictJson } from '../../base/strict-json.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { annotationKeys } from '../../oci/media-types.ts';
import { problemOfConfig } from '../artifact/config.ts';
import type { Layer, ModelConfig, Reading } from '../artifact/layer.ts';
import { type LayerType, MODEL_CONFIG, modelAnnotations, parseLayerMediaType } from '../media-types.ts';
import { refusalOf } from '../paths/rules.ts';
import type { Unread } from './dialect.ts';
import { checkDiffIdList, checkRawDiffIds } from './diff-ids.ts';
import { readFileMetadata } from './file-metadata.ts';

export interface ModelPackWords {
  readonly configType: string;
  readonly filepath: string;
  readonly fileMetadata: string;
  typeOf(mediaType: string): LayerType | undefined;
}

export const modelPackWords: ModelPackWords = {
  configType: MODEL_CONFIG,
  filepath: modelAnnotations.filepath,
  fileMetadata: modelAnnotations.fileMetadata,
  typeOf: parseLayerMediaType,
};

export function readModelPackForm(
  { manifest, config: bytes }: Unread,
  words: ModelPackWords = modelPackWords,
): Reading {
  const findings: Finding[] = [...checkConfigType(manifest.config, words)];
  const value = parseStrictJson(bytes, 'configuration');
  const problem = problemOfConfig(value);
  if (problem !== undefined)
    findings.push({ rule: 'config-schema', level: 'error', message: `The configuration is not valid: ${problem}` });
  const config: ModelConfig = problem === undefined ? (value as ModelConfig) : {};
  const diffIds = config.modelfs?.diffIds ?? [];
  if (problem === undefined) findings.push(...checkDiffIdList(diffIds, manifest.layers.length));
  const read = readLayers(manifest.layers, diffIds, words);
  return { layers: read.layers, config, findings: [...findings, ...read.findings] };
}

export function checkConfigType({ mediaType }: Descriptor, { configType }: ModelPackWords): readonly Finding[] {
  if (mediaType === configType) return [];
  const message = `The configuration has the type ${mediaType}, not ${configType}`;
  return [{ rule: 'config-type', level: 'error', message }];
}

/** @param diffIds in the order of the layers; fewer if the artifact states none */
export function readLayers(
  descriptors: readonly Descriptor[],
  diffIds: readonly string[],
  words: ModelPackWords,
): { readonly layers: readonly Layer[]; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const layers = descriptors.flatMap((descriptor, index) => readLayer(descriptor, diffIds[index], words, findings));
  return { layers, findings: [...findings, ...checkRawDiffIds(layers)] };
}

function readLayer(
  descriptor: Descriptor,
  diffId: string | undefined,
  words: ModelPackWords,
  findings: Finding[],
): Layer[] {
  const type = words.typeOf(descriptor.mediaType);
  const annotations = descriptor.annotations ?? {};
  const filepath = annotations[words.filepath];
  const title = annotations[annotationKeys.title];
  const path = filepath ?? title;
  const name = path ?? descriptor.digest;
  const refuse = (rule: string, message: string) => {
    findings.push({ rule, level: 'error', path: name, message });
    return [];
  };
  if (type === undefined) return refuse('layer-type', `${descriptor.mediaType} is not one of ModelPack's layer types`);
  for (const text of [filepath, title]) {
    const refusal = text === undefined || text === '.' ? undefined : refusalOf(text);
    if (refusal !== undefined)
      return refuse('path', `The name ${JSON.stringify(text)} of a layer is refused: ${refusal}`);
  }
  if (type.form === 'raw') {
    if (path === undefined || path === '.') return refuse('path', 'A raw layer states no file name');
    if (filepath !== undefined && title !== undefined && filepath !== title) {
      return refuse(
        'path-annotations',
        `Tools would restore different files: filepath is ${JSON.stringify(filepath)}, title is ${JSON.stringify(title)}`,
      );
    }
  }
  const metadata = readFileMetadata({
    text: annotations[words.fileMetadata],
    path: name,
    size: type.form === 'raw' ? descriptor.size : undefined,
  });
  findings.push(...metadata.findings);
  return [{ ...type, descriptor, path: path ?? '.', isExecutable: metadata.isExecutable, diffId }];
}
