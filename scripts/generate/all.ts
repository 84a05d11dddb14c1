/** Every generated file: its path in the repository and its text. Nothing is written here. */
import { commands as loaders } from '../../src/cli/commands/index.ts';
import { architecturePage } from './architecture-page.ts';
import { commandsPage } from './commands-page.ts';
import { conformancePage } from './conformance-page.ts';
import { dialectsPage } from './dialects-page.ts';
import { errorsPage } from './errors-page.ts';
import { findingsPage } from './findings-page.ts';
import { formatsPage } from './formats-page.ts';
import { hubFilePage } from './hub-file-page.ts';
import { initRulesPage } from './init-rules-page.ts';
import { libraryFactsPage } from './library-facts-page.ts';
import { limitsPage } from './limits-page.ts';
import { predicatesPage } from './predicates-page.ts';
import { allSchemas } from './schemas.ts';
import { targetFilePage } from './target-file-page.ts';
import { trustFilePage } from './trust-file-page.ts';
import { waybillFilePage } from './waybill-file-page.ts';

/** Folders in which every file is generated: what is there beside is left over from an earlier state. */
export const generatedFolders = ['schemas', 'docs/reference'] as const;

export async function generateAll(): Promise<ReadonlyMap<string, string>> {
  const commands = await Promise.all(Object.values(loaders).map((load) => load()));
  const schemas = [...(await allSchemas(commands))].map(([file, schema]): [string, string] => [
    file,
    `${JSON.stringify(schema, null, 2)}\n`,
  ]);
  return new Map([
    ...schemas,
    ['docs/reference/architecture.md', architecturePage()],
    ['docs/reference/commands.md', await commandsPage(commands)],
    ['docs/reference/conformance.md', conformancePage()],
    ['docs/reference/dialects.md', dialectsPage()],
    ['docs/reference/errors.md', errorsPage()],
    ['docs/reference/findings.md', findingsPage()],
    ['docs/reference/formats.md', formatsPage()],
    ['docs/reference/hub-file.md', hubFilePage()],
    ['docs/reference/init-rules.md', initRulesPage()],
    ['docs/reference/library-facts.md', libraryFactsPage()],
    ['docs/reference/limits.md', limitsPage()],
    ['docs/reference/predicates.md', predicatesPage()],
    ['docs/reference/target-file.md', targetFilePage()],
    ['docs/reference/trust-file.md', trustFilePage()],
    ['docs/reference/waybill-file.md', waybillFilePage()],
  ]);
}
