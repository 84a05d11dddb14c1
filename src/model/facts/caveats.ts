/** What a person knows of a model that does not fit together, and why it is so: it travels with the package. */
import type { Finding } from '../../base/finding.ts';

export interface Caveat {
  /** Id of the findings that it is about. */
  readonly rule: string;
  readonly reason: string;
}

/** Errors that are so on purpose become notes with the reason. */
export function excuse(findings: readonly Finding[], caveats: readonly Caveat[]): readonly Finding[] {
  return findings.map((finding) => {
    const caveat = finding.level === 'error' ? caveats.find(({ rule }) => rule === finding.rule) : undefined;
    return caveat === undefined
      ? finding
      : { ...finding, level: 'note', message: `${finding.message}; on purpose: ${caveat.reason}` };
  });
}
