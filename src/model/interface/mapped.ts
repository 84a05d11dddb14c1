/** What becomes of an interface in the words of another tool: the document, and what has no words there. */

export interface Lost {
  /** Where it stands in what was mapped: `inputs.image.minimum`, `params.threshold`. */
  readonly at: string;
  readonly message: string;
}

export interface Mapped<Value> {
  /** Absent when nothing sound can be said, as for a datatype that the other tool does not have. */
  readonly value?: Value;
  readonly lost: readonly Lost[];
}
