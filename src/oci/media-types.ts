/** Media types of the OCI image specification. Those of model layers are in model/media-types.ts. */
export const IMAGE_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const IMAGE_INDEX = 'application/vnd.oci.image.index.v1+json';
/** Docker's image manifest, schema 2: the form that OCI's was made from. Ollama writes it; we only read it. */
export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';

/** Annotation keys that the image specification defines and Waybill writes or reads. */
export const annotationKeys = {
  refName: 'org.opencontainers.image.ref.name',
  title: 'org.opencontainers.image.title',
  version: 'org.opencontainers.image.version',
  licenses: 'org.opencontainers.image.licenses',
  description: 'org.opencontainers.image.description',
} as const;
