/** docs/reference/library-facts.md: which versions of libraries load which weights, with the source of each fact. */
import { libraryFacts } from '../../src/model/environment/library-facts.ts';
import { code, generatedFrom, page, table } from './markdown.ts';

export function libraryFactsPage(): string {
  return page(
    generatedFrom('src/model/environment/library-facts.ts'),
    '# Weights and the libraries that load them',
    'What `waybill compat` knows of formats and versions, beside what a package says. A fact counts where the package has such weights and names the library, in `environment.requires.libraries` or in a lock; one that is marked as the only loader counts in any case. "Tried" means that the releases beside the border were installed and asked.',
    table(
      ['fact', 'library', 'versions', 'why', 'source'],
      libraryFacts.map(({ id, libraries, needs, isOnlyLoader, why, source }) => [
        code(id),
        `${libraries.map(code).join(', ')}${isOnlyLoader ? ' (only loader)' : ''}`,
        needs === undefined ? 'none' : code(needs),
        why,
        source,
      ]),
    ),
  );
}
