/** What a layer says of itself, against ModelPack 0.0.7, docs/annotations.md. Nothing of its content is read. */
import { WaybillError } from '../../base/errors.ts';
import type { Finding } from '../../base/finding.ts';
import { parseStrictJson } from '../../base/strict-json.ts';
import { asObject, type Descriptor } from '../../oci/descriptor.ts';
import { type LayerType, modelAnnotations, parseLayerMediaType } from '../media-types.ts';
import { refusalOf } from '../paths/rules.ts';
import { broken } from './rules.ts';

export interface LayerWords {
  readonly descriptor: Descriptor;
  /** Undefined for a type that ModelPack does not define. */
  readonly type: LayerType | undefined;
  /** Undefined where it is missing or must not be used; `.` for an archive of all. */
  readonly path: string | undefined;
  /** For messages. */
  readonly name: string;
}

const EXTRAS = ['application/vnd.cncf.model.weight.v1.gguf', 'application/vnd.cncf.model.weight.v1.safetensors'];

/** specs-go/v1/annotations.go, FileMetadata. */
const members: Readonly<Record<string, (value: unknown) => boolean>> = {
  name: (value) => typeof value === 'string',
  mode: isCount,
  uid: isCount,
  gid: isCount,
  size: isCount,
  mtime: (value) => typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T/.test(value) && !Number.isNaN(Date.parse(value)),
  typeflag: isCount,
};

export function checkLayer(descriptor: Descriptor): {
  readonly layer: LayerWords;
  readonly findings: readonly Finding[];
} {
  const { mediaType, annotations = {} } = descriptor;
  const stated = annotations[modelAnnotations.filepath];
  const name = stated ?? descriptor.digest;
  const findings: Finding[] = [];
  const isExtra = EXTRAS.includes(mediaType);
  const type =
    parseLayerMediaType(mediaType) ?? (isExtra ? ({ component: 'weights', form: 'raw' } as const) : undefined);
  if (isExtra)
    findings.push(broken('modelpack-layer-type-extra', `${mediaType} is a type of Docker Model Runner`, name));
  else if (type === undefined)
    findings.push(broken('modelpack-layer-type', `${mediaType} is not one of the 20 types`, name));
  const isWhole = stated === '.' && type?.form !== 'raw';
  const refusal = stated === undefined || isWhole ? undefined : refusalOf(stated);
  if (refusal !== undefined)
    findings.push(broken('modelpack-filepath', `The path ${JSON.stringify(stated)} is refused: ${refusal}`, name));
  if (stated === undefined && type?.form === 'raw')
    findings.push(broken('modelpack-filepath-missing', 'A raw layer states no path', name));
  const path = refusal === undefined ? stated : undefined;
  findings.push(...checkMetadata(annotations[modelAnnotations.fileMetadata], { descriptor, type, path, name }));
  return { layer: { descriptor, type, path, name }, findings };
}

function checkMetadata(text: string | undefined, { descriptor, type, path, name }: LayerWords): readonly Finding[] {
  if (text === undefined) return [];
  let metadata: Record<string, unknown>;
  try {
    metadata = asObject(parseStrictJson(Buffer.from(text), 'file metadata'), 'file metadata', Object.keys(members));
  } catch (error) {
    if (!(error instanceof WaybillError)) throw error;
    return [broken('modelpack-file-metadata', error.message, name)];
  }
  const findings: Finding[] = [];
  for (const [member, isRight] of Object.entries(members)) {
    if (member in metadata && !isRight(metadata[member]))
      findings.push(
        broken(
          'modelpack-file-metadata',
          `${member} is ${JSON.stringify(metadata[member])} in the file metadata`,
          name,
        ),
      );
  }
  if (type?.form !== 'raw') return findings;
  const { name: last, size } = metadata;
  if (isCount(size) && size !== descriptor.size)
    findings.push(
      broken(
        'modelpack-file-metadata-size',
        `The file metadata states ${size} bytes, the layer has ${descriptor.size}`,
        name,
      ),
    );
  if (typeof last === 'string' && path !== undefined && last !== path.slice(path.lastIndexOf('/') + 1))
    findings.push(broken('modelpack-file-metadata-name', `The file metadata calls it ${JSON.stringify(last)}`, name));
  return findings;
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
