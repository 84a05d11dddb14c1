import { canonicalJson } from '../../base/canonical-json.ts';
import type { Finding } from '../../base/finding.ts';
import { IMAGE_MANIFEST } from '../../oci/media-types.ts';
import { fileAnnotations } from '../artifact/build.ts';
import type { ConvertFile, Form } from '../convert/form.ts';
import { modelText } from '../convert/statement.ts';
import { dockerConfigs, dockerLayers } from '../dialect-parts/docker-types.ts';

const [, CONFIG = ''] = dockerConfigs;
const UNTESTED = 'org.cncf.model.file.mediatype.untested';

/** Docker Model Runner's own form, v0.2: a layer for each file, typed by its name (pkg/distribution/files/classify.go). */
export const docker: Form = {
  id: 'docker',
  title: 'the own form of Docker Model Runner, v0.2',
  plan({ files, facts }) {
    const format = formatOf(files);
    return {
      contents: files.map((file) => ({ kind: 'file', file })),
      files: new Map(files.map(({ path, digest }) => [path, digest])),
      findings: format === undefined ? [withoutWeights] : [],
      configType: CONFIG,
      write: () => ({
        config: canonicalJson({
          config: {
            format: format ?? modelText(facts, 'format'),
            architecture: modelText(facts, 'architecture'),
            parameters: modelText(facts, 'paramSize'),
            quantization: modelText(facts, 'quantization'),
          },
          descriptor: {},
          rootfs: { type: 'rootfs', diff_ids: files.map(({ digest }) => digest) },
        }),
        manifest: ({ digest, size }) =>
          canonicalJson({
            schemaVersion: 2,
            mediaType: IMAGE_MANIFEST,
            config: { mediaType: CONFIG, digest, size },
            layers: files.map((file) => ({
              mediaType: typeOf(file.path),
              digest: file.digest,
              size: file.size,
              annotations: { ...fileAnnotations(file), [UNTESTED]: 'false' },
            })),
          }),
      }),
    };
  },
};

/** What Docker Model Runner can run, the first that it looks for. */
const formats: Readonly<Record<string, string>> = {
  gguf: dockerLayers.gguf,
  safetensors: dockerLayers.safetensors,
  dduf: dockerLayers.dduf,
};

function formatOf(files: readonly ConvertFile[]): string | undefined {
  const types = new Set(files.map(({ path }) => typeOf(path)));
  return Object.keys(formats).find((format) => types.has(formats[format] ?? ''));
}

function typeOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  if (name.endsWith('.mmproj') || (name.endsWith('.gguf') && name.includes('mmproj'))) return dockerLayers.mmproj;
  const format = Object.keys(formats).find((extension) => name.endsWith(`.${extension}`));
  if (format !== undefined) return formats[format] ?? dockerLayers.modelFile;
  if (name.endsWith('.jinja') || name.includes('chat_template')) return dockerLayers.chatTemplate;
  return /licen[sc]e|copying|notice/.test(name) ? dockerLayers.license : dockerLayers.modelFile;
}

const withoutWeights: Finding = {
  rule: 'convert-docker-weights',
  level: 'warning',
  message: 'Docker Model Runner runs GGUF, safetensors and DDUF: it finds no weights in this package',
};
