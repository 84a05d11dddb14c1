import type { Dialect } from '../dialect-parts/dialect.ts';
import { readModelPackForm } from '../dialect-parts/modelpack-form.ts';
import { MODEL_MANIFEST } from '../media-types.ts';

/** CNCF ModelPack 0.0.7, docs/spec.md: what Waybill writes. */
export const modelpack: Dialect = {
  id: 'modelpack',
  title: 'ModelPack 0.0.7',
  writers: 'Waybill; Docker Model Runner (`docker model package --format cncf`); others that follow the specification',
  source: 'https://github.com/modelpack/model-spec/blob/v0.0.7/docs/spec.md',
  knownBy: `\`artifactType\` is \`${MODEL_MANIFEST}\``,
  names: '`org.cncf.model.filepath`, or `org.opencontainers.image.title`; a layer that is one file must have one',
  detects: ({ artifactType }) => artifactType === MODEL_MANIFEST,
  read: readModelPackForm,
};
