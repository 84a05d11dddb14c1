/**
 * Which media type a layer gets: CNCF ModelPack 0.0.7, docs/spec.md "Layers" and
 * specs-go/v1/mediatype.go. A component of waybill.yaml is a kind of ModelPack layer.
 */

export const MODEL_MANIFEST = 'application/vnd.cncf.model.manifest.v1+json';
export const MODEL_CONFIG = 'application/vnd.cncf.model.config.v1+json';

/** The components that an author may list, in the order of their layers, with ModelPack's word for each. */
export const components = {
  config: 'weight.config',
  weights: 'weight',
  code: 'code',
  docs: 'doc',
  data: 'dataset',
} as const;

export type Component = keyof typeof components;

export const componentNames = Object.keys(components) as readonly Component[];

/** How a layer holds its files: one as it is, or several in a tar. */
export const layerForms = ['raw', 'tar', 'tar+gzip', 'tar+zstd'] as const;

export type LayerForm = (typeof layerForms)[number];

export interface LayerType {
  readonly component: Component;
  readonly form: LayerForm;
}

export function layerMediaType({ component, form }: LayerType): string {
  return `application/vnd.cncf.model.${components[component]}.v1.${form}`;
}

/** Exactly the 20 types of the specification: `weight.config` begins like `weight` and is another. */
const layerTypes: ReadonlyMap<string, LayerType> = new Map(
  componentNames.flatMap((component) =>
    layerForms.map((form): [string, LayerType] => [layerMediaType({ component, form }), { component, form }]),
  ),
);

/** The kind of a layer, or undefined for a type that ModelPack does not define. */
export function parseLayerMediaType(mediaType: string): LayerType | undefined {
  return layerTypes.get(mediaType);
}

/** ModelPack's annotations of a layer (specs-go/v1/annotations.go) and ours of a manifest. */
export const modelAnnotations = {
  filepath: 'org.cncf.model.filepath',
  fileMetadata: 'org.cncf.model.file.metadata+json',
  setDigest: 'dev.waybill.set-digest',
} as const;
