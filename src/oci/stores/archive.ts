/** `oci-archive:FILE`: an OCI image layout in one uncompressed tar, as skopeo and podman write it. */
import { ArchiveReader } from '../archive/reader.ts';
import { ArchiveWriter } from '../archive/writer.ts';
import type { StoreKind } from '../store-kind.ts';

export const archive: StoreKind = {
  id: 'oci-archive',
  scheme: 'oci-archive',
  description: 'an OCI image layout in a tar file',
  isWrittenWhole: true,
  open: async (file, { access, overwrite = false }) =>
    access === 'read' ? ArchiveReader.open(file) : ArchiveWriter.create(file, overwrite),
};
