/** What every kind of store in stores/ says of itself, so that shared code never asks which it is. */
import type { CredentialSource } from './registry/credentials.ts';
import type { UploadRecords } from './registry/records.ts';
import type { ArtifactStore } from './store.ts';

export interface StoreKind {
  readonly id: string;
  /** What stands before the colon of its references (`oci:DIR`); absent where it has none. */
  readonly scheme?: string;
  readonly description: string;
  /** Whether one is written as a whole: nothing can be added to one that is there. */
  readonly isWrittenWhole?: true;
  /**
   * @param location a folder, a file, or `host/repository`
   * @throws WaybillError STORE_UNAVAILABLE
   */
  open(location: string, options: OpenOptions): Promise<OpenStore>;
}

export interface OpenOptions {
  readonly access: 'read' | 'write';
  /** Whether a file that is already there may be replaced. */
  readonly overwrite?: boolean;
  /** How registries are reached; needed by the kind that does. */
  readonly network?: Network;
}

/** What a registry client needs from the machine it runs on. */
export interface Network {
  readonly credentials: CredentialSource;
  readonly records: UploadRecords;
  /** Certificates in PEM that are trusted beside the system's. */
  readonly certificates: readonly string[];
  /** Where proxies are looked up. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
  /** Repositories of the same registry from which blobs may be taken. */
  readonly mountFrom?: readonly string[];
  /** Whether this host is spoken to without TLS. */
  isPlainHttp(host: string): boolean;
}

/** An open store; disposing gives back what it holds without finishing what was begun. */
export type OpenStore = ArtifactStore & AsyncDisposable & { finish?(): Promise<void> };
