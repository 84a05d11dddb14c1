/** A form that packages are converted into. The table of them is in src/model/forms. */
import type { Finding } from '../../base/finding.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import type { ModelConfig } from '../artifact/layer.ts';
import type { Component } from '../media-types.ts';

export interface ConvertFile {
  readonly path: string;
  readonly component: Component;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  readonly isExecutable: boolean;
}

/** What is converted: its files, sorted by the bytes of their paths, and what is said of them. */
export interface Convertible {
  readonly files: readonly ConvertFile[];
  /** What the artifact states of its model. */
  readonly facts: ModelConfig;
  /** The text of its own waybill.yaml, if it has one. */
  readonly waybill: string | undefined;
}

/** Content that a layer is to be: a file as it is, a text made anew, or files in a tar. */
export type LayerContent =
  | { readonly kind: 'file'; readonly file: ConvertFile }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'tar'; readonly files: readonly ConvertFile[]; readonly hasFolders: boolean };

export interface Blob {
  readonly digest: Digest;
  readonly size: number;
}

export interface FormPlan {
  readonly contents: readonly LayerContent[];
  /** Every file that the result restores, by path. */
  readonly files: ReadonlyMap<string, Digest>;
  readonly findings: readonly Finding[];
  readonly configType: string;
  readonly artifactType?: string;
  readonly setDigest?: Digest;
  /** @param blobs of the contents, in their order */
  write(blobs: readonly Blob[]): { readonly config: string; manifest(config: Descriptor): string };
}

export interface Form {
  readonly id: string;
  readonly title: string;
  /**
   * The same package gives the same plan everywhere.
   * @throws WaybillError WAYBILL_FILE_INVALID where the form needs waybill.yaml and it cannot be used
   */
  plan(package_: Convertible): FormPlan;
}
