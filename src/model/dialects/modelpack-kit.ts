import type { Dialect } from '../dialect-parts/dialect.ts';
import { KITFILE_ANNOTATION } from '../dialect-parts/kitfile.ts';
import { readModelPackForm } from '../dialect-parts/modelpack-form.ts';
import { MODEL_MANIFEST } from '../media-types.ts';

/** ModelPack as `kit pack --use-model-pack` writes it; what old kits did otherwise is in the table of quirks. */
export const modelpackKit: Dialect = {
  id: 'modelpack-kit',
  title: 'ModelPack 0.0.7, written by kit',
  writers: 'kit (`pack --use-model-pack`, as tar or raw layers, plain or compressed)',
  source: 'https://github.com/kitops-ml/kitops',
  knownBy: `ModelPack with the Kitfile in the manifest annotation \`${KITFILE_ANNOTATION}\``,
  names: 'as in ModelPack; a tar has the whole paths of its files',
  detects: ({ artifactType, annotations }) => artifactType === MODEL_MANIFEST && KITFILE_ANNOTATION in annotations,
  read: readModelPackForm,
};
