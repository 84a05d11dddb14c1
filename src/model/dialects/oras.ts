import type { Finding } from '../../base/finding.ts';
import { type Descriptor, parseAnnotations } from '../../oci/descriptor.ts';
import { annotationKeys } from '../../oci/media-types.ts';
import type { Layer } from '../artifact/layer.ts';
import { componentByName } from '../dialect-parts/component-by-name.ts';
import type { Dialect } from '../dialect-parts/dialect.ts';
import { quirkFinding, quirks } from '../dialect-parts/quirks.ts';
import { refusalOf } from '../paths/rules.ts';

/** content/file/file.go of oras-go: a folder is a tar with gzip, to be unpacked, and the digest of the tar itself. */
const UNPACK = 'io.deis.oras.content.unpack';
const CONTENT_DIGEST = 'io.deis.oras.content.digest';
const IMAGE_LAYER = 'application/vnd.oci.image.layer.v1.tar';

/** How the types of configurations begin that are of something else: images, charts, and models of another dialect. */
const OTHERS = [
  'application/vnd.oci.image.config.',
  'application/vnd.docker.',
  'application/vnd.cncf.',
  'application/vnd.cnai.',
  'application/vnd.kitops.',
];

/** Files as `oras push` puts them into a registry: titles say their names, and nothing says what they are. */
export const oras: Dialect = {
  id: 'oras',
  title: 'files with titles, as oras pushes them',
  writers: 'oras (`push`), AIKit (`packager/generic`), and many others',
  source: 'https://oras.land/docs/how_to_guides/format_output',
  knownBy: `a layer with \`${annotationKeys.title}\` in a manifest of any other \`artifactType\` whose configuration is not one of an image, a chart or a model`,
  names: `\`${annotationKeys.title}\`; a layer without one becomes no file`,
  detects: ({ config, layers }) =>
    !OTHERS.some((other) => config.mediaType.startsWith(other)) && layers.some((layer) => titleOf(layer) !== undefined),
  read({ manifest }) {
    const findings: Finding[] = [];
    const asides: Descriptor[] = [];
    const layers: Layer[] = [];
    for (const descriptor of manifest.layers) {
      const title = titleOf(descriptor);
      const refusal = title === undefined ? undefined : refusalOf(title);
      if (title === undefined) {
        asides.push(descriptor);
        findings.push(quirkFinding(quirks.orasUntitled, descriptor.digest));
      } else if (refusal !== undefined) {
        const message = `The name ${JSON.stringify(title)} of a layer is refused: ${refusal}`;
        findings.push({ rule: 'path', level: 'error', path: title, message });
      } else layers.push(layerOf(descriptor, title));
    }
    const isMistyped = layers.some(({ form, descriptor }) => form === 'raw' && descriptor.mediaType === IMAGE_LAYER);
    if (isMistyped) findings.push(quirkFinding(quirks.orasLayerType));
    return { layers, config: {}, asides, findings };
  },
};

function titleOf({ annotations }: Descriptor): string | undefined {
  return annotations?.[annotationKeys.title];
}

/** oras states no component: the rules of init guess it by the name. */
function layerOf(descriptor: Descriptor, title: string): Layer {
  const { [UNPACK]: unpack, [CONTENT_DIGEST]: diffId } = parseAnnotations(descriptor.annotations ?? {}, title);
  const isFolder = unpack === 'true';
  const component = componentByName(title, descriptor.size);
  const common = { component, descriptor, path: title, isExecutable: false };
  return isFolder
    ? { ...common, form: 'tar+gzip', diffId, entries: { below: title } }
    : { ...common, form: 'raw', diffId: undefined };
}
