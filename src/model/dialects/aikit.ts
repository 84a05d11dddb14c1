import { digestOf } from '../../oci/digest.ts';
import type { Layer } from '../artifact/layer.ts';
import type { Dialect } from '../dialect-parts/dialect.ts';
import { checkConfigType, modelPackWords, readLayers } from '../dialect-parts/modelpack-form.ts';
import { quirkFinding, quirks } from '../dialect-parts/quirks.ts';
import { MODEL_MANIFEST } from '../media-types.ts';

const EMPTY_CONFIG = digestOf('{}');
/** AIKit puts it on every layer: an empty configuration alone could be a lost one. */
const UNTESTED = 'org.cncf.model.file.mediatype.untested';

/** ModelPack as AIKit's packager writes it: its configuration is `{}`, which the schema refuses. */
export const aikit: Dialect = {
  id: 'aikit',
  title: 'ModelPack 0.0.7 without a configuration, as AIKit writes it',
  writers: 'AIKit (`packager/modelpack`)',
  source: 'https://github.com/kaito-project/aikit/blob/main/pkg/packager/build_templates.go',
  knownBy: `ModelPack whose configuration is \`{}\` and whose layers all have \`${UNTESTED}\``,
  names: 'as in ModelPack; a tar of one weight file takes its path from the annotation',
  detects: ({ artifactType, config, layers }) =>
    artifactType === MODEL_MANIFEST &&
    config.digest === EMPTY_CONFIG &&
    layers.every(({ annotations = {} }) => UNTESTED in annotations),
  read({ manifest }) {
    const { layers, findings } = readLayers(manifest.layers, [], modelPackWords);
    return {
      layers: layers.map(asOneFile),
      config: {},
      findings: [
        quirkFinding(quirks.aikitEmptyConfig),
        ...checkConfigType(manifest.config, modelPackWords),
        ...findings,
      ],
    };
  },
};

/** Each weight file in a tar of its own, without its folder; other tars hold a whole component. */
function asOneFile(layer: Layer): Layer {
  const isOneFile = layer.component === 'weights' && layer.form !== 'raw' && layer.path !== '.';
  return isOneFile ? { ...layer, entries: { isOneFile } } : layer;
}
