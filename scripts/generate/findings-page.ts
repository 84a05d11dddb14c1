/** docs/reference/findings.md: every rule that a finding can name. */
import { findingGroups } from './findings.ts';
import { code, generatedFrom, page, table } from './markdown.ts';

export function findingsPage(): string {
  return page(
    generatedFrom('scripts/generate/findings.ts'),
    '# Findings',
    'A finding is one thing that a look at a package, a folder or a store found. It has a rule (the stable id below), a level, a message and, where it is about one file, a path. One **error** makes the verdict `fail`; warnings and notes do not. On the command line the rule stands in brackets at the end of the line; with `--json` it is `findings[].rule`. Those of `waybill compat` are errors where something does not fit, warnings where it cannot be told, and notes where it fits.',
    ...findingGroups.flatMap(({ title, rules }) => [
      `## ${title}`,
      table(
        ['rule', 'level', 'means', 'what to do'],
        rules.map(({ id, level, meaning, remedy }) => [code(id), level, meaning, remedy]),
      ),
    ]),
  );
}
