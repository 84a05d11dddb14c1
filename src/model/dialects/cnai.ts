import type { Dialect } from '../dialect-parts/dialect.ts';
import { checkDiffIdList } from '../dialect-parts/diff-ids.ts';
import { asRecord, listIn, objectIn, stated } from '../dialect-parts/facts.ts';
import { checkConfigType, type ModelPackWords, readLayers } from '../dialect-parts/modelpack-form.ts';
import { parseLayerMediaType } from '../media-types.ts';

const MANIFEST = 'application/vnd.cnai.model.manifest.v1+json';
const OLD = 'application/vnd.cnai.model.';
const NEW = 'application/vnd.cncf.model.';

const words: ModelPackWords = {
  configType: `${OLD}config.v1+json`,
  filepath: 'org.cnai.model.filepath',
  fileMetadata: 'org.cnai.model.file.metadata+json',
  typeOf: (mediaType) =>
    mediaType.startsWith(OLD) ? parseLayerMediaType(`${NEW}${mediaType.slice(OLD.length)}`) : undefined,
};

/** ModelPack before it was called so: the same form under older names; its configuration had no schema. */
export const cnai: Dialect = {
  id: 'cnai',
  title: 'ModelPack under its older names (cnai)',
  writers: 'modctl up to 0.2, and others before the middle of 2025',
  source: 'https://github.com/modelpack/model-spec/pull/98',
  knownBy: `\`artifactType\` is \`${MANIFEST}\`, or the configuration is \`${words.configType}\``,
  names: `\`${words.filepath}\`, or \`org.opencontainers.image.title\`; a layer that is one file must have one`,
  detects: ({ artifactType, config }) =>
    artifactType === MANIFEST || (artifactType === undefined && config.mediaType === words.configType),
  read({ manifest, config: bytes }) {
    const config = objectIn(bytes, 'configuration');
    const modelfs = asRecord(config['modelfs']);
    const diffIds = [...listIn(modelfs, 'diffIds'), ...listIn(modelfs, 'diff_ids')].map(String);
    const { layers, findings } = readLayers(manifest.layers, diffIds, words);
    return {
      layers,
      config: stated({
        descriptor: asRecord(config['descriptor']),
        config: asRecord(config['config']),
        modelfs: { diffIds },
      }),
      findings: [
        ...checkConfigType(manifest.config, words),
        ...checkDiffIdList(diffIds, manifest.layers.length),
        ...findings,
      ],
    };
  },
};
