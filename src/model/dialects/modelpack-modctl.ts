import type { Dialect } from '../dialect-parts/dialect.ts';
import { readModelPackForm } from '../dialect-parts/modelpack-form.ts';
import { MODEL_MANIFEST } from '../media-types.ts';

const MODELFILE = 'org.cncf.modctl.modelfile';

/** ModelPack as `modctl build` and `modctl attach` write it: nothing to forgive, the Modelfile in an annotation. */
export const modelpackModctl: Dialect = {
  id: 'modelpack-modctl',
  title: 'ModelPack 0.0.7, written by modctl',
  writers: 'modctl (`build`, `attach`)',
  source: 'https://github.com/modelpack/modctl',
  knownBy: `ModelPack with the manifest annotation \`${MODELFILE}\``,
  names: 'as in ModelPack; a tar has the whole path of its file',
  detects: ({ artifactType, annotations }) => artifactType === MODEL_MANIFEST && MODELFILE in annotations,
  read: readModelPackForm,
};
