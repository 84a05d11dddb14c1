/** What is worth a word about the age of a waybill.yaml: keys newer than the version it states, and deprecated ones. */
import type { Problem } from '../../base/errors.ts';
import type { Finding } from '../../base/finding.ts';
import type { At } from '../../base/yaml/edit.ts';
import { type Deprecation, deprecations } from './deprecations.ts';
import { placesOf } from './places.ts';
import { keysSince } from './versions.ts';

/** A key that upgrade has something to do about. */
export interface AgedKey {
  readonly at: At;
  readonly deprecation: Deprecation;
}

/** A file of a thousand tensors would say the same a thousand times. */
const MAX_TOLD = 20;

export function findingsOfAge(
  file: { readonly waybill: number },
  name: string,
  problemAt: (at: At, message: string) => Problem,
): readonly Finding[] {
  const place = (at: At, words: string) => {
    const { line, column, message } = problemAt(at, words);
    return { path: name, line, column, message };
  };
  const newer = keysSince
    .filter(({ version }) => file.waybill < version)
    .flatMap(({ version, keys }) =>
      keys.flatMap((key) => placesOf(file, key)).map(({ at }) => place(at, tellNewer(version))),
    );
  const aged = deprecatedKeys(file).map(({ at, deprecation }) => place(at, tell(deprecation)));
  return [
    ...newer.slice(0, MAX_TOLD).map((found): Finding => ({ rule: 'newer-key', level: 'note', ...found })),
    ...aged.slice(0, MAX_TOLD).map((found): Finding => ({ rule: 'deprecated-key', level: 'warning', ...found })),
  ];
}

export function deprecatedKeys(file: unknown): readonly AgedKey[] {
  return deprecations.flatMap((deprecation) =>
    placesOf(file, deprecation.key)
      .filter(({ section }) => deprecation.isMeant?.(section) ?? true)
      .map(({ at }) => ({ at, deprecation })),
  );
}

export function tell({ since, until, instead }: Deprecation): string {
  return `deprecated since ${since}, gone in ${until}: ${instead}`;
}

function tellNewer(version: number): string {
  return `is of version ${version}: write waybill: ${version}, so that an older Waybill names it in place of refusing the file`;
}
