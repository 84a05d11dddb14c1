/** Good artifacts in every dialect, as its program writes them, with the files that they hold. */
import zlib from 'node:zlib';
import { sha256 } from './artifact-maker.ts';
import type { Foreign, ForeignLayer } from './foreign-artifact.ts';
import { rawTar } from './raw-tar.ts';

export interface DialectSample {
  readonly dialect: string;
  readonly name: string;
  readonly artifact: Foreign;
  /** Path to content. */
  readonly files: Readonly<Record<string, string>>;
  /** Quirks and other findings that it has, `no-sums` excepted. */
  readonly rules?: readonly string[];
  /** Paths that are executable. */
  readonly executable?: readonly string[];
}

const FILEPATH = 'org.cncf.model.filepath';
const METADATA = 'org.cncf.model.file.metadata+json';
const TITLE = 'org.opencontainers.image.title';
const MODEL = 'application/vnd.cncf.model.manifest.v1+json';
const MODEL_CONFIG = 'application/vnd.cncf.model.config.v1+json';
const KITFILE = 'ml.kitops.modelkit.kitfile';
const KIT_CONFIG = 'application/vnd.kitops.modelkit.config.v1+json';
const KIT = 'application/vnd.kitops.modelkit.manifest.v1+json';

const files = {
  'weights/model.gguf': 'weights of the model',
  'config.json': '{"a":1}\n',
  LICENSE: 'Apache-2.0\n',
};

const metadataOf = (name: string, content: string, mode = 0o644) =>
  JSON.stringify({ name, mode, uid: 0, gid: 0, size: content.length, mtime: '1970-01-01T00:00:00Z', typeflag: 0 });

type Compression = 'none' | 'gzip' | 'zstd';
const suffix = { none: '', gzip: '+gzip', zstd: '+zstd' };
const compressed = (bytes: Uint8Array, how: Compression): Uint8Array =>
  ({ none: () => bytes, gzip: () => zlib.gzipSync(bytes), zstd: () => zlib.zstdCompressSync(bytes) })[how]();

/** A layer with one file, as a file or in a tar whose folders have entries, as kit and modctl make it. */
function one(prefix: string, kind: string, path: string, content: string, how: Compression, form = 'tar') {
  const folders = path.split('/').slice(0, -1);
  const entries = folders.map((_, at) => ({ name: folders.slice(0, at + 1).join('/'), type: '5', mode: 0o755 }));
  const plain = form === 'tar' ? rawTar(...entries, { name: path, content }) : Buffer.from(content);
  const layer: ForeignLayer = {
    mediaType: `${prefix}${kind}.v1.${form}${suffix[how]}`,
    content: compressed(plain, how),
    annotations: { [FILEPATH]: path },
  };
  return { layer, digest: sha256(layer.content), diffId: sha256(plain) };
}

const configOf = (diffIds: readonly string[], facts: object = {}) => ({
  descriptor: {},
  modelfs: { type: 'layers', diffIds },
  config: {},
  ...facts,
});

const modelPackLayers = (how: Compression, form: string, prefix = 'application/vnd.cncf.model.') => [
  one(prefix, 'weight', 'weights/model.gguf', files['weights/model.gguf'], how, form),
  one(prefix, 'weight.config', 'config.json', files['config.json'], how, form),
  one(prefix, 'doc', 'LICENSE', files.LICENSE, how, form),
];

function kitModelPack(how: Compression, form: string, isOld: boolean): Foreign {
  const layers = modelPackLayers(how, form);
  return {
    mediaType: isOld ? null : undefined,
    artifactType: MODEL,
    config: {
      mediaType: MODEL_CONFIG,
      content: configOf(layers.map(({ diffId }) => (isOld ? sha256(diffId) : diffId))),
    },
    layers: layers.map(({ layer }) => layer),
    annotations: { 'ml.kitops.modelkit.cli-version': 'any', [KITFILE]: '{"manifestVersion":"1.0.0"}' },
  } as Foreign;
}

function modelKit(how: Compression, form: string, change: (kitfile: object) => object = (kitfile) => kitfile): Foreign {
  const prefix = 'application/vnd.kitops.modelkit.';
  const [weights, config, licence] = [
    one(prefix, 'model', 'weights/model.gguf', files['weights/model.gguf'], how, form),
    one(prefix, 'modelpart', 'config.json', files['config.json'], how, form),
    one(prefix, 'docs', 'LICENSE', files.LICENSE, how, form),
  ];
  const info = ({ digest, diffId }: { digest: string; diffId: string }) => ({ digest, diffId });
  const kitfile = {
    manifestVersion: '1.0.0',
    package: { name: 'tiny', version: '1.2.3', license: 'MIT', authors: ['A'] },
    model: {
      path: './weights/model.gguf',
      format: 'gguf',
      license: 'Apache-2.0',
      ...info(weights),
      parts: [{ path: 'config.json', ...info(config) }],
    },
    docs: [{ path: 'LICENSE', ...info(licence) }],
  };
  return {
    artifactType: KIT,
    config: { mediaType: KIT_CONFIG, content: change(kitfile) },
    layers: [weights.layer, config.layer, licence.layer],
  };
}

/** Before 0.5 no entry had a digest, and names in a tar began at the entry's folder. */
function oldModelKit(): Foreign {
  const prefix = 'application/vnd.kitops.modelkit.';
  const tar = (kind: string, name: string, content: string) => ({
    mediaType: `${prefix}${kind}.v1.tar+gzip`,
    content: zlib.gzipSync(rawTar({ name, content })),
  });
  return {
    config: {
      mediaType: KIT_CONFIG,
      content: {
        manifestVersion: '1.0.0',
        model: { path: 'weights/model.gguf' },
        code: [{ path: './src' }],
        docs: [{ path: 'LICENSE' }],
      },
    },
    layers: [
      tar('model', 'model.gguf', files['weights/model.gguf']),
      tar('code', 'src/run.py', 'run'),
      tar('docs', 'LICENSE', files.LICENSE),
    ],
  };
}

const DOCKER = 'application/vnd.docker.ai.';

function dockerArtifact(
  version: string,
  layers: readonly (readonly [string, string, string?])[],
  tar?: Buffer,
): Foreign {
  const written: ForeignLayer[] = layers.map(([kind, content, filepath]) => ({
    mediaType: `${DOCKER}${kind}`,
    content,
    ...(filepath === undefined
      ? {}
      : {
          annotations: {
            [FILEPATH]: filepath,
            [METADATA]: metadataOf(filepath.split('/').at(-1) ?? '', content),
            'org.cncf.model.file.mediatype.untested': 'false',
          },
        }),
  }));
  if (tar !== undefined) written.push({ mediaType: `${DOCKER}vllm.config.tar`, content: tar });
  return {
    config: {
      mediaType: `${DOCKER}model.config.${version}+json`,
      content: {
        config: { format: 'gguf', parameters: '7 B', architecture: 'llama', quantization: 'Q4_0', size: '3.9 GiB' },
        descriptor: { created: '2026-01-01T00:00:00Z' },
        rootfs: { type: 'rootfs', diff_ids: written.map(({ content }) => sha256(content)) },
      },
    },
    layers: written,
  };
}

function aikitArtifact(form: 'raw' | 'tar'): Foreign {
  const layer = (kind: string, path: string, content: string | Uint8Array, as: string): ForeignLayer => ({
    mediaType: `application/vnd.cncf.model.${kind}.v1.${as}`,
    content,
    annotations: {
      [TITLE]: path,
      [FILEPATH]: path,
      [METADATA]: metadataOf(path, String(content)),
      'org.cncf.model.file.mediatype.untested': 'true',
    },
  });
  const bundle = (name: string, content: string) => rawTar({ name, content });
  return {
    artifactType: MODEL,
    config: { mediaType: MODEL_CONFIG, content: {} },
    layers:
      form === 'raw'
        ? [
            layer('weight', 'weights/model.gguf', files['weights/model.gguf'], 'raw'),
            layer('weight.config', 'config.json', files['config.json'], 'raw'),
            layer('doc', 'LICENSE', files.LICENSE, 'raw'),
          ]
        : [
            layer('weight', 'weights/model.gguf', bundle('model.gguf', files['weights/model.gguf']), 'tar'),
            layer('weight.config', 'config', bundle('config.json', files['config.json']), 'tar'),
            layer('doc', 'docs', bundle('LICENSE', files.LICENSE), 'tar'),
          ],
  };
}

function cnaiArtifact(form: 'raw' | 'tar', member: 'diffIds' | 'diff_ids'): Foreign {
  const old = { 'org.cncf.model.filepath': 'org.cnai.model.filepath' } as const;
  const layers = modelPackLayers('none', form, 'application/vnd.cnai.model.');
  return {
    artifactType: 'application/vnd.cnai.model.manifest.v1+json',
    config: {
      mediaType: 'application/vnd.cnai.model.config.v1+json',
      content: {
        descriptor: { name: 'tiny' },
        modelfs: { type: 'layers', [member]: layers.map(({ diffId }) => diffId) },
      },
    },
    layers: layers.map(({ layer }) => ({
      ...layer,
      annotations: { [old[FILEPATH]]: layer.annotations?.[FILEPATH] ?? '' },
    })),
  };
}

function ollamaArtifact(layers: readonly (readonly [string, string])[], mediaType?: string): Foreign {
  return {
    mediaType: mediaType ?? 'application/vnd.docker.distribution.manifest.v2+json',
    config: {
      mediaType: 'application/vnd.docker.container.image.v1+json',
      content: { model_format: 'gguf', model_family: 'llama', model_type: '8.0B', file_type: 'Q4_0', os: 'linux' },
    },
    layers: layers.map(([kind, content]) => ({
      mediaType: `application/vnd.ollama.image.${kind}`,
      content,
      ...(kind === 'model' ? { more: { from: '/models/base' } } : {}),
    })),
  };
}

export function orasArtifact(layers: readonly ForeignLayer[], artifactType = 'application/vnd.acme.thing'): Foreign {
  return {
    artifactType,
    config: { mediaType: 'application/vnd.oci.empty.v1+json', content: '{}' },
    layers,
  };
}

/** A folder as `oras push ./folder` makes it. */
export function orasFolder(title: string, tar: Uint8Array, diffId = sha256(tar)): ForeignLayer {
  return {
    mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
    content: zlib.gzipSync(tar),
    annotations: {
      [TITLE]: title,
      'io.deis.oras.content.unpack': 'true',
      'io.deis.oras.content.digest': diffId,
    },
  };
}

const titled = (mediaType: string, title: string, content: string): ForeignLayer => ({
  mediaType,
  content,
  annotations: { [TITLE]: title },
});

const IMAGE_LAYER = 'application/vnd.oci.image.layer.v1.tar';
const compressions: readonly Compression[] = ['none', 'gzip', 'zstd'];

export const samples: readonly DialectSample[] = [
  {
    dialect: 'modelpack',
    name: 'raw layers with titles alone',
    artifact: {
      artifactType: MODEL,
      config: { mediaType: MODEL_CONFIG, content: configOf([sha256('w')]) },
      layers: [titled('application/vnd.cncf.model.weight.v1.raw', 'w.bin', 'w')],
    },
    files: { 'w.bin': 'w' },
  },
  {
    dialect: 'modelpack-modctl',
    name: 'raw layers, one executable',
    artifact: {
      artifactType: MODEL,
      config: { mediaType: MODEL_CONFIG, content: configOf([sha256('w'), sha256('#!/bin/sh')]) },
      layers: [
        { mediaType: 'application/vnd.cncf.model.weight.v1.raw', content: 'w', annotations: { [FILEPATH]: 'w.bin' } },
        {
          mediaType: 'application/vnd.cncf.model.code.v1.raw',
          content: '#!/bin/sh',
          annotations: { [FILEPATH]: 'run.sh', [METADATA]: metadataOf('run.sh', '#!/bin/sh', 0o755) },
        },
      ],
      annotations: { 'org.cncf.modctl.modelfile': '# Generated at 2026-01-01' },
    },
    files: { 'w.bin': 'w', 'run.sh': '#!/bin/sh' },
    executable: ['run.sh'],
  },
  ...compressions.flatMap((how): DialectSample[] => [
    { dialect: 'modelpack-kit', name: `tar, ${how}`, artifact: kitModelPack(how, 'tar', false), files },
    {
      dialect: 'modelpack-kit',
      name: `tar, ${how}, before 1.15`,
      artifact: kitModelPack(how, 'tar', true),
      files,
      rules: ['quirk-kit-diff-id', 'quirk-no-media-type'],
    },
    { dialect: 'kit', name: `tar, ${how}`, artifact: modelKit(how, 'tar'), files },
    { dialect: 'kit', name: `raw, ${how}`, artifact: modelKit(how, 'raw'), files },
  ]),
  { dialect: 'modelpack-kit', name: 'raw', artifact: kitModelPack('none', 'raw', false), files },
  {
    dialect: 'modelpack-kit',
    name: 'raw, before 1.15',
    artifact: kitModelPack('none', 'raw', true),
    files,
    rules: ['quirk-kit-diff-id', 'quirk-no-media-type'],
  },
  {
    dialect: 'modelpack-docker',
    name: 'weights with a type of their own',
    artifact: {
      artifactType: MODEL,
      config: { mediaType: MODEL_CONFIG, content: configOf([sha256('g'), sha256('s')]) },
      layers: ['gguf', 'safetensors'].map((kind) => ({
        mediaType: `application/vnd.cncf.model.weight.v1.${kind}`,
        content: kind.slice(0, 1),
        annotations: { [FILEPATH]: `model.${kind}` },
      })),
    },
    files: { 'model.gguf': 'g', 'model.safetensors': 's' },
    rules: ['quirk-docker-weight-type'],
  },
  { dialect: 'aikit', name: 'raw', artifact: aikitArtifact('raw'), files, rules: ['quirk-aikit-empty-config'] },
  {
    dialect: 'aikit',
    name: 'tar',
    artifact: aikitArtifact('tar'),
    files,
    rules: ['quirk-aikit-empty-config', 'quirk-aikit-tar-name'],
  },
  { dialect: 'cnai', name: 'raw', artifact: cnaiArtifact('raw', 'diffIds'), files },
  { dialect: 'cnai', name: 'tar, with diff_ids', artifact: cnaiArtifact('tar', 'diff_ids'), files },
  {
    dialect: 'kit',
    name: 'before 0.5',
    artifact: oldModelKit(),
    files: { 'weights/model.gguf': files['weights/model.gguf'], 'src/run.py': 'run', LICENSE: files.LICENSE },
    rules: ['quirk-kit-no-layer-info'],
  },
  {
    dialect: 'kit',
    name: 'with a dataset elsewhere',
    artifact: modelKit('none', 'tar', (kitfile) => ({
      ...kitfile,
      datasets: [{ path: 'data.csv', remotePath: 's3://bucket/data.csv' }],
    })),
    files,
    rules: ['kitfile-remote'],
  },
  {
    dialect: 'docker',
    name: 'v0.1, one GGUF without names',
    artifact: dockerArtifact('v0.1', [
      ['gguf.v3', 'w'],
      ['license', 'one'],
      ['license', 'two'],
      ['mmproj', 'm'],
      ['chat.template.jinja', 't'],
    ]),
    files: { 'model.gguf': 'w', LICENSE: 'one', 'LICENSE-2': 'two', 'model.mmproj': 'm', 'template.jinja': 't' },
  },
  {
    dialect: 'docker',
    name: 'v0.1, shards, a named file in the way and a tar',
    artifact: dockerArtifact(
      'v0.1',
      [
        ['safetensors', 'a'],
        ['safetensors', 'b'],
        ['license', 'l'],
        ['model.file', 'x', 'license/x.txt'],
      ],
      rawTar({ name: 'config.json', content: '{}' }, { name: 'tokenizer.json', content: '[]' }),
    ),
    files: {
      'model-00001-of-00002.safetensors': 'a',
      'model-00002-of-00002.safetensors': 'b',
      'LICENSE-2': 'l',
      'license/x.txt': 'x',
      'config.json': '{}',
      'tokenizer.json': '[]',
    },
  },
  {
    dialect: 'docker',
    name: 'v0.2, a file for each layer',
    artifact: dockerArtifact('v0.2', [
      ['safetensors', 'w', 'text_encoder/model.safetensors'],
      ['safetensors', 'v', 'vae/model.safetensors'],
      ['model.file', '{}', 'config.json'],
      ['model.file', '# x', 'README.md'],
      ['vllm.config.tar', 'as it is', 'vllm.tar'],
    ]),
    files: {
      'text_encoder/model.safetensors': 'w',
      'vae/model.safetensors': 'v',
      'config.json': '{}',
      'README.md': '# x',
      'vllm.tar': 'as it is',
    },
  },
  {
    dialect: 'ollama',
    name: 'every kind',
    artifact: ollamaArtifact([
      ['model', 'w'],
      ['projector', 'p'],
      ['adapter', 'a'],
      ['template', '{{ .Prompt }}'],
      ['system', 'Be brief.'],
      ['params', '{"stop":[]}'],
      ['messages', '[]'],
      ['license', 'one'],
      ['license', 'two'],
    ]),
    files: {
      'model.gguf': 'w',
      'projector.gguf': 'p',
      'adapter.gguf': 'a',
      template: '{{ .Prompt }}',
      system: 'Be brief.',
      'params.json': '{"stop":[]}',
      'messages.json': '[]',
      LICENSE: 'one',
      'LICENSE-2': 'two',
    },
  },
  {
    dialect: 'ollama',
    name: 'in parts, under OCI types',
    artifact: ollamaArtifact(
      [
        ['model', 'a'],
        ['model', 'b'],
      ],
      'application/vnd.oci.image.manifest.v1+json',
    ),
    files: { 'model-00001-of-00002.gguf': 'a', 'model-00002-of-00002.gguf': 'b' },
  },
  {
    dialect: 'oras',
    name: 'files and a folder',
    artifact: orasArtifact([
      titled(IMAGE_LAYER, 'model.gguf', 'w'),
      titled('text/plain', 'notes/a.txt', 'a'),
      orasFolder(
        'data',
        rawTar(
          { name: 'data', type: '5' },
          { name: 'data/x.csv', content: 'x' },
          { name: 'data/run', content: 'r', mode: 0o755 },
        ),
      ),
      { mediaType: 'application/octet-stream', content: 'nobody names it' },
    ]),
    files: { 'model.gguf': 'w', 'notes/a.txt': 'a', 'data/x.csv': 'x', 'data/run': 'r' },
    executable: ['data/run'],
    rules: ['quirk-oras-layer-type', 'quirk-oras-untitled'],
  },
];
