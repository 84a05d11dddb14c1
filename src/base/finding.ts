/** What a look at something found, and the verdict over all of it. Levels are SARIF's (§3.27.10). */
export interface Finding {
  /** Stable id of what was checked, in kebab case. */
  readonly rule: string;
  readonly level: 'note' | 'warning' | 'error';
  /** The file, layer or digest that it is about, if it is about one. */
  readonly path?: string | undefined;
  /** For a file that a person wrote: where in it, counted from 1. */
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  readonly message: string;
}

export type Verdict = 'pass' | 'fail';

/** An error fails; warnings and notes do not. */
export function verdictOf(findings: readonly Finding[]): Verdict {
  return findings.some(({ level }) => level === 'error') ? 'fail' : 'pass';
}
