/**
 * The quirks of other tools' packages: what an artifact looks like that is odd, who wrote it so and
 * until when. Known by structure, never by what a tool says of itself; no quirk lets a byte pass
 * that is not what its digest says. docs/reference/dialects.md is made from this table.
 */
import type { Finding } from '../../base/finding.ts';

export interface Quirk {
  readonly rule: string;
  readonly writers: string;
  /** The version that mended it, or why there is none. */
  readonly until: string;
  /** By what it is known. */
  readonly seen: string;
  /** The finding, for people. */
  readonly message: string;
}

export const quirks = {
  noMediaType: {
    rule: 'quirk-no-media-type',
    writers: 'kit',
    until: 'kit 1.15',
    seen: 'a manifest without `mediaType`',
    message: 'The manifest does not state its mediaType, as kit before 1.15 wrote it',
  },
  kitDiffId: {
    rule: 'quirk-kit-diff-id',
    writers: 'kit',
    until: 'kit 1.15',
    seen: "a diffId that is the SHA-256 of the text of the layer's digest, or of its true diffId",
    message: 'The diffId is the digest of a digest, as kit before 1.15 wrote it',
  },
  kitNoLayerInfo: {
    rule: 'quirk-kit-no-layer-info',
    writers: 'kit',
    until: 'kit 0.5',
    seen: 'a Kitfile whose entries state no digest: names in a tar begin at the folder of the entry',
    message: 'The Kitfile does not say which layer is which, as kit before 0.5 wrote it: they were taken in order',
  },
  aikitEmptyConfig: {
    rule: 'quirk-aikit-empty-config',
    writers: 'AIKit',
    until: 'not yet mended',
    seen: 'a ModelPack configuration that is `{}`, and layers that all say whether their type is untested',
    message: 'The configuration is empty, as AIKit writes it: it states no diffIds and nothing of the model',
  },
  aikitTarName: {
    rule: 'quirk-aikit-tar-name',
    writers: 'AIKit',
    until: 'not yet mended',
    seen: 'a tar of one weight file that is named by its last part, where the annotation has the whole path',
    message: 'The tar has its file without its folder, as AIKit writes it: the annotation says where it belongs',
  },
  dockerWeightType: {
    rule: 'quirk-docker-weight-type',
    writers: 'Docker Model Runner',
    until: 'a later version (1.2.6 does not write it)',
    seen: '`weight.v1.gguf` or `weight.v1.safetensors`, which ModelPack does not define',
    message: 'A weight layer has a type of its own for its format, as early Docker Model Runners wrote it',
  },
  orasLayerType: {
    rule: 'quirk-oras-layer-type',
    writers: 'oras',
    until: 'not a mistake: it is the default type of oras',
    seen: 'files with a title that are typed as image layers (`application/vnd.oci.image.layer.v1.tar`)',
    message: 'Files are typed as tars of an image, which is what oras does unless it is told a type: they are none',
  },
  orasUntitled: {
    rule: 'quirk-oras-untitled',
    writers: 'oras and others',
    until: 'not a mistake: oras leaves such layers behind when it pulls',
    seen: 'a layer without a title among layers with titles',
    message: 'The layer states no file name: it is verified, and becomes no file',
  },
} as const satisfies Record<string, Quirk>;

export function quirkFinding({ rule, message }: Quirk, path?: string): Finding {
  return { rule, level: 'warning', message, ...(path === undefined ? {} : { path }) };
}
