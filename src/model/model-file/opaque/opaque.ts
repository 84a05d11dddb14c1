/** Files that are recognised and named, and not read: mostly because they are, or carry, programs. */

/** What is looked at. */
export interface Look {
  /** The first bytes: `HEAD_SIZE`, if there are so many. */
  readonly head: Buffer;
  /** The last part of its name, in lower case. */
  readonly name: string;
  /** Names in the directory, where it is a ZIP archive with one that can be read. */
  readonly members: readonly string[];
}

export interface Opaque {
  /** In JSON and documentation. */
  readonly id: string;
  readonly title: string;
  /** In lower case, with the dot. */
  readonly extensions: readonly string[];
  /** Says only what could be something else too, so that a name that is known has the say. */
  readonly isGeneric?: true;
  /** Whether the content is that; absent where only the name tells. */
  detects?(look: Look): boolean;
  /** Why it is not read: a sentence that begins with "it". */
  readonly why: string;
}
