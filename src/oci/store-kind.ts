/** What every kind of store in stores/ says of itself, so that shared code never asks which it is. */
import type { ArtifactStore } from './store.ts';

export interface StoreKind {
  /** The scheme of its references (`oci:DIR`), or its name where it has none. */
  readonly id: string;
  readonly description: string;
  /**
   * @param location a folder or file; what else a kind needs is its own matter
   * @throws WaybillError STORE_UNAVAILABLE
   */
  open(location: string, options: OpenOptions): Promise<OpenStore>;
}

export interface OpenOptions {
  readonly access: 'read' | 'write';
  /** Whether a file that is already there may be replaced. */
  readonly overwrite?: boolean;
}

/** An open store; disposing gives back what it holds without finishing what was begun. */
export type OpenStore = ArtifactStore & AsyncDisposable & { finish?(): Promise<void> };
