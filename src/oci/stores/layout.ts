/** A folder on this machine: OCI image specification, "Image Layout". Also the user's own store. */
import { openLayout } from '../layout/layout.ts';
import type { StoreKind } from '../store-kind.ts';

export const layout: StoreKind = {
  id: 'oci',
  scheme: 'oci',
  description: 'an OCI image layout in a folder',
  open: (folder, { access }) => openLayout(folder, access),
};
