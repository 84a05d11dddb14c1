/** What another tool's own description of a model folder gives to waybill.yaml. */
import type { Component } from '../media-types.ts';
import type { ModelInterface } from '../waybill-file/interface.ts';
import type { Derived } from './derived.ts';

export interface Imported {
  /** These win over what other files say. */
  readonly facts: readonly Derived[];
  readonly interface?: ModelInterface;
  /** Names of models that it was made from. */
  readonly baseModels: readonly string[];
  readonly requires: { readonly python?: string; readonly libraries?: Readonly<Record<string, string>> };
  readonly provenance: Readonly<Record<string, unknown>>;
  /** Files that the tool's own description sorts. */
  readonly components: ReadonlyMap<string, Component>;
  /** What a person has to add or look at. */
  readonly missing: readonly string[];
}

/** A file that `init` writes beside waybill.yaml. */
export interface Created {
  readonly path: string;
  readonly text: string;
}

/** The folder that is looked at. */
export interface LookedAt {
  readonly paths: readonly string[];
  /** The text of a file; undefined for one that is not there or too large for a text. */
  read(path: string): string | undefined;
}
