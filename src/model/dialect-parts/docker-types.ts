/** The media types of Docker Model Runner: pkg/distribution/types/config.go of github.com/docker/model-runner. */

/** v0.1 and v0.2 of its configuration. */
export const dockerConfigs: readonly string[] = [
  'application/vnd.docker.ai.model.config.v0.1+json',
  'application/vnd.docker.ai.model.config.v0.2+json',
];

export const dockerLayers = {
  gguf: 'application/vnd.docker.ai.gguf.v3',
  safetensors: 'application/vnd.docker.ai.safetensors',
  dduf: 'application/vnd.docker.ai.dduf',
  mmproj: 'application/vnd.docker.ai.mmproj',
  chatTemplate: 'application/vnd.docker.ai.chat.template.jinja',
  license: 'application/vnd.docker.ai.license',
  /** Any other file, named by its annotation. */
  modelFile: 'application/vnd.docker.ai.model.file',
  vllmConfig: 'application/vnd.docker.ai.vllm.config.tar',
  folder: 'application/vnd.docker.ai.dir.tar',
} as const;
