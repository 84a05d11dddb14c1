import type { Finding } from '../../base/finding.ts';
import { digestOf } from '../../oci/digest.ts';
import { type BuiltLayer, buildArtifact, buildFrom, withSums } from '../artifact/build.ts';
import type { ConvertFile, Form, LayerContent } from '../convert/form.ts';
import { statementOfFacts } from '../convert/statement.ts';
import { type PlannedLayer, planLayers } from '../layers.ts';
import { type Component, MODEL_CONFIG, MODEL_MANIFEST } from '../media-types.ts';
import { selectFiles } from '../source/select.ts';
import { formatSums, SUMS_FILE } from '../sums.ts';
import { parseWaybillFile } from '../waybill-file/parse.ts';

interface Planned {
  readonly component: Component;
  readonly path: string | undefined;
  readonly content: LayerContent;
  readonly isExecutable: boolean;
}

/** What `waybill pack` writes: with a waybill.yaml among the files, the very same artifact. */
export const modelpack: Form = {
  id: 'modelpack',
  title: 'ModelPack 0.0.7, as pack writes it',
  plan({ files, facts, waybill: text }) {
    const waybill = text === undefined ? undefined : parseWaybillFile(text);
    const packed = files.filter(({ path }) => path !== SUMS_FILE);
    const { files: selected, unlisted } =
      waybill === undefined ? { files: packed, unlisted: [] } : selectFiles(packed, waybill);
    const sums = formatSums(selected);
    const setDigest = digestOf(sums);
    const planned = withSums<Planned>(planLayers(selected).map(plannedOf), {
      component: 'docs',
      path: SUMS_FILE,
      content: { kind: 'text', text: sums },
      isExecutable: false,
    });
    return {
      contents: planned.map(({ content }) => content),
      files: new Map([...selected.map(({ path, digest }) => [path, digest] as const), [SUMS_FILE, setDigest]]),
      findings: unlisted.map(leftOut),
      configType: MODEL_CONFIG,
      artifactType: MODEL_MANIFEST,
      setDigest,
      write(blobs) {
        const layers = planned.flatMap(({ component, path, isExecutable }, index): BuiltLayer[] => {
          const blob = blobs[index];
          return blob === undefined
            ? []
            : [{ component, ...(path === undefined ? {} : { path, isExecutable }), ...blob }];
        });
        return waybill === undefined
          ? buildFrom(statementOfFacts(facts), layers, setDigest)
          : buildArtifact(waybill.file, layers, setDigest);
      },
    };
  },
};

function plannedOf(layer: PlannedLayer<ConvertFile>): Planned {
  const { component } = layer;
  return layer.form === 'raw'
    ? {
        component,
        path: layer.file.path,
        content: { kind: 'file', file: layer.file },
        isExecutable: layer.file.isExecutable,
      }
    : {
        component,
        path: undefined,
        content: { kind: 'tar', files: layer.files, hasFolders: false },
        isExecutable: false,
      };
}

function leftOut(path: string): Finding {
  return {
    rule: 'convert-unlisted',
    level: 'warning',
    path,
    message: 'No component of waybill.yaml names it: it is left out, as pack leaves it out',
  };
}
