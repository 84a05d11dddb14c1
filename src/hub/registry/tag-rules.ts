/** Tags that must not move: rules `REPOSITORIES:TAGS`, as `**:v*`. */
import { WaybillError } from '../../base/errors.ts';
import { assertPattern, matches, matchesPart } from '../access/pattern.ts';

const TAGS = /^[A-Za-z0-9_.*-]{1,128}$/;

/** As far as a regular expression can say it, for the published schema. */
export const TAG_RULE_FORM = '^[a-z0-9*][a-z0-9._*/-]*:[A-Za-z0-9_.*-]{1,128}$';

/** Whether a text is a rule. */
export function isTagRule(text: string): boolean {
  const [repositories = '', tags = '', ...more] = text.split(':');
  if (more.length > 0 || !TAGS.test(tags) || tags.split('*').length > 9) return false;
  try {
    assertPattern(repositories);
    return true;
  } catch {
    return false;
  }
}

/** The rule that covers a tag, if any does. */
export function ruleFor(rules: readonly string[], repository: string, tag: string): string | undefined {
  return rules.find((rule) => {
    const [repositories = '', tags = ''] = rule.split(':');
    return matches(repositories, repository) && matchesPart(tags, tag);
  });
}

/**
 * @param digest where the tag is to point; absent: it is to go
 * @param now where it points
 * @throws WaybillError TAG_IMMUTABLE
 */
export function assertUnmoved(
  rule: string,
  { name, digest }: { readonly name: string; readonly digest?: string },
  now: string | undefined,
): void {
  if (now === undefined || now === digest) return;
  throw new WaybillError(
    'TAG_IMMUTABLE',
    `Cannot ${digest === undefined ? 'remove' : 'move'} the tag ${name}: it points to ${now}, and the rule ${rule} of this registry keeps it there`,
    { hint: 'Use another tag' },
  );
}
