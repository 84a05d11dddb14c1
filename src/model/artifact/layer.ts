/** What a reader makes of an artifact: its layers, what it states, and what is wrong with it. */
import type { Finding } from '../../base/finding.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Component, LayerForm } from '../media-types.ts';

/** ModelPack's forms, and a file that is compressed without a tar around it: kit writes that into its own format. */
export type Packing = LayerForm | 'raw+gzip' | 'raw+zstd';

export interface Layer {
  readonly component: Component;
  readonly form: Packing;
  readonly descriptor: Descriptor;
  /** Path of the file of a layer that is one file; of a tar, the name that others give it. */
  readonly path: string;
  readonly isExecutable: boolean;
  /** Digest of the layer's content without compression, where the artifact states it. */
  readonly diffId: string | undefined;
  readonly entries?: EntryRule;
}

/** What the names in a tar are held to, where a tool writes them in its own way. */
export interface EntryRule {
  /** The folder in which the names of the entries begin. */
  readonly within?: string;
  /** The folder under which every entry must lie. */
  readonly below?: string;
  /** Whether the tar holds one file and no more: that of the layer's path, named by its last part. */
  readonly isOneFile?: boolean;
}

/** What an artifact says of its model, in the words of ModelPack's configuration. */
export interface ModelConfig {
  readonly descriptor?: Readonly<Record<string, unknown>>;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly modelfs?: { readonly diffIds?: readonly string[] };
}

export interface Reading {
  readonly layers: readonly Layer[];
  readonly config: ModelConfig;
  /** Content that becomes no file, and is verified all the same. */
  readonly asides?: readonly Descriptor[];
  /** Errors mean that the artifact must not be restored. */
  readonly findings: readonly Finding[];
}
