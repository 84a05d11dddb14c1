/** docs/reference/conformance.md: what `waybill conformance` holds an artifact to. */
import { type ConformanceRule, conformanceRules, SPECIFICATION } from '../../src/model/conformance/rules.ts';
import { code, generatedFrom, page, table } from './markdown.ts';

export function conformancePage(): string {
  return page(
    generatedFrom('src/model/conformance/rules.ts'),
    '# Conformance to ModelPack',
    `\`waybill conformance REF\` holds any artifact to the specification of CNCF ${SPECIFICATION}, whoever wrote it. An **error** makes the verdict \`fail\` (exit status 1); a warning is advice that was not followed. It reads every layer. That an artifact breaks a rule does not say that it is of no use: [verify](commands.md#waybill-verify) says whether it is whole and can be restored.`,
    table(
      ['rule', 'level', 'says', 'where'],
      Object.entries(conformanceRules).map(([id, { level, says, section }]: [string, ConformanceRule]) => [
        code(id),
        level,
        says,
        section,
      ]),
    ),
    'Sections are those of [modelpack/model-spec](https://github.com/modelpack/model-spec/tree/v0.0.7). Where the JSON Schema of the specification does not check what its prose says, the line says so.',
    '## For those who write tools',
    'The folder [conformance](../../conformance/README.md) of the sources holds an artifact for each way in which a rule can be broken, and for what is allowed and often thought not to be, each as an OCI layout, with the verdict that is expected. They are made by a script, need no network and no Waybill.',
  );
}
