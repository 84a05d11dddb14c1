/** The time as an argument, so that nothing below the command line reads it by itself. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
}
