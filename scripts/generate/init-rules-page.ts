/** docs/reference/init-rules.md: the table by which `waybill init` sorts files. */
import { sortingRules, UNKNOWN_LARGE_BYTES } from '../../src/model/init/rules.ts';
import { code, generatedFrom, page, table } from './markdown.ts';

export function initRulesPage(): string {
  return page(
    generatedFrom('src/model/init/rules.ts'),
    '# How init sorts files',
    '`waybill init` gives each file of a folder to a component. The first line of this table that matches decides; names are compared without regard to case. What it writes is a proposal: `waybill.yaml` is yours to edit, and `waybill pack` knows nothing of these rules.',
    table(
      ['', 'patterns', 'becomes', 'because'],
      sortingRules.map(({ patterns, component, reason }, index) => [
        String(index + 1),
        patterns.map(code).join(' '),
        component === undefined ? '**left out**' : code(component),
        reason,
      ]),
    ),
    `A file that no line knows becomes \`weights\` from ${UNKNOWN_LARGE_BYTES / 1024 ** 2} MiB on, else \`code\`, and is named in the output for a person to look at. \`waybill.yaml\` and \`SHA256SUMS\` are never sorted: the first travels with every package, the second is made anew.`,
  );
}
