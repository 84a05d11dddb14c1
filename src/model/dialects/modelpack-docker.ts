import type { Dialect } from '../dialect-parts/dialect.ts';
import { modelPackWords, readModelPackForm } from '../dialect-parts/modelpack-form.ts';
import { quirkFinding, quirks } from '../dialect-parts/quirks.ts';
import { type LayerType, MODEL_MANIFEST } from '../media-types.ts';

const WEIGHT_TYPES = ['application/vnd.cncf.model.weight.v1.gguf', 'application/vnd.cncf.model.weight.v1.safetensors'];

/** ModelPack with weight types that name a format: early Docker Model Runners wrote them, the specification has none. */
export const modelpackDocker: Dialect = {
  id: 'modelpack-docker',
  title: 'ModelPack 0.0.7 with weight types of Docker Model Runner',
  writers: 'early Docker Model Runners',
  source: 'https://github.com/docker/model-runner/blob/main/pkg/distribution/modelpack/types.go',
  knownBy: `ModelPack with a layer of type ${WEIGHT_TYPES.map((type) => `\`${type}\``).join(' or ')}`,
  names: 'as in ModelPack',
  detects: ({ artifactType, layers }) =>
    artifactType === MODEL_MANIFEST && layers.some(({ mediaType }) => WEIGHT_TYPES.includes(mediaType)),
  read(artifact) {
    const typeOf = (mediaType: string): LayerType | undefined =>
      WEIGHT_TYPES.includes(mediaType) ? { component: 'weights', form: 'raw' } : modelPackWords.typeOf(mediaType);
    const reading = readModelPackForm(artifact, { ...modelPackWords, typeOf });
    return { ...reading, findings: [quirkFinding(quirks.dockerWeightType), ...reading.findings] };
  },
};
