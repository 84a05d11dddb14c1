/**
 * A dialect: one form in which model artifacts are written. The table of them is in
 * src/model/dialects. An artifact is known by its structure, and all that is done with it afterwards
 * (verify, unpack, compare, convert) knows only the layers that its dialect made of it.
 */
import type { Manifest } from '../../oci/manifest.ts';
import type { Reading } from '../artifact/layer.ts';

export interface Dialect {
  readonly id: string;
  /** In a sentence: "written as …". */
  readonly title: string;
  /** The programs that write it. */
  readonly writers: string;
  /** Where it is defined: a specification, or the sources of the program. */
  readonly source: string;
  /** By what it is known. */
  readonly knownBy: string;
  /** Where the names of its files stand, and the rule where they stand nowhere. */
  readonly names: string;
  /** By types, structure and annotations of the manifest alone. */
  detects(manifest: Manifest): boolean;
  /** @throws WaybillError UNSUPPORTED for a form that cannot be restored, saying why */
  read(artifact: Unread): Reading;
}

export interface Unread {
  readonly manifest: Manifest;
  /** The configuration, verified. */
  readonly config: Buffer;
}
