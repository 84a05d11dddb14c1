import { WaybillError } from '../../base/errors.ts';
import type { Layer, ModelConfig } from '../artifact/layer.ts';
import type { Dialect } from '../dialect-parts/dialect.ts';
import { objectIn, stated, textIn } from '../dialect-parts/facts.ts';
import { type GivenName, giveNames } from '../dialect-parts/given-names.ts';
import type { Component } from '../media-types.ts';

const LAYER = 'application/vnd.ollama.image.';

interface Kind {
  readonly component: Component;
  readonly given: GivenName;
}

const named = (component: Component, base: string, extension = '', isPart = false): Kind => ({
  component,
  given: { base, extension, isPart },
});

/** By what stands behind `application/vnd.ollama.image.`. */
const kinds: Readonly<Record<string, Kind>> = {
  model: named('weights', 'model', '.gguf', true),
  projector: named('weights', 'projector', '.gguf'),
  adapter: named('weights', 'adapter', '.gguf'),
  draft: named('weights', 'draft', '.gguf'),
  embed: named('weights', 'embed'),
  template: named('config', 'template'),
  prompt: named('config', 'template'),
  system: named('config', 'system'),
  params: named('config', 'params', '.json'),
  messages: named('config', 'messages', '.json'),
  license: named('docs', 'LICENSE'),
};

/** What Ollama keeps in its registry: an image manifest of Docker's type whose layers have a kind, and no names. */
export const ollama: Dialect = {
  id: 'ollama',
  title: 'the form of Ollama',
  writers: 'Ollama (`push`)',
  source: 'https://github.com/ollama/ollama/blob/main/manifest/layer.go',
  knownBy: `layers of types that begin with \`${LAYER}\``,
  names:
    'by kind, since there are none: `model.gguf` (of several `model-00001-of-00002.gguf`), `projector.gguf`, `adapter.gguf`, `draft.gguf`, `template`, `system`, `params.json`, `messages.json`, `LICENSE`; the second of a kind is `LICENSE-2`',
  detects: ({ layers }) => layers.some(({ mediaType }) => mediaType.startsWith(LAYER)),
  read({ manifest, config: bytes }) {
    const kindOf = (mediaType: string) => (mediaType.startsWith(LAYER) ? mediaType.slice(LAYER.length) : '');
    if (manifest.layers.some(({ mediaType }) => ['tensor', 'json'].includes(kindOf(mediaType)))) throw perTensor();
    const known = manifest.layers.flatMap((descriptor) => {
      const kind = Object.hasOwn(kinds, kindOf(descriptor.mediaType)) ? kinds[kindOf(descriptor.mediaType)] : undefined;
      return kind === undefined ? [] : [{ descriptor, kind }];
    });
    const unknown = manifest.layers.filter((descriptor) => !known.some((layer) => layer.descriptor === descriptor));
    const names = giveNames(known.map(({ kind: { given } }) => ({ given })));
    const layers = known.map(({ descriptor, kind: { component } }, index): Layer => {
      const path = names[index] ?? '';
      return { component, form: 'raw', descriptor, path, isExecutable: false, diffId: undefined };
    });
    return {
      layers,
      config: factsOf(objectIn(bytes, 'configuration')),
      findings: unknown.map(({ mediaType, digest }) => ({
        rule: 'layer-type',
        level: 'error',
        path: digest,
        message: `${mediaType} is not one of the kinds of layers that we know of Ollama`,
      })),
    };
  },
};

function perTensor(): WaybillError {
  return new WaybillError(
    'UNSUPPORTED',
    'Cannot read this form of Ollama: each tensor is a blob of its own, and the model file that they were cut from is in none of them',
    { hint: 'Get the model as a file (safetensors or GGUF) from where it was made, and pack that' },
  );
}

function factsOf(config: Readonly<Record<string, unknown>>): ModelConfig {
  const family = textIn(config, 'model_family');
  return {
    descriptor: stated({ family }),
    config: stated({
      architecture: family,
      format: textIn(config, 'model_format'),
      paramSize: textIn(config, 'model_type'),
      quantization: textIn(config, 'file_type'),
    }),
  };
}
