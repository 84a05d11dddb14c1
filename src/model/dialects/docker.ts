import type { Finding } from '../../base/finding.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { annotationKeys } from '../../oci/media-types.ts';
import type { Layer, ModelConfig } from '../artifact/layer.ts';
import { componentByName } from '../dialect-parts/component-by-name.ts';
import type { Dialect } from '../dialect-parts/dialect.ts';
import { checkDiffIdList, checkRawDiffIds } from '../dialect-parts/diff-ids.ts';
import { dockerConfigs, dockerLayers } from '../dialect-parts/docker-types.ts';
import { asRecord, listIn, objectIn, stated, textIn } from '../dialect-parts/facts.ts';
import { readFileMetadata } from '../dialect-parts/file-metadata.ts';
import { type GivenName, giveNames } from '../dialect-parts/given-names.ts';
import { type Component, modelAnnotations } from '../media-types.ts';
import { refusalOf } from '../paths/rules.ts';

interface Kind {
  readonly component: Component;
  readonly form: 'raw' | 'tar';
  /** What the file is called where no annotation says it; as Docker Model Runner calls it. */
  readonly given?: GivenName;
  /** Whether only the name says what it is. */
  readonly isByName?: boolean;
}

const kinds: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  [
    dockerLayers.gguf,
    { component: 'weights', form: 'raw', given: { base: 'model', extension: '.gguf', isPart: true } },
  ],
  [
    dockerLayers.safetensors,
    { component: 'weights', form: 'raw', given: { base: 'model', extension: '.safetensors', isPart: true } },
  ],
  [dockerLayers.dduf, { component: 'weights', form: 'raw', given: { base: 'model', extension: '.dduf' } }],
  [dockerLayers.mmproj, { component: 'weights', form: 'raw', given: { base: 'model', extension: '.mmproj' } }],
  [dockerLayers.chatTemplate, { component: 'config', form: 'raw', given: { base: 'template', extension: '.jinja' } }],
  [dockerLayers.license, { component: 'docs', form: 'raw', given: { base: 'LICENSE', extension: '' } }],
  [dockerLayers.modelFile, { component: 'config', form: 'raw', isByName: true }],
  [dockerLayers.vllmConfig, { component: 'config', form: 'tar' }],
  [dockerLayers.folder, { component: 'config', form: 'tar' }],
]);

/** The own form of Docker Model Runner: v0.1, where files have fixed names, and v0.2, a file for each layer. */
export const docker: Dialect = {
  id: 'docker',
  title: 'the own form of Docker Model Runner',
  writers: 'Docker Model Runner (`docker model package`)',
  source: 'https://github.com/docker/model-runner/blob/main/pkg/distribution/types/config.go',
  knownBy: `the configuration is ${dockerConfigs.map((type) => `\`${type}\``).join(' or ')}`,
  names:
    '`org.cncf.model.filepath`; else by type: `model.gguf` (of several `model-00001-of-00002.gguf`), `model.safetensors` likewise, `model.dduf`, `model.mmproj`, `template.jinja`, `LICENSE`',
  detects: ({ config }) => dockerConfigs.includes(config.mediaType),
  read({ manifest, config: bytes }) {
    const config = objectIn(bytes, 'configuration');
    const diffIds = listIn(asRecord(config['rootfs']), 'diff_ids').map(String);
    const findings: Finding[] = [];
    const hasFixedNames = manifest.config.mediaType === dockerConfigs[0];
    const found = manifest.layers.flatMap((descriptor, index) => {
      const kind = kindOf(descriptor, hasFixedNames, findings);
      return kind === undefined ? [] : [{ descriptor, kind, diffId: diffIds[index] }];
    });
    const names = giveNames(found.map(({ descriptor, kind }) => namingOf(descriptor, kind)));
    const layers = found.map(({ descriptor, kind, diffId }, index): Layer => {
      const path = names[index] ?? '.';
      const metadata = readFileMetadata({
        text: descriptor.annotations?.[modelAnnotations.fileMetadata],
        path,
        size: kind.form === 'raw' ? descriptor.size : undefined,
      });
      findings.push(...metadata.findings);
      const component = kind.isByName ? componentByName(path, descriptor.size) : kind.component;
      return { component, form: kind.form, descriptor, path, isExecutable: metadata.isExecutable, diffId };
    });
    if (diffIds.length > 0) findings.push(...checkDiffIdList(diffIds, manifest.layers.length));
    return { layers, config: factsOf(config), findings: [...findings, ...checkRawDiffIds(layers)] };
  },
};

/** In v0.2 every layer is the file of its annotation, whatever its type. */
function kindOf(descriptor: Descriptor, hasFixedNames: boolean, findings: Finding[]): Kind | undefined {
  const { mediaType, annotations = {}, digest } = descriptor;
  const filepath = annotations[modelAnnotations.filepath];
  const known = kinds.get(mediaType);
  const refuse = (rule: string, message: string): undefined => {
    findings.push({ rule, level: 'error', path: filepath ?? digest, message });
  };
  const refusal = filepath === undefined ? undefined : refusalOf(filepath);
  if (refusal !== undefined)
    return refuse('path', `The name ${JSON.stringify(filepath)} of a layer is refused: ${refusal}`);
  const title = annotations[annotationKeys.title];
  if (filepath !== undefined && title !== undefined && filepath !== title)
    return refuse(
      'path-annotations',
      `Tools would restore different files: filepath is ${JSON.stringify(filepath)}, title is ${JSON.stringify(title)}`,
    );
  if (!hasFixedNames && filepath !== undefined)
    return { component: 'config', isByName: known === undefined, ...known, form: 'raw' };
  if (known === undefined) return refuse('layer-type', `${mediaType} is not one of Docker Model Runner's layer types`);
  if (known.form === 'raw' && known.given === undefined && filepath === undefined)
    return refuse('path', 'A raw layer states no file name');
  return known;
}

function namingOf({ annotations }: Descriptor, { form, given }: Kind): { stated: string } | { given: GivenName } {
  const filepath = annotations?.[modelAnnotations.filepath];
  if (filepath !== undefined) return { stated: filepath };
  return form === 'tar' || given === undefined ? { stated: '.' } : { given };
}

function factsOf(config: Readonly<Record<string, unknown>>): ModelConfig {
  const model = asRecord(config['config']);
  const architecture = textIn(model, 'architecture');
  return {
    descriptor: stated({ family: architecture }),
    config: stated({
      architecture,
      format: textIn(model, 'format'),
      paramSize: textIn(model, 'parameters'),
      quantization: textIn(model, 'quantization'),
    }),
  };
}
